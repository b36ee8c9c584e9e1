extension Conversation {
  /// When ``Event/tick`` is wanted next; `nil` when nothing waits for time.
  public var deadline: Instant? {
    var next: Instant?
    func consider(_ instant: Instant?) {
      guard let instant else { return }
      next = next.map { min($0, instant) } ?? instant
    }
    consider(recording.retryAt)
    switch phase {
    case .lingering(_, let until), .closing(_, let until): consider(until)
    case .over: return nil
    case .introducing, .naming, .waiting, .talking: break
    }
    consider(idleDeadline)
    consider(warningDeadline)
    consider(pingDeadline)
    consider(graceDeadline)
    return next
  }

  mutating func handleTick(_ now: Instant, _ actions: inout [Action]) {
    switch phase {
    case .lingering(let farewell, let until):
      if now >= until { close(farewell, now, &actions) }
    case .closing(let farewell, let until):
      if now >= until {
        end(farewell, recorded: false, &actions)
        return
      }
    case .introducing, .naming, .waiting, .talking, .over:
      break
    }
    endGrace(now, &actions)
    if let retryAt = recording.retryAt, now >= retryAt {
      // The peer was not read meanwhile, so its silence is not its own.
      silentSince = now
      lastReceived = now
      pingedAt = nil
      retryRecording(&actions)
    }
    if let deadline = idleDeadline, now >= deadline {
      close(
        Farewell(by: isOwnSilence ? role : .client, reason: .timeout, goodbye: .idle), now,
        &actions)
      return
    }
    if let deadline = warningDeadline, now >= deadline { warn(now, &actions) }
    if let deadline = pingDeadline, now >= deadline {
      if pingedAt == nil {
        pingedAt = now
        actions.append(.send(.ping))
      } else if mayTryBeside {
        resuming.isSuspicious = true
        actions.append(.dialBeside)
      } else {
        let silence = ConversationSettings.pingAfter + ConversationSettings.pongWithin
        fail(.broken("no answer for \(silence.components.seconds) s"), now, &actions)
      }
    }
  }

  /// Whether a new link could be tried, and is not yet.
  private var mayTryBeside: Bool {
    role == .client && canOutlastLink && !resuming.isSuspicious
  }

  /// When a silent native peer is to be pinged, or given up.
  private var pingDeadline: Instant? {
    guard dialect == .native, wantsPeerInput, resuming.lostLink == nil else { return nil }
    switch phase {
    // A peer's first record is its handle, so nothing may come before it.
    case .introducing, .naming, .closing, .over: return nil
    case .waiting, .talking, .lingering: break
    }
    if let pingedAt {
      let patience =
        mayTryBeside ? ConversationSettings.suspectAfter : ConversationSettings.pongWithin
      return pingedAt.advanced(by: patience)
    }
    let usual = lastReceived.advanced(by: ConversationSettings.pingAfter)
    guard role == .client, canOutlastLink, let since = unconfirmedSince else { return usual }
    return min(
      usual, max(lastReceived, since).advanced(by: ConversationSettings.pingSoonAfter))
  }
}
