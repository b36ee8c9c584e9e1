import ChatCore
import ChatPosix
import ChatSecure
import Transcript

/// Who goes on with a conversation: a claim is judged, the process before is out of the
/// way and reaped, and only then the next one begins.
extension ListenerMachine {
  /// Whether anybody who comes may own a conversation that is there already.
  var hasTalks: Bool { !awaited.isEmpty || sessions.contains { $0.talk != nil } }

  /// Judges what a newcomer wants to go on with.
  mutating func claim(
    _ token: ResumeToken, attempt: Int, _ protection: Protection, from index: Int,
    at now: Instant, _ actions: inout [Action]
  ) {
    guard !sessions[index].hasClaimed else { return condemn(index, .misplaced, &actions) }
    sessions[index].hasClaimed = true
    let hash = TokenHash(of: token)
    // Who has a token and comes another way than its owner learns no more than who guesses.
    guard let talk = talk(of: hash), protection == talk.protection else {
      admission.countWrongToken(sessions[index].source, at: now)
      return refuse(index, goesOn: false, &actions)
    }
    guard attempt > talk.attempt, isAllowed(sessions[index]) else {
      return refuse(index, goesOn: true, &actions)
    }
    note(attempt, of: hash)
    for other in claims where other.tokenHash == hash {
      // Its peer has given it up for this one.
      if let index = self.index(of: other.process) { orderHandOver(index, at: now, &actions) }
    }
    claims.removeAll { $0.tokenHash == hash }
    claims.append(Claim(process: sessions[index].processID, tokenHash: hash))
    sessions[index].enter(.claiming, at: now)
    // It waits for others, and is not asked meanwhile why it does not answer.
    if let before = holder(of: hash), sessions[before].state != .leaving {
      orderHandOver(before, at: now, &actions)
    }
  }

  private func refuse(_ index: Int, goesOn: Bool, _ actions: inout [Action]) {
    actions.append(.order(.claimRefused(goesOn: goesOn), to: sessions[index].processID))
  }

  /// The session that serves it.
  private func holder(of hash: TokenHash) -> Int? {
    sessions.firstIndex { $0.talk?.tokenHash == hash }
  }

  private func talk(of hash: TokenHash) -> Talk? {
    sessions.first { $0.talk?.tokenHash == hash }?.talk
      ?? awaited.first { $0.talk.tokenHash == hash }?.talk
  }

  private mutating func note(_ attempt: Int, of hash: TokenHash) {
    if let index = holder(of: hash) { sessions[index].talk?.attempt = attempt }
    if let index = awaited.firstIndex(where: { $0.talk.tokenHash == hash }) {
      awaited[index].talk.attempt = attempt
    }
  }

  /// Has one leave its conversation to whoever comes for it.
  mutating func orderHandOver(_ index: Int, at now: Instant, _ actions: inout [Action]) {
    guard sessions[index].handOver == nil, sessions[index].fault == nil else { return }
    sessions[index].handOver = HandOver(at: now)
    actions.append(.order(.handOver, to: sessions[index].processID))
  }

  /// Kills those that did not go in time: by the time that the listener itself ran.
  mutating func watchHandOvers(at now: Instant, _ actions: inout [Action]) {
    for index in sessions.indices where sessions[index].fault == nil {
      guard sessions[index].handOver?.watchdog.look(at: now) == true else { continue }
      let process = sessions[index].processID
      if sessions[index].handOver?.isKilled == false {
        sessions[index].handOver?.isKilled = true
        sessions[index].handOver?.watchdog.ask(at: now, patience: HandOver.within)
        actions.append(.kill(process))
      } else {
        // Killed, and not dead: it waits for a disk, and nobody goes on before.
        sessions[index].handOver?.watchdog.ask(at: now)
        actions.append(.inspect(process))
      }
    }
  }

  /// Gives conversations whose processes are gone to those who have claimed them, the
  /// terminal first.
  mutating func completeClaims(at now: Instant, _ actions: inout [Action]) {
    claims = claims.filter { state(of: $0.process) == .claiming }
    for claim in claims where holder(of: claim.tokenHash) == nil {
      guard let index = index(of: claim.process) else { continue }
      guard let place = awaited.firstIndex(where: { $0.talk.tokenHash == claim.tokenHash }) else {
        // It ended meanwhile.
        claims.removeAll { $0.process == claim.process }
        sessions[index].enter(.introducing, at: now)
        refuse(index, goesOn: false, &actions)
        continue
      }
      if awaited[place].hadFloor, owner != nil {
        // Two cannot have it, and who has come is not left without an answer.
        claims.removeAll { $0.process == claim.process }
        close(awaited.remove(at: place), at: now, &actions)
        sessions[index].enter(.introducing, at: now)
        refuse(index, goesOn: false, &actions)
        continue
      }
      if awaited[place].hadFloor, !clearDesk(at: now, &actions) { continue }
      claims.removeAll { $0.process == claim.process }
      takeOver(awaited.remove(at: place), index, at: now, &actions)
    }
  }

  private mutating func takeOver(
    _ talk: AwaitedTalk, _ index: Int, at now: Instant, _ actions: inout [Action]
  ) {
    let process = sessions[index].processID
    sessions[index].inherit(talk, at: now)
    if talk.hadFloor {
      sessions[index].hasAttached = hasTerminalToGive
      actions.append(.giveFloor(to: process, draft: draft, memory: memory))
      sessions[index].givenDraft = draft
      draft = []
    }
    sessions[index].enter(talk.hadFloor ? .hasFloor : .waiting, at: now)
    note(.back, of: sessions[index])
    sessions[index].watchdog.ask(at: now)
    sessions[index].place = nil
    actions.append(
      .order(
        .takeOver(
          Inheritance(
            conversation: talk.conversation, openedAt: talk.openedAt, hasFloor: talk.hadFloor,
            predecessorDied: talk.hasDied, lostAt: talk.lostAt,
            shown: talk.talk.shown)), to: process))
    if sessions[index].talk?.comeBack(at: now) == true {
      admission.refundStart(sessions[index].source, at: now)
    }
    sessions.sort { $0.rank < $1.rank }
  }

  private func state(of process: Int32) -> Session.State? {
    index(of: process).map { sessions[$0].state }
  }
}
