import ChatCore
import ChatPosix

/// What was typed and not said, from one conversation to the next.
///
/// On a terminal a draft is offered, by Up and by `\draft`, and never on the line
/// by itself: it may have been meant for somebody else. What was read from a
/// pipe and not said is the next thing to be said, as it is in the pipe.
extension OperatorDesk {
  /// Takes what ``takeDraft()`` of the desk before gave.
  package func give(draft: [UInt8], at now: Instant) {
    guard terminal.inputIsTerminal else { return terminal.give(draft: draft, at: now) }
    offered = draft.isEmpty ? nil : String(decoding: draft, as: UTF8.self)
    if let offered { terminal.console.remember(offered) }
  }

  /// Takes what ``takeMemory(of:at:isOnLine:)`` of the desk before gave.
  package func give(memory bytes: [UInt8]) {
    memory = DeskMemory(bytes: bytes)
    // A file of them has these too, and was read.
    if options.typedLines == nil { terminal.console.recall(memory.typed) }
    if let hasFocus = memory.hasFocus { terminal.console.hasFocus = hasFocus }
  }

  /// What is typed or read and not said.
  package func takeDraft() -> [UInt8] {
    guard terminal.inputIsTerminal else { return terminal.takeDraft() }
    if let unsaid = takeUnsaid() { return Array(unsaid.utf8) }
    // Said to be there once, it is left to Up: nobody wants to read of it each time.
    return Array((isOfferSaid ? "" : offered ?? "").utf8)
  }

  /// What this desk remembers for the next; `peer` is who was here, `nil` at a desk
  /// where nobody was, and `address` the peer's; `isOnLine`: see
  /// ``DeskMemory/draftIsOnLine``.
  package func takeMemory(
    of peer: Handle?, at address: String, isOnLine: Bool = false
  ) -> [UInt8] {
    guard terminal.inputIsTerminal else { return [] }
    // What is half typed would be taken for entered.
    memory.draftIsOnLine = isOnLine && (isInteractive || unsaidIsEntered ?? offersEntered)
    if isInteractive && options.typedLines == nil { memory.typed = terminal.console.typedLines }
    memory.hasFocus = terminal.console.hasFocus
    if let peer {
      memory.isUnseen = false
      let now = Clock.localTime(Clock.realtimeMilliseconds())
      memory.lastTalk = DeskMemory.Talk(
        name: name(of: peer), address: address, endedAt: now.timeText, lines: recent.lines)
    }
    return memory.bytes
  }

  /// Says that there is a draft, where there is one.
  package func offerDraft() {
    guard let offered else { return }
    notifyRow(.draftIsKept(offered, canBeEdited: isInteractive))
    isOfferSaid = true
  }

  /// What is on the line; nothing where lines are given whole, or it is an answer.
  package var draft: String {
    isAsking || isAskingForWord ? "" : terminal.console.draft
  }

  /// Puts on the line what was on it in a process before, where it was meant for the same
  /// conversation; else, or where that cannot be done, shows it.
  package func restore(draft: String, isForThis: Bool) {
    if draft.allSatisfy(\.isWhitespace) { return }
    if isInteractive && isForThis {
      terminal.console.draft = draft
    } else {
      notifyRow(.notSent(draft))
    }
  }

  /// What is typed and not said at this moment, and whether it is on the line: what
  /// ``takeDraft()`` would give. Of a pipe nothing, which is there for whoever reads next.
  package var unsaid: (text: String, isOnLine: Bool) {
    guard terminal.inputIsTerminal else { return ("", false) }
    let line = waitingLines.map { $0.text + "\n" }.joined() + terminal.console.draft
    if !line.allSatisfy(\.isWhitespace) { return (line, true) }
    return (isOfferSaid ? "" : offered ?? "", memory.draftIsOnLine)
  }

  /// Whether something is on the line, or was entered and waits, here or at the desk
  /// before.
  package var hasLine: Bool {
    !terminal.console.draft.isEmpty || !waitingLines.isEmpty || offersEntered
  }

  /// Whether the draft is what waited at the desk before, and nothing came of it here.
  private var offersEntered: Bool { memory.draftIsOnLine && takesWholeLines && offered != nil }

  /// Puts a draft that the desk before had on the line there again.
  package func putOnLine() {
    guard memory.draftIsOnLine, isInteractive, let text = offered else { return }
    terminal.console.draft = text
    offered = nil
  }

  /// Has lines wait that waited at the desk before, where nothing can be put on the line.
  package func haveLinesWait() {
    guard offersEntered, let text = offered else { return }
    waitingLines = text.split(whereSeparator: \.isNewline).compactMap { try? Message(String($0)) }
    offered = nil
  }

  /// `\draft`
  func recallDraft() {
    guard let offered else { return notify(.noDraft) }
    if isInteractive { terminal.console.draft = offered } else { notifyRow(.notSent(offered)) }
  }

  /// Leaves on the screen what was typed and not said, and keeps it.
  package func showUnsaid() {
    guard !isAsking, terminal.inputIsTerminal || party == .client, let text = takeUnsaid() else {
      return
    }
    offered = text
    isOfferSaid = false
    notifyRow(.notSent(text))
  }

  /// What is typed and not said, off the line. White space alone is nothing that
  /// anybody would miss.
  private func takeUnsaid() -> String? {
    var text = Substring(
      takeWaitingLines() + String(decoding: terminal.takeDraft(), as: UTF8.self))
    terminal.console.draft = ""
    unsaidIsEntered = text.last.map(\.isNewline)
    while text.last?.isNewline == true { text.removeLast() }
    return text.allSatisfy(\.isWhitespace) ? nil : String(text)
  }

  /// A notice with text that somebody typed: one row, whose line breaks are
  /// continuation rows of it.
  private func notifyRow(_ notice: DeskNotice) {
    terminal.console.print(Notice(sentence: words(notice)), to: .notice, as: .remark)
  }
}

// MARK: - Nobody is there

extension OperatorDesk {
  /// Brings the prompt in step with an empty room: there is one as long as there
  /// is something on the line.
  package func rest() {
    isResting = true
    let isEmpty = terminal.console.draft.isEmpty
    terminal.console.setPrompt(isEmpty ? .none : .speak(ownPrompt))
  }

  /// Keeps a line that was entered while nobody was there.
  package func keepForLater(_ message: Message) {
    terminal.console.dropLine(remembering: true)
    notifyRow(.notSent(message.text))
    if offered == nil { notify(.nobodyToTalkTo(canEdit: isInteractive)) }
    offered = message.text
  }

  /// Takes a line that was entered and is said to nobody.
  package func dropLine() { terminal.console.dropLine(remembering: false) }

  /// Answers `\history`.
  package func showLastTalk() {
    guard let talk = memory.lastTalk else { return notify(.noHistory(with: nil)) }
    showHistory(talk.lines, with: try? Handle(talk.name))
  }

  /// Ctrl-D in a terminal's own lines ends one read and no more.
  package func readOn() { terminal.readOn() }
}
