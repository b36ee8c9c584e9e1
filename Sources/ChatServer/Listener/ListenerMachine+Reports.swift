import ChatCore
import ChatPosix

/// What conversations report, and how they end.
extension ListenerMachine {
  /// Takes one message from a conversation's process.
  mutating func take(
    _ bytes: [UInt8], from index: Int, at now: Instant, _ actions: inout [Action]
  ) {
    guard sessions[index].fault == nil else { return }
    guard sessions[index].counter.admitsReport(at: now) else {
      condemn(index, .tooMany, &actions)
      return
    }
    guard let report = try? ConversationReport(bytes: bytes) else {
      condemn(index, .unreadable, &actions)
      return
    }
    // Who is forked later inherits what this process remembers.
    defer { if case .claim(let token, _, _) = report { RandomBytes.wipe(token.bytes) } }
    sessions[index].isStuck = false
    // To one that leaves, only its end is an answer.
    if sessions[index].state != .leaving, !sessions[index].isBlocked {
      sessions[index].watchdog.hear(at: now)
    }
    let rule = ReportRule.of(report.code)
    if rule.acts.contains(sessions[index].state) {
      guard !isOfTerminal(report) || hasTerminal(sessions[index]) else {
        return condemn(index, .misplaced, &actions)
      }
      act(upon: report, from: index, at: now, &actions)
    } else if !rule.late.contains(sessions[index].state) {
      condemn(index, .misplaced, &actions)
    }
  }

  private mutating func act(
    upon report: ConversationReport, from index: Int, at now: Instant, _ actions: inout [Action]
  ) {
    switch report {
    case .ready:
      sessions[index].enter(.waiting, at: now)
      if !isAllowed(sessions[index]) { return block(index, at: now, &actions) }
      // It was let in since it might have come back to a conversation.
      if floorIsTaken && queueLength > waitingLimit {
        if hasTalks { countTurnedAway(.queueIsFull, at: now) }
        dismiss(index, at: now, &actions)
      } else if hasTooMany(sessions[index].source) {
        countTurnedAway(.tooManyOfSource, at: now)
        dismiss(index, at: now, &actions)
      }
    case .unread:
      if !isAllowed(sessions[index]) { return block(index, at: now, &actions) }
      let others = sessions.count { $0.state == .unread }
      if others < Self.unreadLimit {
        sessions[index].enter(.unread, at: now)
      } else {
        dismiss(index, at: now, &actions)
      }
    case .named(let handle): sessions[index].handle = handle
    case .over(let party, let reason): sessions[index].end = (party, reason)
    case .tookFloor:
      sessions[index].givenDraft = []
    case .released:
      if sessions[index].state == .hasFloor {
        // One that took no terminal may have read a part of what it was given.
        let given = sessions[index].givenDraft
        draft = given.isEmpty ? sessions[index].draft : given
        if !sessions[index].memory.isEmpty { memory = sessions[index].memory }
      }
      sessions[index].givenDraft = []
      sessions[index].draft = []
      sessions[index].enter(.leaving, at: now)
    case .recorded(let conversation):
      // Who lies about it gains nothing, and takes nothing from whose it is: what is
      // recorded or looked up by it must have been opened at this session's time.
      sessions[index].conversation = conversation
    case .draft(let part):
      guard sessions[index].draft.count + part.count <= ControlLimits.draftLength else {
        condemn(index, .draftTooLong, &actions)
        return
      }
      sessions[index].draft += part
    case .unsaid(let isOnLine, let text):
      sessions[index].unsaid = Unsaid(isOnLine: isOnLine, text: text)
    case .memory(let part):
      guard sessions[index].memory.count + part.count <= ControlLimits.memoryLength else {
        condemn(index, .draftTooLong, &actions)
        return
      }
      sessions[index].memory += part
    case .interrupted: end(.interrupted, "SIGINT", at: now, &actions)
    case .outputGone: end(.lost, "output closed", at: now, &actions)
    case .gaveBack: sessions[index].hasAttached = false
    case .detachAsked(let suspends):
      detachTerminal(suspends ? .suspended : .asked, at: now, &actions)
    case .operatorAbsent: operatorIsAbsent = true
    case .recordingFailed(let trouble):
      guard let database, lastTrouble != report else { return }
      lastTrouble = report
      notify(.recordingFailed(trouble.error(at: database)), at: now, &actions)
    case .recordingWorks:
      guard let trouble = lastTrouble, trouble != report else { return }
      lastTrouble = report
      notify(.recordingWorks, at: now, &actions)
    case .wordsUnread(let count):
      notify(
        .unread(from: sessions[index].address, count: count, isKept: database != nil), at: now,
        &actions)
    case .unrecorded(let party, let reason, let detail):
      sessions[index].unrecorded = (party, reason, detail)
    case .alive: break
    case .proved(let key): prove(key, of: index, at: now, &actions)
    case .queueRead(let count): queueWasRead(by: index, count: count)
    case .lockedOut: askAll(besides: index, at: now, &actions)
    case .typed: sessions[index].typedAt = now
    case .badWords: sessions[index].saidBadWords = true
    case .resumable(let handle, let protection):
      guard sessions[index].talk == nil, let hash = sessions[index].tokenHash else { return }
      sessions[index].talk = Talk(tokenHash: hash, handle: handle, protection: protection)
    case .spoke: sessions[index].talk?.othersWaited = .zero
    case .shown(let number): sessions[index].talk?.shown = number
    case .detached: detach(index, at: now, &actions)
    case .claim(let token, let attempt, let protection):
      claim(token, attempt: attempt, protection, from: index, at: now, &actions)
    case .notTakenOver(let goesOn):
      guard sessions[index].inherited != nil else { return condemn(index, .misplaced, &actions) }
      sessions[index].failedClaim = goesOn ? .goesOn : .isOver
    // The desk's alone.
    case .who, .stopAsked, .suspended, .floorFreed: break
    }
  }

