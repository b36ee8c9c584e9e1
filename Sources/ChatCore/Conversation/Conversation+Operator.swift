extension Conversation {
  /// The person at this side.
  mutating func handleOperator(_ event: Event, _ now: Instant, _ actions: inout [Action]) {
    switch event {
    case .operatorNamed(let handle):
      guard case .naming = phase else { return }
      actions.append(.send(.handle(handle)))
      if dialect == .native {
        phase = .waiting
      } else {
        // The other dialects know no line: who is heard has the floor.
        takeFloor(now, &actions)
      }
    case .operatorSaid(let message):
      speak(message, now, &actions)
    case .operatorQuit:
      quit(Farewell(by: role, reason: .quit, goodbye: .user), now, &actions)
    default:
      preconditionFailure("handleOperator is called with the operator's events only")
    }
  }

  private mutating func speak(_ message: Message, _ now: Instant, _ actions: inout [Action]) {
    switch phase {
    case .introducing, .naming, .waiting:
      actions.append(.giveBack(message, .noFloor))
    case .lingering, .closing, .over:
      actions.append(.giveBack(message, .over))
    case .talking(let turn):
      guard turn == nil || (turn == role && pendingOwn == 0) else {
        actions.append(.giveBack(message, .outOfTurn))
        return
      }
      guard unconfirmed.count + pendingOwn < ConversationSettings.unconfirmedLimit else {
        actions.append(.giveBack(message, .tooManyUnconfirmed))
        return
      }
      let wasStuck = recording.isStuck
      request(.ownMessage(number: ownNumber + pendingOwn + 1, message), at: now, &actions)
      // The operator asking is as good a moment as any to try the disk again.
      if wasStuck { retryRecording(&actions) }
    }
  }

  /// Sends an own message that is recorded, and passes the turn.
  mutating func say(
    _ number: Int, _ message: Message, _ now: Instant, _ actions: inout [Action]
  ) {
    ownNumber = number
    if unconfirmed.isEmpty { underWaySince = now }
    unconfirmed.append(message)
    actions.append(.accept(number: number, message))
    actions.append(.send(.say(number: number, message)))
    silentSince = now
    if case .talking(.some) = phase {
      phase = .talking(turn: role.other)
      releaseHeld(now, &actions)
    }
  }

  /// Ends it in good manners: what was said is confirmed first, for a while.
  private mutating func quit(
    _ farewell: Farewell, _ now: Instant, _ actions: inout [Action]
  ) {
    switch phase {
    case .lingering, .closing, .over: return
    case .introducing, .naming, .waiting, .talking: break
    }
    if unconfirmed.isEmpty && pendingOwn == 0 {
      close(farewell, now, &actions)
    } else {
      phase = .lingering(
        farewell, until: now.advanced(byMilliseconds: ConversationSettings.lingerFor))
    }
  }
}
