import ChatCore
import ChatLink
import ChatPosix
import ChatTerminal

/// The end of a conversation's process.
extension ConversationProcess {
  /// What the last words may take to the peer.
  private static let farewellWithin = Duration.seconds(2)

  /// Last words to the operator, the terminal back, last words to the peer.
  func leave() -> SessionExit {
    guard let ending else { preconditionFailure("a conversation leaves at its end") }
    if desk == nil, !isUnattended, !ending.unshown.isEmpty { waitToBeRead(ending) }
    // Given back as they came, where nobody was at the terminal.
    rememberUnseen()
    var (draft, memory) = (draft, memory)
    if let desk {
      sayLastWords(ending, at: desk)
      draft = desk.takeDraft()
      memory = desk.takeMemory(of: machine.peer, at: "\(address)")
      if !desk.close() {
        let rows = settings.desk.rows(
          ofNotice: words.sentence(.outputStalled(isKept: settings.isKept)))
        StandardError.writeIfReady(rows.map { $0 + "\n" }.joined())
      }
    }
    for part in ControlLimits.parts(ofDraft: draft) { listener.report(.draft(part)) }
    for part in ControlLimits.parts(ofMemory: memory) { listener.report(.memory(part)) }
    if isWithoutConversation {
      listener.dropTerminal()
      listener.report(.released)
      link.finish(within: Self.farewellWithin)
      return .handedOver
    }
    listener.report(.over(by: ending.by, ending.reason))
    let isRecorded = ending.isRecorded && recorder.wordlessEnd == nil
    // Of one that said nothing the listener wants to know also without a
    // transcript why it went.
    if !isRecorded || machine.peer == nil {
      listener.report(
        .unrecorded(by: ending.by, ending.reason, detail: ending.detail ?? ""))
    }
    let isBadName = machine.peer == nil && machine.rejectedNames > 0
    if isBadName || (ending.by == .client && ending.reason == .error) {
      listener.report(.badWords)
    }
    listener.dropTerminal()
    listener.report(.released)
    link.finish(within: Self.farewellWithin)
    return isRecorded ? .ended : .closeUnrecorded
  }

  /// The end of a peer that said something and left before it had the floor:
  /// `printf 'bob> hi' | nc`. Sees it off and stays until the operator can read
  /// what it said; its connection is closed after that, since the floor may
  /// come at any moment and a peer that does not close its end is waited for.
  /// Where that cannot be, the listener says how much there was.
  private func waitToBeRead(_ ending: Conversation.Ending) {
    link.hangUp(at: Self.now)
    reportName()
    listener.report(.unread)
    var poller = Poller()
    while desk == nil, !isUnattended, !isDismissed {
      _ = try? poller.poll([listener.interest].compactMap { $0 })
      for signal in Signals.take() { take(signal, at: Self.now) }
      readListener(at: Self.now)
    }
    if let desk {
      desk.announce(words.sentence(.opened))
    } else {
      notify(
        .unread(from: address, count: ending.unshown.count, isKept: settings.isKept))
    }
  }

  private func sayLastWords(_ ending: Conversation.Ending, at desk: OperatorDesk) {
    desk.showLeftovers(of: ending, peer: machine.peer)
    if !ending.isRecorded { notify(.closeUnrecorded) }
    if ending.reason.isFault { notify(.broken(ending.reason, detail: ending.detail)) }
    desk.end(
      words.sentence(.ended(ending, dialect: machine.dialect, idleLimit: settings.idleLimit)))
    desk.announce("")
  }
}

extension CloseReason {
  /// Whether the operator is owed an explanation.
  fileprivate var isFault: Bool {
    switch self {
    case .reset, .error, .unresponsive: true
    case .quit, .eof, .timeout, .sigint, .restart, .crashed, .full, .blocked, .othersWaited: false
    }
  }
}