  /// Takes a dead conversation off the list and has recorded what it did not
  /// record itself. Where it did, the keeper finds its close and leaves it.
  mutating func bringToAnEnd(
    _ index: Int, _ status: ExitStatus, at time: Timestamp, _ now: Instant,
    _ actions: inout [Action]
  ) {
    let session = sessions.remove(at: index)
    defer { noteEnd(of: session, status) }
    claims.removeAll { $0.process == session.processID }
    let hadFloor = session.state == .hasFloor
    if hadFloor {
      if attachment == nil || session.hasAttached { actions.append(.restoreTerminal) }
      draft = session.givenDraft
      // One that was stopped, or killed by somebody else, is what it was.
      if session.fault?.isTakenOver != true {
        session.unsaid?.restore(draft: &draft, memory: &memory)
      }
    }
    if stopping == nil, let offence = Self.offence(of: session, status) {
      admission.punish(session.source, for: offence, at: now)
    }
    var death = ConversationDeath(
      conversation: session.conversation, peer: session.address.host, port: session.address.port,
      openedAt: session.openedAt, at: time, by: .server, reason: .crashed,
      detail: "no end recorded", epoch: session.talk == nil ? nil : session.epoch)
    if case .signaled(let signal, _) = status { death.detail = "signal \(signal)" }
    if keep(session, after: status, death, at: now, &actions) { return }
    if session.fault == nil, session.failedClaim != nil, let inherited = session.inherited {
      return closeUntaken(inherited, of: session, at: now, &actions)
    }
    switch (session.fault, status) {
    case (let fault?, _):
      death.detail = fault.detail
      notify(.misbehaved(session.address, fault, hadFloor: hadFloor), at: now, &actions)
    case (nil, .signaled) where stopping != nil:
      death.reason = stopping?.reason ?? death.reason
      death.detail = stopping?.cause
    case (nil, .signaled(let signal, _)):
      notify(
        .crashed(session.address, signal: signal, hadFloor: hadFloor), at: now, &actions)
    case (nil, .exited(SessionExit.ended.rawValue)): break
    // It had nothing of its own to record: it came for a conversation, and did not get it.
    case (nil, .exited(SessionExit.handedOver.rawValue)) where session.conversation == nil:
      return
    // It left it to another, and none is to come any more.
    case (nil, .exited(SessionExit.handedOver.rawValue)) where stopping != nil:
      death.reason = stopping?.reason ?? death.reason
      death.detail = stopping?.cause
    case (nil, .exited(SessionExit.closeUnrecorded.rawValue)):
      guard let close = session.unrecorded else { break }
      death.by = close.by
      death.reason = close.reason
      death.detail = close.detail.isEmpty ? nil : close.detail
    case (nil, .exited(let status)):
      death.detail = "exit status \(status)"
      notify(.died(session.address, status: status, hadFloor: hadFloor), at: now, &actions)
    }
    actions += [.ask(.recordDeath(death)), .ask(.index)]
  }

  /// What its source is punished for, at its end.
  private static func offence(
    of session: Session, _ status: ExitStatus
  ) -> SourceLimits.Offence? {
    switch session.fault {
    case nil: break
    // Whoever stopped it need not be its peer.
    case .silent, .overdue, .unreachable: return nil
    case .unreadable, .tooLong, .misplaced, .tooMany, .draftTooLong, .keptLock: return .crash
    }
    // SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS (signal(7)): what
    // a peer's bytes can have done. SIGKILL is another's doing.
    if case .signaled(let signal, _) = status, [4, 5, 6, 7, 8, 11, 31].contains(signal) {
      return .crash
    }
    if session.saidBadWords { return .badWords }
    if session.hasSpoken || session.conversation != nil { return nil }
    switch session.unrecorded?.reason {
    case .timeout, .full: return .silence
    case .eof: return .leftSilent
    // Cut, or not the peer's doing.
    default: return nil
    }
  }
}
