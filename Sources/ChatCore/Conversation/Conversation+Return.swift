/// A client's new link: the claim, and how the conversation goes on.
extension Conversation {
  mutating func hearAgain(
    _ event: Event, _ now: Instant, _ actions: inout [Action]
  ) {
    switch event {
    case .received: lastReceived = now
    case .ping: actions.append(.send(.pong))
    case .introduced(let handle, let dialect): claim(from: handle, dialect, &actions)
    case .ended, .failed: tryAgain(&actions)
    case .serverRefused(let why), .serverNoticed(let why):
      if resuming.lostLink?.isRefusalReported == false { actions.append(.reportNotice(why)) }
      resuming.lostLink?.isRefusalReported = true
      if case .serverRefused = event { tryAgain(&actions) }
    case .serverDenied(let why) where resuming.lostLink?.isClaiming == true:
      // It may be another than before, and the one before may come back.
      resuming.lostLink?.farewell = Farewell(
        by: nil, reason: .reset, detail: QuitReason.lost.rawValue)
      resuming.lostLink?.isClaiming = false
      actions += [.dropLink, .reportNotKnown(why), .dial]
    case .resumed(let number) where resuming.lostLink?.isClaiming == true:
      goOn(after: number, now, &actions)
    // One that is over is answered with `resumed` first: this is a process that goes
    // before it knows, as when the server is started again.
    case .quit: tryAgain(&actions)
    default: break
    }
  }

  private mutating func tryAgain(_ actions: inout [Action]) {
    resuming.lostLink?.isClaiming = false
    actions += [.dropLink, .dial]
  }

  /// The greeting on a new link.
  private mutating func claim(
    from handle: Handle, _ dialect: Dialect, _ actions: inout [Action]
  ) {
    guard dialect == .native, let offer = resuming.offer else { return tryAgain(&actions) }
    // A name proves nothing: the link's key does, or nothing.
    resuming.lostLink?.server = handle
    resuming.lostLink?.isClaiming = true
    resuming.attempt += 1
    actions.append(
      .send(.resume(offer.token, shown: peerAcknowledged, attempt: resuming.attempt)))
    guard resuming.isSuccessor else { return }
    resuming.recalled = PastMessage.limit
    (resuming.ownPast, resuming.peerPast) = (0, 0)
    actions.append(.send(.recall(PastMessage.limit)))
  }

  /// The server goes on, and has what this side said up to `number`.
  private mutating func goOn(
    after number: Int, _ now: Instant, _ actions: inout [Action]
  ) {
    guard let lost = resuming.lostLink else { return }
    unsent = 0
    if let kept = resuming.keptNumber, number > kept, number <= ConversationSettings.highestResumed
    {
      countOn(from: number, kept, &actions)
    } else {
      confirm(number, now, &actions)
    }
    if let kept = resuming.keptNumber {
      // What its user has not seen here yet, behind what is recalled.
      let entered = max(0, ownNumber - max(kept, number))
      resuming.unseen = Array(unconfirmed.dropLast(min(entered, unconfirmed.count)))
    }
    resuming.keptNumber = nil
    // It confirmed what was never said.
    if case .closing = phase { return }
    if case .over = phase { return }
    resuming.lostLink = nil
    lastReceived = now
    pingedAt = nil
    silentSince = now
    underWaySince = now
    if let former = peer, let name = lost.server, name != former {
      peer = name
      actions.append(.reportRenamed(from: former, to: name))
    }
    actions.append(.reportLinkBack(after: now.duration(since: lost.since), addressChanged: false))
    if hasAskedForFree, mode == .turns { actions.append(.send(.ask(.free))) }
    unsent = unconfirmed.count
    resuming.hasRecalledAgain = false
    resuming.awaitsPast = resuming.isSuccessor && max(number, peerAcknowledged) > 0
    sendAgain(&actions)
  }

  /// A power cut made the file older than what the server has: all that was in it is
  /// recorded, and what was entered since is counted from there.
  private mutating func countOn(
    from number: Int, _ kept: Int, _ actions: inout [Action]
  ) {
    let entered = ownNumber - kept
    let wasUnconfirmed = unconfirmed.count > entered
    unconfirmed = Array(unconfirmed.suffix(entered))
    ownNumber = number + entered
    if wasUnconfirmed { actions.append(.confirm(through: number)) }
  }

  /// The mode comes: behind what was recalled, whether that was asked for in time or late.
  mutating func finishRecall(_ actions: inout [Action]) {
    guard resuming.isSuccessor else { return }
    if resuming.awaitsPast, resuming.recalled == PastMessage.limit, !resuming.hasRecalledAgain {
      // Either the server has not come to the question yet, or there are none: when it
      // answers once more, it has.
      resuming.hasRecalledAgain = true
      actions.append(.send(.recall(PastMessage.limit)))
      return
    }
    let first = ownNumber - unconfirmed.count + 1
    for (index, message) in resuming.unseen.enumerated() {
      actions.append(.showPast(PastMessage(from: role, number: first + index, message)))
    }
    resuming.unseen = []
    resuming.isSuccessor = false
    resuming.recalled = 0
    resuming.awaitsPast = false
    sendAgain(&actions)
  }

  /// A past message, as long as some are due.
  mutating func takePast(_ past: PastMessage, _ actions: inout [Action]) {
    // Each once and in order, and of what both sides had.
    let isOwn = past.from == role
    let last = isOwn ? ownNumber - unconfirmed.count : peerAcknowledged
    let shown = isOwn ? resuming.ownPast : resuming.peerPast
    guard resuming.recalled > 0, past.number > shown, past.number <= last else { return }
    if isOwn { resuming.ownPast = past.number } else { resuming.peerPast = past.number }
    resuming.recalled -= 1
    actions.append(.showPast(past))
  }
}
