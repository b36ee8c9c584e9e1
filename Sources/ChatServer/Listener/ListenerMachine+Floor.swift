import ChatCore
import ChatPosix

/// Who comes in, who has the floor, who waits.
extension ListenerMachine {
  enum Admitted: Hashable {
    /// It is served; its conversation is to be known by when the transcript says
    /// that it was opened.
    case openedAt(Timestamp)
    case refused(Admission.Refusal)
  }

  /// Judges one more peer.
  ///
  /// - Parameters:
  ///   - source: what it comes from.
  ///   - time: the present time of day.
  ///   - now: the same moment.
  ///   - draw: a random number from 0 to 99.
  ///   - isOwed: whether a death is still to be recorded of one opened at a time.
  ///   - actions: what follows.
  /// - Returns: a time that is not owed and that no other session has; or why the
  ///   peer is turned away.
  mutating func admit(
    from source: PeerSource, at time: Timestamp, now: Instant, draw: Int,
    isOwed: (Timestamp) -> Bool = { _ in false }, _ actions: inout [Action]
  ) -> Admitted {
    if let refusal = judge(source, at: now, draw: draw, &actions) {
      countTurnedAway(refusal, at: now)
      if database != nil { refusals.count(source, at: time, now: now) }
      return .refused(refusal)
    }
    var openedAt = time
    while openedAt == lastOpenedAt || isOwed(openedAt)
      || sessions.contains(where: { $0.openedAt == openedAt })
      || awaited.contains(where: { $0.openedAt == openedAt })
    {
      openedAt = Timestamp(milliseconds: openedAt.milliseconds + 1)
    }
    lastOpenedAt = openedAt
    return .openedAt(openedAt)
  }

  private mutating func judge(
    _ source: PeerSource, at now: Instant, draw: Int, _ actions: inout [Action]
  ) -> Admission.Refusal? {
    // Whoever comes may be waited for, and says so with its first words.
    if floorIsTaken && queueLength >= waitingLimit && !hasTalks { return .queueIsFull }
    // So many of them may have lost a link, and are not one more.
    let owned =
      awaited.count { $0.source == source }
      + sessions.count { $0.source == source && $0.talk != nil }
    switch admission.judge(
      source, among: sessions.map(\.guest), besides: owned, at: now, draw: draw)
    {
    case .refuse(let refusal): return refusal
    case .admit: return nil
    case .admitFor(let process):
      if let index = sessions.firstIndex(where: { $0.processID == process }) {
        dismiss(index, at: now, &actions)
      }
      return nil
    }
  }

  /// Whether a source has more in the queue than it may, those included whose places are
  /// kept: who came as if to go on, and did not.
  func hasTooMany(_ source: PeerSource) -> Bool {
    guard admission.settings.perSource > 0 else { return false }
    let count =
      sessions.count { $0.source == source && $0.state == .waiting }
      + awaited.count { $0.source == source && !$0.hadFloor }
    return count > admission.settings.perSource
  }

  /// Has counted refusals recorded.
  func record(_ rows: [RefusedConnections], _ actions: inout [Action]) {
    actions += rows.map { .ask(.recordRefusals($0)) }
  }

  /// Orders one to go for want of room.
  mutating func dismiss(_ index: Int, at now: Instant, _ actions: inout [Action]) {
    actions.append(.order(.full, to: sessions[index].processID))
    sessions[index].enter(.leaving, at: now)
  }

  mutating func countTurnedAway(_ refusal: Admission.Refusal, at now: Instant) {
    turnedAway[refusal, default: 0] += 1
    if turnedAwayNoticeAt == nil { turnedAwayNoticeAt = now }
  }

  /// Reports those turned away to the operator: the first at once, then as many
  /// as came meanwhile, more seldom the longer it goes on.
  mutating func notifyTurnedAway(at now: Instant, _ actions: inout [Action]) {
    guard !turnedAway.isEmpty, let noticeAt = turnedAwayNoticeAt, now >= noticeAt else { return }
    actions.append(.notify(.turnedAway(turnedAway)))
    turnedAway = [:]
    turnedAwayNoticeAt = now.advanced(by: turnedAwayPace.next(at: now))
  }

  /// Gives the floor to the ready peer that arrived first, when nobody has
  /// it, and the others their places.
  mutating func giveFloor(at now: Instant, _ actions: inout [Action]) {
    if !floorIsTaken, let next = sessions.firstIndex(where: \.wantsFloor),
      clearDesk(at: now, &actions)
    {
      sessions[next].hasAttached = hasTerminalToGive
      actions.append(.giveFloor(to: sessions[next].processID, draft: draft, memory: memory))
      sessions[next].givenDraft = draft
      draft = []
      sessions[next].enter(.hasFloor, at: now)
      note(.floor, of: sessions[next])
      // That it took it is the answer.
      sessions[next].watchdog.ask(at: now)
    }
    // Who comes next only waits for the desk to go, and has no place for that.
    if !floorIsTaken { return }
    var place = 0
    var keptPlaces = awaited.filter { !$0.hadFloor }.map(\.rank).sorted(by: >)
    for index in sessions.indices where sessions[index].state == .waiting {
      place += 1
      while let rank = keptPlaces.last, rank < sessions[index].rank {
        keptPlaces.removeLast()
        place += 1
      }
      noteQueued(index)
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
    let waiting = sessions.indices.filter { sessions[$0].state == .waiting }
      .prefix(ControlLimits.queueLength)
    var queue = Self.list(waiting.map { sessions[$0] })
    // Those of an order before, it has or will be naming.
    let known = Set(sessions[owner].unreadQueues.joined())
    for index in queue.indices where known.contains(queue[index].processID) {
      queue[index].wasShown = true
    }
    var shown = queue
    for index in shown.indices { shown[index].wasShown = true }
    let total = queueLength
    if sessions[owner].shownQueue == shown, sessions[owner].shownTotal == total { return }
    sessions[owner].shownQueue = shown
    sessions[owner].shownTotal = total
    sessions[owner].unreadQueues.append(queue.filter { !$0.wasShown }.map(\.processID))
    queueAgainAt = now.advanced(by: Self.noticeInterval)
    actions.append(.order(.queue(queue, total: total), to: sessions[owner].processID))
  }

  /// The operator has read of those who were new in the oldest `count` orders. What
  /// the one with the floor leaves unread, the next one is to name.
  mutating func queueWasRead(by index: Int, count: Int) {
    let read = sessions[index].unreadQueues.prefix(max(0, count))
    sessions[index].unreadQueues.removeFirst(read.count)
    let processes = Set(read.joined())
    for index in sessions.indices where processes.contains(sessions[index].processID) {
      sessions[index].wasShown = true
    }
  }

  /// The order that showed it the queue found no room: who is new is so in the next, and
  /// there is a next, also where nobody is left.
  mutating func queueWasRefused(by index: Int) {
    _ = sessions[index].unreadQueues.popLast()
    sessions[index].shownQueue = []
    sessions[index].shownTotal = nil
  }

  /// As many of them as one message holds.
  static func list(_ sessions: [Session]) -> [WaitingPeer] {
    sessions.prefix(ControlLimits.queueLength).map {
      WaitingPeer(
        processID: $0.processID, conversation: $0.conversation, openedAt: $0.openedAt,
        address: "\($0.address)", wasShown: $0.wasShown)
    }
  }
}
