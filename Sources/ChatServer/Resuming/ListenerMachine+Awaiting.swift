import ChatCore
import ChatPosix
import ChatSecure
import Transcript

/// Conversations that nobody serves until their peers come back, and how long they are
/// waited for.
extension ListenerMachine {
  /// A place in the queue is kept so long for somebody whose link is down.
  static let placeIsKept = Duration.seconds(60)
  /// Of ``resumeWithin``, which those who wait for the floor give somebody who has it and
  /// is not there: one dead machine does not keep it from them.
  static let shareOfOthers = 5
  /// Conversations of an earlier run that are waited for: more than had the floor or were
  /// in its queue.
  static let awaitedLimit = 1_100

  /// Whether the floor is kept for somebody who is not there, or is on its way from one
  /// process of the same conversation to the next.
  var floorIsKept: Bool {
    awaited.contains(where: \.hadFloor)
      || sessions.contains(where: \.leavesFloor)
  }

  /// Whether somebody is there who would have the floor.
  var othersWait: Bool { sessions.contains(where: \.wantsFloor) }

  /// Whether somebody is about to go on at the terminal: no desk is put between.
  var terminalIsClaimed: Bool {
    claims.contains { claim in
      awaited.contains { $0.hadFloor && $0.talk.tokenHash == claim.tokenHash }
        || sessions.contains { $0.hasHadFloor && $0.talk?.tokenHash == claim.tokenHash }
    }
  }

  /// Keeps the conversation of a process that is gone for its peer, where that can come
  /// back.
  ///
  /// - Returns: whether it does.
  mutating func keep(
    _ session: Session, after status: ExitStatus, _ death: ConversationDeath, at now: Instant,
    _ actions: inout [Action]
  ) -> Bool {
    guard canGoOn(session, status), let talk = session.talk,
      let conversation = session.conversation
    else { return false }
    // Another server finds it in the transcript.
    if stopping != nil { return true }
    if session.failedClaim != nil, var inherited = session.inherited {
      // What another process could not go on with is still what it was.
      inherited.talk = talk
      inherited.waitedForSince = nil
      awaited.append(inherited)
      return true
    }
    let since = session.detachedAt ?? now
    let within = session.hasHadFloor ? resumeWithin : min(resumeWithin, Self.placeIsKept)
    var death = death
    if session.handOver != nil || session.detachedAt != nil {
      (death.by, death.reason, death.detail) = (nil, .reset, nil)
    }
    let hasDied = status != .exited(SessionExit.handedOver.rawValue)
    var awaited = AwaitedTalk(
      talk: talk, conversation: conversation, openedAt: session.openedAt,
      source: session.source, rank: session.rank, hadFloor: session.hasHadFloor,
      hasDied: hasDied, lostAt: death.at, epoch: session.epoch, until: since.advanced(by: within),
      death: death)
    awaited.waitedForSince = session.waitedForSince
    self.awaited.append(awaited)
    if session.handOver == nil && hasDied {
      notify(
        .brokeOff(session.address, status, session.fault, awaited: talk.handle), at: now, &actions)
    }
    return true
  }

  /// Whether the peer of a process that is gone can go on with another.
  private func canGoOn(_ session: Session, _ status: ExitStatus) -> Bool {
    guard session.talk != nil, session.conversation != nil, !session.isBlocked,
      stopping?.isRestart ?? true
    else { return false }
    if let failedClaim = session.failedClaim {
      return failedClaim == .goesOn && session.fault?.isTakenOver != true
    }
    // It was ending by itself.
    if session.state == .leaving && session.handOver == nil {
      return status == .exited(SessionExit.handedOver.rawValue)
    }
    switch status {
    case .exited(SessionExit.ended.rawValue), .exited(SessionExit.closeUnrecorded.rawValue):
      return false
    case .exited, .signaled: return session.fault?.isTakenOver != true
    }
  }

  /// Its link is down. Who only waits keeps the place and no process.
  mutating func detach(_ index: Int, at now: Instant, _ actions: inout [Action]) {
    guard sessions[index].talk != nil else { return condemn(index, .misplaced, &actions) }
    guard sessions[index].detachedAt == nil else { return }
    sessions[index].detachedAt = now
    note(.linkDown, of: sessions[index])
    if sessions[index].state == .waiting { orderHandOver(index, at: now, &actions) }
  }

  /// What an earlier server at this port left, whose peers may come to this one.
  mutating func take(
    _ talks: [AwaitedTalk], at now: Instant, _ actions: inout [Action]
  ) {
    var hasFloor = floorIsKept || owner != nil
    // The last one that had the floor has it; another can only have been about to end.
    for talk in talks.sorted(by: { $0.conversation > $1.conversation }) {
      guard resumeWithin > .zero, awaited.count < Self.awaitedLimit, !(talk.hadFloor && hasFloor)
      else {
        close(talk, at: now, &actions)
        continue
      }
      if talk.hadFloor {
        hasFloor = true
        notify(.keepsFloor(talk.talk.handle), at: now, &actions)
      }
      awaited.append(talk)
    }
  }

