import ChatCore
import ChatPosix
import ChatTerminal

/// The operator's side.
extension ConversationProcess {
  /// Milliseconds until a line from a pipe is tried again that could not be
  /// recorded.
  private static let retryLineAfter: Int64 = 1_000

  /// Takes the terminal, with what was typed and not said before.
  func openTerminal() {
    var console = ConversationView.consoleSettings(settings.view, party: .server)
    do throws(SystemCallError) {
      // A stop must find the terminal as the shell left it.
      if console.isInteractive { try Signals.install([.terminalStop]) }
      terminal = try OperatorTerminal(console, readsExactly: true)
    } catch {
      // The terminal went away between two looks: lines will do.
      console.isInteractive = false
      terminal = try? OperatorTerminal(console, readsExactly: true)
    }
    terminal?.unsaid = unsaid
    unsaid = []
  }

  /// Whether a line should be read where every byte read is taken for good.
  var wantsPlainInput: Bool { machine.wantsOperatorInput && heldLine == nil }

  /// Whether some of what the operator typed waits behind a line that was
  /// committed first.
  var hasOperatorInput: Bool {
    guard let terminal else { return false }
    return terminal.console.hasInput && (terminal.console.isInteractive || wantsPlainInput)
  }

  /// Acts on what the operator typed.
  func hearOperator(at now: Instant) {
    guard let terminal else { return }
    if let line = heldLine, let at = retryLineAt, now >= at {
      heldLine = nil
      retryLineAt = nil
      post(.operatorSaid(line), at: now)
    }
    while ending == nil, terminal.console.isInteractive || wantsPlainInput,
      let event = terminal.console.nextEvent()
    {
      take(event, on: terminal, at: now)
      // What follows a line may depend on whether it could be recorded.
      if recorder.hasPending { return }
    }
  }

  private func take(_ event: ConsoleEvent, on terminal: OperatorTerminal, at now: Instant) {
    switch event {
    case .line(let text):
      hasReadInput = true
      enter(text, on: terminal, at: now)
    case .interrupt: report(.interrupted)
    case .suspend: suspend()
    case .endOfInput: endInput(at: now)
    }
  }

  private func enter(_ text: String, on terminal: OperatorTerminal, at now: Instant) {
    switch Command(text) {
    case .quit:
      terminal.console.acceptLine()
      terminal.forgetLine()
      post(.operatorQuit, at: now)
    case .help, .who, .history, .clear:
      perform(Command(text))
      terminal.console.dropLine()
      terminal.forgetLine()
    case .unknown(let name):
      refuse(.unknownCommand(name))
    case .message(let text):
      do throws(MessageError) {
        post(.operatorSaid(try Message(text)), at: now)
      } catch {
        refuse(.invalid(error), to: .conversation)
      }
    }
  }

  private func refuse(_ notice: ServerNotice, to channel: ConsoleChannel = .notice) {
    terminal?.console.keepLine(notice: words.sentence(notice), to: channel)
    terminal?.forgetLine()
  }

  /// End of file is a goodbye, except in `free` for an operator who was never
  /// there: a server without standard input listens and records.
  private func endInput(at now: Instant) {
    let isAbsent = settings.mode == .free && !hasReadInput
    if isAbsent && terminal?.console.isInteractive == false {
      // Once a run.
      if !settings.operatorIsAbsent { tell(.inputEnded(isKept: settings.isKept)) }
      report(.operatorAbsent)
    } else {
      post(.operatorQuit, at: now)
    }
  }

  func acceptLine(at now: Instant) {
    if let terminal { view.accept(on: terminal, at: now) }
  }

  func keepLine(_ message: Message, _ obstacle: Conversation.Obstacle, at now: Instant) {
    guard let terminal else { return }
    if terminal.console.isInteractive {
      terminal.console.keepLine(notice: words.sentence(notice(of: obstacle)))
    } else {
      // Nobody presses Enter again on a pipe: the line waits here.
      heldLine = message
      retryLineAt = now.advanced(byMilliseconds: Self.retryLineAfter)
    }
  }

  private func notice(of obstacle: Conversation.Obstacle) -> ServerNotice {
    guard obstacle == .notRecorded, let trouble else {
      return .obstacle(obstacle, peer: machine.peer)
    }
    hasToldTrouble = true
    return .recordingFailed(trouble)
  }

  /// Ctrl-Z: the whole job stops, as it would without raw mode.
  func suspend() {
    terminal?.suspend()
    Signals.stopProcessGroup()
    terminal?.resume()
  }

  /// Brings the prompt in step with whose turn it is.
  func showState() {
    guard let terminal, ending == nil else { return }
    let prompt = settings.handle.text + "> "
    if let count = machine.slowlyConfirmed(at: Self.now) {
      terminal.console.setPrompt(.waiting(words.sentence(.underWay(count)), then: prompt))
      return
    }
    switch machine.state {
    case .speaking: terminal.console.setPrompt(.speak(prompt))
    case .listening:
      guard let peer = machine.peer else { return }
      terminal.console.setPrompt(.waiting(words.sentence(.waitingFor(peer)), then: prompt))
    case .introducing, .naming, .queued, .over:
      terminal.console.setPrompt(.none)
    }
  }
}
