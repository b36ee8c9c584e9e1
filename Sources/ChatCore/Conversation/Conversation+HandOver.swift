/// How a server's conversation goes on in another process.
extension Conversation {
  /// A successor's machine, on the new link that its client has come back with.
  ///
  /// - Parameters:
  ///   - past: what the transcript has.
  ///   - recalled: how many of the last messages the client has asked for so far.
  ///   - settings: as for any other.
  ///   - now: the present.
  public init(
    resuming past: Resumption, recalled: Int, _ settings: ConversationSettings, at now: Instant
  ) {
    precondition(settings.role == .server, "a server's conversation is resumed from a transcript")
    self.init(settings, at: now)
    mode = past.mode
    peer = past.peer
    dialect = .native
    hasFloor = past.hasFloor
    phase = past.hasFloor ? .talking(turn: past.mode == .turns ? past.turn : nil) : .waiting
    peerNumber = past.peerNumber
    peerAcknowledged = past.peerNumber
    peerAccepted = past.peerNumber
    ownNumber = past.ownNumber
    unconfirmed = past.unconfirmed
    unsent = unconfirmed.count
    resuming.hasOffered = true
    resuming.isResumable = true
    resuming.isSuccessor = true
    resuming.recent = past.recent
    resuming.recalled = recalled
    resuming.takesGap = true
    resuming.back = (past.awayFor, past.addressChanged)
    resuming.owesAttendance = past.hasFloor
    silentSince = now.advanced(by: .zero - past.silentFor)
  }

  /// A client's machine that goes on with what another process of its user's began. Its
  /// first action is to have a link made.
  ///
  /// - Parameters:
  ///   - past: what that process left.
  ///   - away: how long ago it was.
  ///   - settings: as for any other.
  ///   - now: the present.
  public init(
    resuming past: ClientPast, away: Duration, _ settings: ConversationSettings, at now: Instant
  ) {
    precondition(settings.role == .client, "a client goes on with a client's past")
    self.init(settings, at: now)
    mode = past.mode
    peer = past.server
    dialect = .native
    knownHandle = past.handle
    hasFloor = past.hasFloor
    phase = past.hasFloor ? .talking(turn: past.mode == .turns ? past.turn : nil) : .waiting
    peerNumber = past.peerNumber
    peerAcknowledged = past.peerNumber
    ownNumber = past.ownNumber
    unconfirmed = past.unconfirmed
    unsent = unconfirmed.count
    if !unconfirmed.isEmpty { underWaySince = now }
    resuming.offer = past.offer
    resuming.isResumable = true
    resuming.isSuccessor = true
    resuming.attempt = past.attempt
    resuming.keptNumber = past.ownNumber
    resuming.lostLink = LostLink(
      since: now.advanced(by: .zero - away),
      farewell: Farewell(by: nil, reason: .reset, detail: "the client was started again"))
  }

  /// What a client keeps so that its next start can go on; `nil` where it cannot.
  public var clientPast: ClientPast? {
    guard role == .client, resuming.isResumable, let offer = resuming.offer,
      let handle = knownHandle, let server = peer
    else { return nil }
    var turn: Party?
    var talks = false
    switch phase {
    case .talking(let whose): (turn, talks) = (whose, true)
    case .waiting: break
    case .lingering: talks = true
    case .introducing, .naming, .closing, .over: return nil
    }
    return ClientPast(
      offer: offer, handle: handle, server: server, mode: mode, hasFloor: talks, turn: turn,
      ownNumber: ownNumber, unconfirmed: unconfirmed, peerNumber: peerAcknowledged,
      attempt: resuming.attempt)
  }

  /// The first actions of one that goes on.
  mutating func beginAgain(_ now: Instant, _ actions: inout [Action]) {
    guard role == .server else {
      actions.append(.dial)
      return
    }
    actions.append(.send(.resumed(through: peerNumber)))
    sayPast(&actions)
    actions.append(.send(.mode(mode)))
    if hasFloor { actions.append(.send(.floor)) }
    if let back = resuming.back {
      actions.append(.reportLinkBack(after: back.after, addressChanged: back.addressChanged))
    }
    if !unconfirmed.isEmpty { underWaySince = now }
    sendAgain(&actions)
  }

  // MARK: The claim

  /// The number of the peer's last message that was shown; 0: none was.
  public var peerShown: Int { peerAcknowledged }

  /// How many of the last messages the client has asked for.
  public var recalledCount: Int { resuming.recalled }

  mutating func claim(
    _ token: ResumeToken, _ shown: Int, _ attempt: Int, _ actions: inout [Action]
  ) {
    guard case .introducing = phase, peer == nil, !resuming.hasClaimed else { return }
    resuming.hasClaimed = true
    actions.append(.reportClaim(token, shown: shown, attempt: attempt))
  }

  /// What it claims is not to be had here: it may say who it is instead.
  mutating func refuseClaim(_ refusal: Refusal, _ actions: inout [Action]) {
    guard resuming.hasClaimed else { return }
    resuming.hasClaimed = false
    actions.append(.send(.deny(refusal)))
  }

  /// What it claims is over.
  mutating func endClaim(
    recorded: Int, _ reason: QuitReason, _ now: Instant, _ actions: inout [Action]
  ) {
    guard resuming.hasClaimed else { return }
    actions.append(.send(.resumed(through: recorded)))
    close(
      Farewell(by: .server, reason: .reset, detail: "it is over", goodbye: reason), now, &actions)
  }

  /// The client wants to see the last messages once more; before or after it goes on.
  mutating func recall(_ count: Int, _ actions: inout [Action]) {
    guard resuming.hasClaimed || resuming.isSuccessor else { return }
    resuming.recalled = count
    // Before it goes on it is only noted.
    guard resuming.isSuccessor else { return }
    sayPast(&actions)
    actions.append(.send(.mode(mode)))
  }

  private mutating func sayPast(_ actions: inout [Action]) {
    for past in resuming.recent.suffix(resuming.recalled) { actions.append(.send(.past(past))) }
    if resuming.recalled > 0 { resuming.recent = [] }
  }

  // MARK: Leaving it to another

  /// Leaves without a word and without a close. What is not recorded was not
  /// acknowledged, and is said again to the successor.
  mutating func handOver(_ now: Instant, _ actions: inout [Action]) {
    switch phase {
    // The end is on its way to the transcript, and is found there.
    case .closing, .over: return
    case .lingering(let farewell, _): return close(farewell, now, &actions)
    case .introducing, .naming, .waiting, .talking: break
    }
    for case .ownMessage(_, let message) in recording.steps {
      actions.append(.reject(message, .notRecorded))
    }
    phase = .over
    recording = Recording()
    actions.append(.handOver)
  }

  /// The server stops and another is expected to go on: whether this conversation is left
  /// to it.
  mutating func leaveToSuccessor(_ now: Instant, _ actions: inout [Action]) -> Bool {
    guard canOutlastLink else { return false }
    if resuming.lostLink == nil { actions.append(.dropLink) }
    handOver(now, &actions)
    return true
  }
}
