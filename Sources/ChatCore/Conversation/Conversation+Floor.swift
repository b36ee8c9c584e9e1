/// Who may speak: the floor, the turns, and what the operator says in them.
extension Conversation {
  /// The listener gives a server's conversation the floor.
  mutating func takeGrantedFloor(_ now: Instant, _ actions: inout [Action]) {
    guard case .waiting = phase, role == .server, !hasFloor else { return }
    hasFloor = true
    // Not one of the events, so nobody waits for it.
    actions.append(.record(.floor))
    takeFloor(now, &actions)
  }

  /// The listener says at which place of the queue this conversation is.
  mutating func takePlace(_ place: Int, _ actions: inout [Action]) {
    guard self.place != place else { return }
    self.place = place
    guard case .waiting = phase else { return }
    actions.append(.send(.place(place)))
    offerSession(&actions)
  }

  /// The client's operator has this handle.
  mutating func takeName(_ handle: Handle, _ now: Instant, _ actions: inout [Action]) {
    guard case .naming = phase else { return }
    knownHandle = handle
    actions.append(.send(.handle(handle)))
    if dialect == .native {
      phase = .waiting
    } else {
      // The other dialects know no queue: who is read has the floor.
      takeFloor(now, &actions)
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
    if let givenName { actions.append(.reportMisnamed(gave: givenName)) }
    givenName = nil
    if role == .server {
      actions.append(.send(.mode(mode)))
      actions.append(.send(.floor))
      if isUnattended { actions.append(.send(.attended(false))) }
      offerSession(&actions)
    }
    askAtTheBeginning(&actions)
    reportShortLimit(&actions)
    releaseBacklog(now, &actions)
  }

  /// The server would not take what was sent last.
  mutating func takeDenial(_ why: String, _ actions: inout [Action]) {
    switch phase {
    case .waiting where ownNumber == 0:
      phase = .naming
      actions.append(.askForHandle(again: why))
    case .talking(let turn):
      actions.append(.reportDenied(why))
      // In turns one message at most is under way, so it is the one.
      if turn == role.other, unconfirmed.count == 1, let message = unconfirmed.popLast() {
        phase = .talking(turn: role)
        actions.append(.reject(message, .denied))
      }
    case .introducing, .naming, .waiting, .lingering, .closing, .over:
      actions.append(.reportDenied(why))
    }
  }

  /// The operator says something.
  mutating func speak(_ message: Message, _ now: Instant, _ actions: inout [Action]) {
    switch phase {
    case .introducing, .naming, .waiting:
      actions.append(.reject(message, .noFloor))
    case .lingering, .closing, .over:
      actions.append(.reject(message, .over))
    case .talking(let turn):
      guard turn == nil || (turn == role && pendingOwn == 0) else {
        actions.append(.reject(message, .outOfTurn))
        return
      }
      guard fits(message) else {
        actions.append(.reject(message, .tooManyBytes))
        return
      }
      guard unconfirmed.count + pendingOwn < ConversationSettings.unconfirmedLimit else {
        actions.append(.reject(message, .tooManyUnconfirmed))
        return
      }
      let wasStuck = recording.isStuck
      request(.ownMessage(number: ownNumber + pendingOwn + 1, message), at: now, &actions)
      // The operator asking is as good a moment as any to try the disk again.
      if wasStuck { retryRecording(&actions) }
    }
  }

  /// Whether the peer reads `message` as one: the originals read so many bytes
  /// at once, and a silent server may be one.
  private func fits(_ message: Message) -> Bool {
    let size = message.originalText.utf8.count
    switch dialect {
    case .original: return size <= Message.maximumOriginalByteCount
    case .line where role == .client && peerNumber == 0:
      // Each of its rows has `name> ` or blanks before it, and an end.
      let prefix = (knownHandle?.text.utf8.count ?? 0) + 3
      let rows = message.text.utf8.count { $0 == 0x0a } + 1
      return size + rows * prefix <= Message.maximumOriginalByteCount
    case .line, .native, nil: return true
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
    // In order, behind what is said again on a new link.
    if unsent > 0 || resuming.lostLink != nil || resuming.awaitsPast {
      unsent += 1
    } else {
      actions.append(.send(.say(number: number, message)))
    }
    silentSince = now
    if case .talking(.some) = phase {
      phase = .talking(turn: role.other)
      releaseBacklog(now, &actions)
    }
  }
}
