import ChatCore
import ChatLink
import ChatPosix
import ChatTerminal

extension ConversationProcess {
  func perform(_ actions: [Conversation.Action], at now: Instant) {
    for action in actions { perform(action, at: now) }
  }

  private func perform(_ action: Conversation.Action, at now: Instant) {
    switch action {
    case .record(let entry): recorder.ask(entry)
    case .send(let outgoing): link.send(outgoing, at: now)
    case .show(.opened):
      opened = Clock.localTime(Clock.realtimeMilliseconds())
      terminal?.console.print(words.sentence(.opened))
    case .show(.message(let party, let message)): show(message, from: party, at: now)
    case .accept: acceptLine(at: now)
    case .reject(let message, let obstacle): keepLine(message, obstacle, at: now)
    case .reportReady: report(.ready)
    case .end(let ending): self.ending = ending
    case .confirm, .askForHandle, .reportDenied: break
    }
  }

  private func show(_ message: Message, from party: Party, at now: Instant) {
    guard let peer = machine.peer else {
      preconditionFailure("a message is shown only after its handle")
    }
    guard let terminal else { return }
    let name = peerName ?? DisplayName.of(peer, besides: settings.handle)
    peerName = name
    view.show(message, from: name, party: party, on: terminal, at: now)
  }

  func report(_ report: ConversationReport) {
    // A listener that is gone is noticed by the end of the line.
    _ = try? line.send(report.bytes)
  }

  func tell(_ notice: ServerNotice) {
    // Our own words may take several lines; a peer's never do.
    for line in words.sentence(notice).split(separator: "\n") {
      terminal?.console.print(String(line), to: .notice)
    }
  }

  /// Tells the operator, through the listener while another has the terminal.
  func tellOrReport(_ notice: ServerNotice) {
    if terminal == nil { report(.notice(words.sentence(notice))) } else { tell(notice) }
  }

  /// The end: last words to the operator, the terminal back, last words to
  /// the peer.
  func leave() -> SessionExit {
    guard let ending else { preconditionFailure("a conversation leaves at its end") }
    if terminal == nil, !ending.unshown.isEmpty { waitToBeHeard(ending) }
    if let terminal {
      sayLastWords(ending, on: terminal)
      terminal.console.keepInput()
      unsaid = terminal.unsaid
      if !terminal.console.isInteractive, let line = heldLine, unsaid.isEmpty {
        unsaid = Array((line.text + "\n").utf8)
      }
      if !terminal.finish() {
        let sentence = words.sentence(.outputStalled(isKept: settings.isKept))
        try? StandardError.write(sentence + "\n")
      }
    }
    for part in ControlLimits.parts(of: unsaid) { report(.unsaid(part)) }
    if !ending.isRecorded { report(.unrecorded(by: ending.by, ending.reason)) }
    report(.released)
    link.finish(within: Self.farewellWithin)
    return ending.isRecorded ? .ended : .closeUnrecorded
  }

  private func sayLastWords(_ ending: Conversation.Ending, on terminal: OperatorTerminal) {
    if !ending.unshown.isEmpty {
      tell(
        .unshown(
          from: machine.peer, hadFloor: opened != nil, count: ending.unshown.count,
          isKept: settings.isKept))
      let name = machine.peer.map { DisplayName.of($0, besides: settings.handle) } ?? ""
      for message in ending.unshown {
        terminal.console.print("\(name)> \(message.text)", to: .notice)
      }
    }
    if !ending.unconfirmed.isEmpty {
      tell(.unconfirmed(to: machine.peer, count: ending.unconfirmed.count))
      for message in ending.unconfirmed {
        terminal.console.print("\(settings.handle)> \(message.text)", to: .notice)
      }
    }
    if !ending.isRecorded { tell(.closeUnrecorded) }
    if ending.reason.isFault { tell(.broken(ending.reason, detail: ending.detail)) }
    terminal.console.setPrompt(.none)
    terminal.console.print(
      words.sentence(
        .ended(ending, dialect: machine.dialect, idleLimit: settings.idleLimit)))
    terminal.console.print("")
  }
}

extension CloseReason {
  /// Whether the operator is owed an explanation.
  fileprivate var isFault: Bool {
    switch self {
    case .reset, .error, .unresponsive: true
    case .quit, .eof, .timeout, .sigint, .crashed, .full: false
    }
  }
}
