extension Conversation {
  mutating func handlePeer(_ event: Event, _ now: Instant, _ actions: inout [Action]) {
    switch event {
    case .heard:
      lastHeard = now
      pingedAt = nil
    case .introduced(let handle, let dialect):
      introduce(handle, dialect, now, &actions)
    case .misnamed(let error):
      guard case .introducing = phase, role == .server else { return }
      silentSince = now
      actions.append(.send(.refuseHandle(error)))
    case .said(let number, let message):
      hear(number, message, now, &actions)
    case .saidInvalid(let number, let error):
      guard takeNumber(number, now, &actions) != nil else { return }
      silentSince = now
      actions.append(.send(.deny(.invalid(error))))
    case .acknowledged(let number):
      confirm(number, now, &actions)
    case .ping:
      actions.append(.send(.pong))
    case .quit(let reason):
      leave(becauseOf: reason, now, &actions)
    case .ended:
      close(Farewell(by: role.other, reason: .eof), now, &actions)
    case .failed(let failure):
      fail(failure, now, &actions)
    default:
      preconditionFailure("handlePeer is called with the peer's events only")
    }
  }

  private mutating func introduce(
    _ handle: Handle, _ dialect: Dialect, _ now: Instant, _ actions: inout [Action]
  ) {
    if role == .client, peer != nil {
      // Who listens with nc is known by name from its first line on.
      peer = handle
      return
    }
    guard case .introducing = phase, peer == nil else { return }
    // Known from here on, so that a second introduction is not a second
    // person; it takes effect when it is recorded.
    peer = handle
    self.dialect = dialect
    silentSince = now
    request(.introduced(handle, dialect), at: now, &actions)
  }

  mutating func becomeIntroduced(
    _ handle: Handle, _ dialect: Dialect, _ now: Instant, _ actions: inout [Action]
  ) {
    guard case .introducing = phase else { return }
    guard role == .server else {
      phase = .naming
      return
    }
    phase = .waiting
    if let place { actions.append(.send(.place(place))) }
    actions.append(.announceReady)
  }

  /// The peer's next number, or `nil` when the message is a repetition or the
  /// count is broken, which ends the conversation.
  private mutating func takeNumber(
    _ number: Int?, _ now: Instant, _ actions: inout [Action]
  ) -> Int? {
    let expected = peerNumber + 1
    let number = number ?? expected
    if number < expected {
      // Sent again because a receipt was lost with an earlier connection or
      // an impatient peer: it is here already.
      if number <= peerAcknowledged { actions.append(.send(.acknowledge(number))) }
      return nil
    }
    if number > expected {
      fail(.malformed("message \(number) where \(expected) was due"), now, &actions)
      return nil
    }
    peerNumber = number
    return number
  }

  private mutating func hear(
    _ number: Int?, _ message: Message, _ now: Instant, _ actions: inout [Action]
  ) {
    if case .closing = phase { return }
    guard let number = takeNumber(number, now, &actions) else { return }
    silentSince = now
    if case .talking(let turn) = phase, turn == nil || (turn == role.other && !isHearing) {
      accept(number, message, now, &actions)
    } else if !held.append(HeldMessages.Item(number: number, message: message)) {
      actions.append(.send(.deny(.tooMuchHeld)))
    }
  }

  /// Whether a message of the peer's is accepted and not yet recorded: its
  /// turn is used up though it has not passed on.
  private var isHearing: Bool {
    recording.steps.contains { if case .peerMessage = $0 { true } else { false } }
  }

  private mutating func accept(
    _ number: Int, _ message: Message, _ now: Instant, _ actions: inout [Action]
  ) {
    peerAccepted += 1
    request(
      .peerMessage(number: peerAccepted, wire: number, message), at: now, &actions)
  }

  /// Shows a message that is recorded, acknowledges it, and passes the turn.
  mutating func deliver(
    _ wire: Int, _ message: Message, _ now: Instant, _ actions: inout [Action]
  ) {
    actions.append(.show(.message(from: role.other, message)))
    actions.append(.send(.acknowledge(wire)))
    peerAcknowledged = wire
    if case .talking(.some) = phase { phase = .talking(turn: role) }
  }

  /// Accepts what was held, as far as the turn allows.
  mutating func releaseHeld(_ now: Instant, _ actions: inout [Action]) {
    guard case .talking(let turn) = phase, !held.isEmpty else { return }
    if held.isFull {
      // It was not read meanwhile, so its silence is not its own.
      lastHeard = now
      pingedAt = nil
    }
    if turn == nil {
      for item in held.takeAll() { accept(item.number, item.message, now, &actions) }
    } else if turn == role.other, let item = held.takeFirst() {
      accept(item.number, item.message, now, &actions)
    }
  }

  private mutating func confirm(_ number: Int, _ now: Instant, _ actions: inout [Action]) {
    let oldest = ownNumber - unconfirmed.count + 1
    guard number >= oldest else { return }
    guard number <= ownNumber else {
      fail(.malformed("a receipt for message \(number), which was never sent"), now, &actions)
      return
    }
    unconfirmed.removeFirst(number - oldest + 1)
    underWaySince = now
    actions.append(.confirm(through: number))
    if case .lingering(let farewell, _) = phase, unconfirmed.isEmpty {
      close(farewell, now, &actions)
    }
  }

  private mutating func leave(
    becauseOf reason: QuitReason, _ now: Instant, _ actions: inout [Action]
  ) {
    let close: CloseReason =
      switch reason {
      case .user: .quit
      case .idle: .timeout
      case .stopped: .sigint
      case .full: .full
      case .error: .error
      }
    // The client is who timed out, whichever side says so.
    let by: Party = reason == .idle ? .client : role.other
    // How long it was silent is the client's own to tell: seconds.
    let silence = (now.milliseconds(since: silentSince) + 500) / 1000
    let detail = role == .client && reason == .idle ? "\(silence)" : nil
    self.close(Farewell(by: by, reason: close, detail: detail), now, &actions)
  }

  mutating func fail(_ failure: LinkFailure, _ now: Instant, _ actions: inout [Action]) {
    let farewell =
      switch failure {
      case .broken(let what): Farewell(by: nil, reason: .reset, detail: what)
      case .unresponsive: Farewell(by: role.other, reason: .unresponsive)
      case .malformed(let how):
        Farewell(by: role.other, reason: .error, detail: how, goodbye: .error)
      }
    close(farewell, now, &actions)
  }
}
