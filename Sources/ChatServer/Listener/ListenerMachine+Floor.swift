import ChatCore
import ChatPosix

/// Who comes in, who has the floor, who waits.
extension ListenerMachine {
  /// Whether one more peer is served, and how its conversation is to be known:
  /// by when the transcript says that it was opened.
  ///
  /// - Parameters:
  ///   - time: the present time of day.
  ///   - now: the same moment.
  ///   - isOwed: whether a death is still to be recorded of one opened at a time.
  ///   - actions: what follows.
  /// - Returns: a time that is not owed and that no other session has; `nil` when
  ///   the peer is turned away, since somebody talks and the queue is full.
  mutating func admit(
    at time: Timestamp, now: Instant, isOwed: (Timestamp) -> Bool = { _ in false },
    _ actions: inout [Action]
  ) -> Timestamp? {
    if owner != nil && queueLength >= waitingLimit {
      turnedAway += 1
      if turnedAwayNoticeAt == nil { turnedAwayNoticeAt = now }
      return nil
    }
    makeRoomForAnother(at: now, &actions)
    var openedAt = time
    while isOwed(openedAt) || sessions.contains(where: { $0.openedAt == openedAt }) {
      openedAt = Timestamp(milliseconds: openedAt.milliseconds + 1)
    }
    return openedAt
  }

  /// Sends the oldest silent peer away when there are too many of them.
  private mutating func makeRoomForAnother(at now: Instant, _ actions: inout [Action]) {
    let silent = sessions.indices.filter { sessions[$0].state == .introducing }
    guard silent.count >= Self.introducingLimit, let oldest = silent.first else { return }
    dismiss(oldest, at: now, &actions)
  }

  /// Orders one to go for want of room.
  mutating func dismiss(_ index: Int, at now: Instant, _ actions: inout [Action]) {
    actions.append(.order(.full, to: sessions[index].processID))
    sessions[index].enter(.leaving, at: now)
  }

  /// Reports those turned away to the operator, once in ``noticeInterval``.
  mutating func notifyTurnedAway(at now: Instant, _ actions: inout [Action]) {
    if turnedAway == 0 {
      turnedAwayNoticeAt = nil
      return
    }
    actions.append(.notify(.turnedAway(count: turnedAway)))
    turnedAway = 0
    turnedAwayNoticeAt = now.advanced(by: Self.noticeInterval)
  }

  /// Gives the floor to the ready peer that arrived first, when nobody has
  /// it, and the others their places.
  mutating func giveFloor(at now: Instant, _ actions: inout [Action]) {
    if owner == nil, let next = sessions.firstIndex(where: \.wantsFloor) {
      actions.append(.giveFloor(to: sessions[next].processID, draft: draft))
      sessions[next].givenDraft = draft
      draft = []
      sessions[next].enter(.hasFloor, at: now)
    }
    var place = 0
    for index in sessions.indices where sessions[index].state == .waiting {
      place += 1
      guard sessions[index].place != place else { continue }
      sessions[index].place = place
      actions.append(.order(.place(place), to: sessions[index].processID))
    }
    showQueue(at: now, &actions)
  }

  /// Shows the one who has the floor who waits, when that has changed, once in
  /// ``noticeInterval``.
  private mutating func showQueue(at now: Instant, _ actions: inout [Action]) {
    guard queueAgainAt == nil,
      let owner = sessions.firstIndex(where: { $0.state == .hasFloor })
    else { return }
    let queue = sessions.filter { $0.state == .waiting }.prefix(ControlLimits.queueLength).map {
      WaitingPeer(
        processID: $0.processID, conversation: $0.conversation, openedAt: $0.openedAt,
        address: "\($0.address)")
    }
    if sessions[owner].shownQueue == queue { return }
    sessions[owner].shownQueue = queue
    queueAgainAt = now.advanced(by: Self.noticeInterval)
    actions.append(.order(.queue(queue), to: sessions[owner].processID))
  }
}
