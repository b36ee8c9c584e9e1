import ChatCore
import ChatPosix
import ChatTerminal

/// The user's side.
extension Client {
  /// Acts on what the user typed. In plain mode a line is taken only when it
  /// can be said: lines of a pipe wait for their turn.
  func hearUser(at now: Instant) {
    while ending == nil, wantsLine, let event = terminal.console.nextEvent() {
      take(event, at: now)
    }
  }

  private var wantsLine: Bool {
    if terminal.console.isInteractive || isAsking { return true }
    if machine.wantsOperatorInput { return true }
    // The end of a pipe is a goodbye at any moment; nothing can come before
    // it any more.
    return terminal.inputHasEnded && terminal.console.isAtEndOfInput && isIntroduced
  }

  /// Whether a goodbye would be understood.
  private var isIntroduced: Bool {
    switch machine.state {
    case .introducing, .naming: false
    case .queued, .speaking, .listening, .over: true
    }
  }

  private func take(_ event: ConsoleEvent, at now: Instant) {
    switch event {
    case .line(let text): isAsking ? name(text, at: now) : enter(text, at: now)
    case .interrupt: stop(.interrupt, at: now)
    case .suspend: suspend()
    case .endOfInput: handle([.operatorQuit], at: now)
    }
  }

  private func name(_ text: String, at now: Instant) {
    if Command(text) == .quit {
      terminal.console.acceptLine()
      handle([.operatorQuit], at: now)
      return
    }
    do throws(HandleError) {
      let handle = try Handle(Self.trimmed(text))
      self.handle = handle
      isAsking = false
      terminal.console.acceptLine()
      self.handle([.operatorNamed(handle)], at: now)
    } catch {
      terminal.console.acceptLine()
      terminal.console.setPrompt(.ask(words.sentence(.askHandleAgain(error))))
    }
  }

  private func enter(_ text: String, at now: Instant) {
    switch Command(text) {
    case .quit:
      terminal.console.acceptLine()
      handle([.operatorQuit], at: now)
    case .help, .who, .history, .clear:
      perform(Command(text))
      terminal.console.dropLine()
    case .unknown(let name):
      terminal.console.keepLine(notice: words.sentence(.unknownCommand(name)))
    case .message(let text):
      do throws(MessageError) {
        handle([.operatorSaid(try Message(text))], at: now)
      } catch {
        terminal.console.keepLine(notice: words.sentence(.invalid(error)), to: .conversation)
      }
    }
  }

  func suspend() {
    terminal.suspend()
    // The shell waits for the whole job: `chatclient … | tee log`.
    Signals.stopProcessGroup()
    terminal.resume()
  }

  private static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
