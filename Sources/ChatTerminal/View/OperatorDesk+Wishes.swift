import ChatCore

/// What the person at the desk wants, from what is typed.
extension OperatorDesk {
  /// The next thing that the person wants; `nil` when there is none for now.
  /// To be called again until then, and after everything else that happened in
  /// this turn of the loop.
  package func nextAction(for conversation: Conversation?, at now: Instant) -> DeskAction? {
    if let line = heldLine, now >= line.retryAt {
      heldLine = nil
      return .say(line.message)
    }
    if let line = nextWaitingLine(for: conversation, at: now) {
      isSayingWaitingLine = true
      return .say(line)
    }
    if isAsking, let answer = earlyAnswer {
      earlyAnswer = nil
      if let action = name(answer) { return action }
    }
    while takesInput(for: conversation), let event = terminal.console.nextEvent() {
      if let action = take(event, at: now) { return action }
    }
    return nil
  }

  /// Whether something typed waits for ``nextAction(for:at:)`` though nothing
  /// more may come.
  package func hasInput(for conversation: Conversation?) -> Bool {
    isAsking && earlyAnswer != nil
      || !waitingLines.isEmpty && !isSayingWaitingLine && waitingLineRetryAt == nil
        && conversation?.wantsOperatorInput == true
      || terminal.console.hasInput && takesInput(for: conversation)
  }

  /// Of a pipe a line is taken only when it can be said: its lines wait for
  /// their turn. What somebody types is looked at at once.
  ///
  /// Without a conversation nobody is there, and every line is taken at once.
  func takesInput(for conversation: Conversation?) -> Bool {
    guard let conversation else { return true }
    if isInteractive || isAsking || isAskingForWord || takesWholeLines { return true }
    if heldLine != nil { return false }
    if conversation.wantsOperatorInput { return true }
    // The end of a client's pipe is a goodbye at any moment; nothing can come
    // before it any more. The server's waits for its turn: an answer may be
    // all that the peer came for.
    return party == .client && conversation.isIntroduced && terminal.console.isAtEndOfInput
  }

  /// What `event` means; `nil` when it is the desk's own to do.
  private func take(_ event: ConsoleEvent, at now: Instant) -> DeskAction? {
    switch event {
    case .line(let text):
      hasReadInput = true
      if isAskingForWord { return answerWord(text) }
      return isAsking ? name(text) : enter(text, at: now)
    case .interrupt: return .interrupt
    case .suspend: return .suspend
    case .endOfInput:
      return isAsking && !terminal.inputIsTerminal ? .unnamed(nil) : .endOfInput
    }
  }

  private func enter(_ text: String, at now: Instant) -> DeskAction? {
    let command = Command(text)
    switch command {
    case .detach where party == .client:
      terminal.console.keepLine(notice: Notice(sentence: words(.unknownCommand(text))))
    case .quit:
      // Where nobody is there it is a question first, and ends nothing.
      if isResting { terminal.console.dropLine() } else { terminal.console.acceptLine() }
      return .quit
    case .help, .who, .history, .clear, .free, .draft, .detach:
      terminal.console.dropLine()
      return perform(command)
    case .unknown(let name):
      terminal.console.keepLine(notice: Notice(sentence: words(.unknownCommand(name))))
    case .message where handle == nil:
      // It stays entered, and what was typed after it waits behind it.
      earlyAnswer = text
    case .message(let text) where asksForLink(text, at: now):
      terminal.console.dropLine()
      return isLinkDown ? .dial : nil
    case .message(let text) where asksAbout(text): break
    case .message(let text):
      let text = isTyped ? CommandSlip.unescaped(text) ?? text : text
      do throws(MessageError) {
        // Blanks alone are a slip of the thumb, and would spend the turn.
        if text.allSatisfy(\.isWhitespace) { throw .empty }
        let message = try Message(text)
        if waitingLines.isEmpty { return .say(message) }
        // Behind those that wait already.
        waitingLines.append(message)
        terminal.console.keepLine(notice: waitsNotice)
      } catch {
        terminal.console.keepLine(
          notice: Notice(sentence: words(.invalid(error))), to: .conversation)
      }
    }
    return nil
  }

  /// Whether it is Enter on an empty line while there is no link, or was none just now.
  private func asksForLink(_ text: String, at now: Instant) -> Bool {
    guard isTyped, text.allSatisfy(\.isWhitespace) else { return false }
    return isLinkDown || linkBackAt.map { now.duration(since: $0) < Self.linkBackPause } ?? false
  }

  /// Whether somebody types who can be asked.
  var isTyped: Bool { isInteractive || terminal.inputIsTerminal }

  /// Asks about a line that looks like a command, once.
  func asksAbout(_ text: String) -> Bool {
    guard isTyped, let slip = CommandSlip(text), slips.insert(text).inserted else { return false }
    // It may be meant: Up has it.
    terminal.console.dropLine(remembering: !isAsking)
    notify(.slip(line: text, meant: slip.command))
    return true
  }

  private func perform(_ command: Command) -> DeskAction? {
    switch command {
    case .who: return .who
    case .free: return .free
    case .history: return .history
    case .detach: return .detach
    case .help: notify(.help(nobodyIsHere: isResting))
    case .clear: terminal.console.clearScreen()
    case .draft: recallDraft()
    case .quit, .unknown, .message: break
    }
    return nil
  }
}
