extension Conversation {
  /// What the listener tells a server's conversation.
  mutating func handleListener(_ event: Event, _ now: Instant, _ actions: inout [Action]) {
    switch event {
    case .granted:
      guard case .waiting = phase, role == .server, !isGranted else { return }
      isGranted = true
      // Not one of the events, so nobody waits for it.
      actions.append(.record(.floor))
      takeFloor(now, &actions)
    case .placed(let place):
      guard self.place != place else { return }
      self.place = place
      if case .waiting = phase { actions.append(.send(.place(place))) }
    case .crowdedOut:
      close(Farewell(by: .server, reason: .full, goodbye: .full), now, &actions)
    case .stop(let what):
      stop(what, now, &actions)
    default:
      preconditionFailure("handleListener is called with the listener's events only")
    }
  }

  /// What a server tells its client.
  mutating func handleServerWord(_ event: Event, _ now: Instant, _ actions: inout [Action]) {
    guard role == .client else {
      fail(.malformed("a client spoke as if it were a server"), now, &actions)
      return
    }
    switch event {
    case .told(let mode):
      if case .waiting = phase { self.mode = mode }
    case .place(let place):
      if case .waiting = phase { self.place = place }
    case .floorGiven:
      if case .waiting = phase { takeFloor(now, &actions) }
    case .denied(let why):
      takeDenial(why, &actions)
    case .turnedAway(let why):
      guard case .introducing = phase else { return }
      close(Farewell(by: .server, reason: .full, detail: why), now, &actions)
    default:
      preconditionFailure("handleServerWord is called with a server's words only")
    }
  }

  /// The conversation begins: the client speaks first.
  mutating func takeFloor(_ now: Instant, _ actions: inout [Action]) {
    switch phase {
    case .naming, .waiting: break
    case .introducing, .talking, .lingering, .closing, .over: return
    }
    phase = .talking(turn: mode == .turns ? .client : nil)
    silentSince = now
    actions.append(.show(.opened))
    if role == .server {
      actions.append(.send(.mode(mode)))
      actions.append(.send(.floor))
    }
    releaseHeld(now, &actions)
  }

  private mutating func takeDenial(_ why: String, _ actions: inout [Action]) {
    switch phase {
    case .waiting where ownNumber == 0:
      phase = .naming
      actions.append(.askAgain(why))
    case .talking(let turn):
      actions.append(.tellDenied(why))
      // In turns one message at most is under way, so it is the one.
      if turn == role.other, unconfirmed.count == 1, let message = unconfirmed.popLast() {
        phase = .talking(turn: role)
        actions.append(.giveBack(message, .denied))
      }
    case .introducing, .naming, .waiting, .lingering, .closing, .over:
      actions.append(.tellDenied(why))
    }
  }
}
