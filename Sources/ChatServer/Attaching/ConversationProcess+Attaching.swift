import ChatCore
import ChatPosix
import ChatTerminal
import Transcript

/// A terminal that comes in the middle of a talk to which nobody was there, and goes again.
extension ConversationProcess {
  /// Takes it. What was said until now is shown once more.
  func attach(at now: Instant) {
    guard desk == nil, isUnattended else { return listener.refuseTerminal() }
    listener.report(.tookFloor)
    // EBUSY alone, where threads race for a number; there is one here.
    try? listener.takeTerminal()
    isUnattended = false
    openDesk(at: now)
    // What was typed while nobody was there was not meant for this peer.
    if hasHadDesk || isSuccessor { desk?.putOnLine() }
    post(.operatorIsThere(true), at: now)
    // Else it is said when it opens.
    guard let desk, let peer = machine.peer, isOpened else { return }
    if desk.memory.isUnseen {
      desk.memory.isUnseen = false
      if desk.memory.lastTalk?.name != displayName(of: peer) { desk.showLastTalk() }
    }
    desk.goOn(with: peer, since: openedAt)
    desk.announce(words.sentence(.opened))
    showKey()
    showLastMessages(orThatThereAreNone: false)
    if isLinkDown { notify(.linkDown(peer)) }
    desk.offerDraft()
  }

  /// At the end of a turn: what was entered by then is recorded and shown.
  func giveTerminalBackIfWanted(at now: Instant) {
    guard isTerminalWanted, let desk, !isDone, leaving == nil else { return }
    isTerminalWanted = false
    isDetaching = false
    let hasLine = desk.hasLine
    draft = desk.takeDraft()
    memory = desk.takeMemory(of: machine.peer, at: "\(address)", isOnLine: hasLine)
    _ = desk.close(within: Self.terminalBackWithin)
    self.desk = nil
    hasHadDesk = true
    outputGoneIsReported = false
    outputFailureIsSaid = false
    listener.dropTerminal()
    isUnattended = true
    listener.report(.gaveBack)
    post(.operatorIsThere(false), at: now)
    settle(at: now)
  }

  /// `\detach`, or Ctrl-Z. What is typed behind it is for later.
  func askToDetach(suspends: Bool) {
    guard settings.isDetached else { return notify(.ownTerminal) }
    isDetaching = true
    listener.report(.detachAsked(suspends: suspends))
  }

  private func displayName(of peer: Handle) -> String {
    DisplayName.of(peer, .client, besides: settings.handle)
  }

  /// What is remembered of a talk that nobody has seen the end of, for who attaches next.
  func rememberUnseen() {
    guard isUnattended, let peer = machine.peer,
      let messages = try? recorder.lastMessages(with: peer, limit: RecentLines.limit),
      !messages.isEmpty
    else { return }
    let peerName = displayName(of: peer)
    let lines = messages.compactMap { message -> RecentLines.Line? in
      guard let said = message.said else { return nil }
      let when = Clock.localTime(message.time.milliseconds)
      return RecentLines.Line(
        when: "\(when.dayText) \(when.timeText)",
        name: said.party == .server ? settings.handle.text : peerName,
        text: PeerText(said.text))
    }
    var remembered = DeskMemory(bytes: memory)
    remembered.lastTalk = DeskMemory.Talk(
      name: peerName, address: "\(address)",
      endedAt: Clock.localTime(Clock.realtimeMilliseconds()).timeText, lines: lines)
    remembered.isUnseen = true
    memory = remembered.bytes
  }
}