  /// Ends what was waited for long enough.
  mutating func watchGraces(at now: Instant, _ actions: inout [Action]) {
    let othersWait = othersWait
    for index in sessions.indices where Self.isWatched(sessions[index]) {
      sessions[index].waitedForSince = othersWait ? sessions[index].waitedForSince ?? now : nil
      if let end = end(for: sessions[index].waitedForSince, sessions[index].talk), now >= end {
        sessions[index].isGraceOver = true
        actions.append(.order(.graceIsOver, to: sessions[index].processID))
      }
    }
    for place in awaited.indices.reversed() {
      if awaited[place].hadFloor {
        awaited[place].waitedForSince = othersWait ? awaited[place].waitedForSince ?? now : nil
      }
      // Who has come for it waits for the terminal.
      let isClaimed = claims.contains { $0.tokenHash == awaited[place].talk.tokenHash }
      if !isClaimed, now >= end(of: awaited[place]) { giveUp(place, at: now, &actions) }
    }
  }

  /// Whether it has the floor and nobody is there.
  private static func isWatched(_ session: Session) -> Bool {
    session.state == .hasFloor && session.detachedAt != nil && session.handOver == nil
      && session.fault == nil && !session.isGraceOver
  }

  /// When ``watchGraces(at:_:)`` is wanted.
  var graceDeadline: Instant? {
    let living = sessions.compactMap { session in
      Self.isWatched(session) ? end(for: session.waitedForSince, session.talk) : nil
    }
    let claimed = Set(claims.map(\.tokenHash))
    let gone = awaited.compactMap { claimed.contains($0.talk.tokenHash) ? nil : end(of: $0) }
    let handedOver = sessions.compactMap {
      $0.fault == nil ? $0.handOver?.watchdog.deadline(after: Watchdog.quiet) : nil
    }
    return (living + gone + handedOver).min()
  }

  private func end(for waitedForSince: Instant?, _ talk: Talk?) -> Instant? {
    let share = resumeWithin / Self.shareOfOthers - (talk?.othersWaited ?? .zero)
    return waitedForSince?.advanced(by: max(.zero, share))
  }

  /// When it is waited for no longer.
  func end(of awaited: AwaitedTalk) -> Instant {
    min(awaited.until, end(for: awaited.waitedForSince, awaited.talk) ?? awaited.until)
  }

  private mutating func giveUp(_ place: Int, at now: Instant, _ actions: inout [Action]) {
    var talk = awaited.remove(at: place)
    if now < talk.until {
      (talk.death.by, talk.death.reason, talk.death.detail) = (nil, .othersWaited, nil)
    }
    close(talk, at: now, &actions)
    if talk.hadFloor {
      notify(.stayedAway(talk.talk.handle, othersWait: othersWait), at: now, &actions)
    }
  }

  /// Who is not allowed any more is not waited for.
  mutating func giveUpBlocked(at now: Instant, _ actions: inout [Action]) {
    guard let allowList else { return }
    for place in awaited.indices.reversed() {
      let key = awaited[place].talk.protection.key.flatMap { Fingerprint($0) }
      guard allowList.name(of: key) == nil else { continue }
      notify(.blocked(awaited[place].talk.handle), at: now, &actions)
      (awaited[place].death.by, awaited[place].death.reason) = (.server, .blocked)
      awaited[place].death.detail = nil
      close(awaited.remove(at: place), at: now, &actions)
    }
  }

  /// The operator waits no longer.
  mutating func freeFloor(at now: Instant, _ actions: inout [Action]) {
    for place in awaited.indices.reversed() where awaited[place].hadFloor {
      // Who is just coming has it.
      guard !claims.contains(where: { $0.tokenHash == awaited[place].talk.tokenHash }) else {
        continue
      }
      (awaited[place].death.by, awaited[place].death.reason) = (.server, .quit)
      awaited[place].death.detail = nil
      let talk = awaited.remove(at: place)
      close(talk, at: now, &actions)
      notify(.waitsNoLonger(talk.talk.handle, othersWait: othersWait), at: now, &actions)
    }
  }

  /// The server ends, and nobody goes on.
  mutating func closeAll(because cause: String, at now: Instant, _ actions: inout [Action]) {
    for index in awaited.indices {
      (awaited[index].death.by, awaited[index].death.reason) = (.server, .sigint)
      awaited[index].death.detail = cause
      close(awaited[index], at: now, &actions)
    }
    awaited = []
  }

  /// Records the end of what a process could not go on with, and nobody will.
  func closeUntaken(
    _ talk: AwaitedTalk, of session: Session, at now: Instant, _ actions: inout [Action]
  ) {
    var talk = talk
    if session.isBlocked {
      (talk.death.by, talk.death.reason, talk.death.detail) = (.server, .blocked, nil)
    } else if session.failedClaim == .goesOn, let stopping {
      (talk.death.by, talk.death.reason) = (.server, stopping.reason)
      talk.death.detail = stopping.cause
    }
    // Its process's end is noted.
    record(talk.death, &actions)
  }

  mutating func close(_ talk: AwaitedTalk, at now: Instant, _ actions: inout [Action]) {
    noteEnd(of: talk)
    record(talk.death, &actions)
  }

  private func record(_ death: ConversationDeath, _ actions: inout [Action]) {
    actions += [.ask(.closeResumable(death)), .ask(.index)]
  }

  /// Lets the desk know what `\quit` means.
  mutating func showAwaited(_ actions: inout [Action]) {
    let isKept = floorIsKept
    guard let desk, desk.state == .holding, desk.knowsOfAwaited != isKept else { return }
    self.desk?.knowsOfAwaited = isKept
    actions.append(.order(.awaited(isKept), to: desk.processID))
  }
}
