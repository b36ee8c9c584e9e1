/// What the peer does.
extension Conversation {
  mutating func introduce(
    _ handle: Handle, _ dialect: Dialect, _ now: Instant, _ actions: inout [Action]
  ) {
    if role == .client, peer != nil {
      // Who listens with nc is known by name from its first line on.
      peer = handle
      changeDialect(to: dialect, now, &actions)
      return
    }
    if role == .server, self.dialect == .native, dialect == .original {
      if case .closing = phase { return }
      // What came behind its handle is no program's of ours.
      self.dialect = dialect
      request(.note(.handle(handle, dialect)), at: now, &actions)
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

  /// The server turned out to be another than its first words, or its silence,
  /// said.
  private mutating func changeDialect(
    to dialect: Dialect, _ now: Instant, _ actions: inout [Action]
  ) {
    let former = self.dialect
    self.dialect = dialect
    guard former != dialect else { return }
    switch phase {
    case .waiting:
      // It knows no queue: who is read has the floor.
      takeFloor(now, &actions)
    case .talking where former == .line && ownNumber == 0:
      // The greeting, late: it waits for its answer.
      guard let knownHandle else { return }
      actions.append(.send(.handle(knownHandle)))
      if dialect == .native { phase = .waiting }
    case .talking where dialect == .native && ownNumber == 0:
      // Its answer to the handle, late.
      phase = .waiting
    case .introducing, .naming, .talking, .lingering, .closing, .over: break
    }
  }

  /// The client's handle was made for it.
  mutating func takeGivenName(_ name: String, _ actions: inout [Action]) {
    if case .talking = phase {
      actions.append(.reportMisnamed(gave: name))
    } else {
      givenName = name
    }
  }

  /// What the client gave for a handle is not one: it is asked again.
  mutating func rejectHandle(_ error: HandleError, _ now: Instant, _ actions: inout [Action]) {
    guard case .introducing = phase, role == .server else { return }
    // An empty row is nothing.
    if error != .empty { rejectedNames += 1 }
    if rejectedNames > ConversationSettings.rejectedNamesLimit {
      fail(.malformed("\(rejectedNames) names that are none"), now, &actions)
      return
    }
    actions.append(.send(.rejectHandle(error)))
  }

  mutating func becomeIntroduced(
    _ handle: Handle, _ dialect: Dialect, _ now: Instant, _ actions: inout [Action]
  ) {
    guard case .introducing = phase else { return }
    guard role == .server else {
      phase = .naming
      if let knownHandle {
        takeName(knownHandle, now, &actions)
      } else {
        actions.append(.askForHandle(again: nil))
      }
      return
    }
    phase = .waiting
    if let place {
      actions.append(.send(.place(place)))
      offerSession(&actions)
    }
    actions.append(.reportReady)
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
    // What is repeated on a new link begins anywhere: what was refused is not.
    // But nowhere from which there is no counting on.
    if number == .max || number > expected && !resuming.takesGap {
      fail(.malformed("message \(number) where \(expected) was due"), now, &actions)
      return nil
    }
    resuming.takesGap = false
    peerNumber = number
    return number
  }

  mutating func receive(
    _ number: Int?, _ message: Message, _ now: Instant, _ actions: inout [Action]
  ) {
    if case .closing = phase { return }
    guard let number = takeNumber(number, now, &actions) else { return }
    if case .talking(let turn) = phase, turn == nil || (turn == role.other && !isRecordingPeer) {
      accept(number, message, now, &actions)
      return
    }
    let isFirst = backlog.isEmpty
    if !backlog.append(Backlog.Item(number: number, message: message)) {
      actions.append(.send(.deny(.tooMuchHeld)))
    } else if isFirst, dialect == .line, case .talking = phase {
      actions.append(.send(.hold))
    }
  }

  /// Something that was to be a message and is not one.
  mutating func deny(
    _ number: Int?, _ error: MessageError, _ now: Instant, _ actions: inout [Action]
  ) {
    guard takeNumber(number, now, &actions) != nil else { return }
    actions.append(.send(.deny(.invalid(error))))
  }

  /// Whether a message of the peer's is accepted and not yet recorded: its
  /// turn is used up though it has not passed on.
  private var isRecordingPeer: Bool {
    recording.steps.contains { if case .peerMessage = $0 { true } else { false } }
  }

  private mutating func accept(
    _ number: Int, _ message: Message, _ now: Instant, _ actions: inout [Action]
  ) {
    peerAccepted = dialect == .native ? number : peerAccepted + 1
    // Nothing else that a peer sends is a sign of life: empty lines and what is no
    // message can be sent for ever.
    silentSince = now
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
  mutating func releaseBacklog(_ now: Instant, _ actions: inout [Action]) {
    // With the link down it was not acknowledged, and is said again to a successor.
    guard case .talking(let turn) = phase, !backlog.isEmpty, resuming.lostLink == nil else {
      return
    }
    if backlog.isFull {
      // It was not read meanwhile, so its silence is not its own.
      lastReceived = now
      pingedAt = nil
    }
    if turn == nil {
      for item in backlog.takeAll() { accept(item.number, item.message, now, &actions) }
    } else if turn == role.other, let item = backlog.takeFirst() {
      accept(item.number, item.message, now, &actions)
    }
  }

  mutating func confirm(_ number: Int, _ now: Instant, _ actions: inout [Action]) {
    let oldest = ownNumber - unconfirmed.count + 1
    guard number >= oldest else { return }
    guard number <= ownNumber - unsent else {
      fail(.malformed("a receipt for message \(number), which was never sent"), now, &actions)
      return
    }
    unconfirmed.removeFirst(number - oldest + 1)
    underWaySince = now
    actions.append(.confirm(through: number))
    if unsent > 0 { sendAgain(&actions) }
    if case .lingering(let farewell, _) = phase, unconfirmed.isEmpty {
      close(farewell, now, &actions)
    }
  }

  /// The server said a plain line and left: also after the client's name, where it does
  /// not know yet whom it greeted.
  mutating func takeRefusal(_ why: String, _ now: Instant, _ actions: inout [Action]) {
    switch phase {
    case .introducing, .naming, .waiting:
      close(Farewell(by: .server, reason: .full, detail: why), now, &actions)
    // Whoever gave the floor lets somebody in.
    case .talking, .lingering, .closing, .over:
      close(Farewell(by: .server, reason: .eof), now, &actions)
    }
  }

  mutating func leave(
    becauseOf reason: QuitReason, _ now: Instant, _ actions: inout [Action]
  ) {
    // A cause is what was seen: what a client says of its own leaving is that it
    // leaves.
    let reason = role == .server && reason != .error ? .user : reason
    let close: CloseReason =
      switch reason {
      case .user: .quit
      case .idle: .timeout
      case .stopped: .sigint
      case .full: .full
      case .error: .error
      case .blocked: .blocked
      case .lost, .moved, .expired, .othersWaited: .reset
      }
    // The client is who timed out, whichever side says so, but where nobody was there to
    // answer it.
    let by: Party = reason == .idle && !(role == .client && awaitsNobody) ? .client : role.other
    // How long it was silent is the client's own to say: in seconds. With a key just
    // pressed it counts as attentive for a while to come.
    let silence = max(.zero, now.duration(since: attentiveSince)) + .milliseconds(500)
    let detail =
      switch reason {
      case .idle where role == .client: "\(silence.components.seconds)"
      case .lost, .moved, .expired, .othersWaited: reason.rawValue
      default: String?.none
      }
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
    if case .malformed = failure {
      close(farewell, now, &actions)
    } else {
      loseLink(farewell, now, &actions)
    }
  }
}
