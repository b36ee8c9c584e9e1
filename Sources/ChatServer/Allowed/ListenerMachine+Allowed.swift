import ChatCore
import ChatSecure

/// Who is let in, where there is an allow-list. A conversation judges its peer's key by
/// the list that it was forked with; here it is judged by the present one, by the key
/// that the conversation reports. One that was taken over can report another: it lets
/// in the peer that it talks with anyway, and nobody else.
extension ListenerMachine {
  /// Keys that the operator reads of one by one: who shows more of them than this is
  /// no person whom one might let in.
  static let strangerLimit = 64

  func isAllowed(_ session: Session) -> Bool {
    allowList.map { $0.name(of: session.key) != nil } ?? true
  }

  /// Takes the key that a conversation's peer has proved: once, for as long as it lives.
  mutating func prove(
    _ key: Fingerprint, of index: Int, at now: Instant, _ actions: inout [Action]
  ) {
    guard sessions[index].key == nil else { return condemn(index, .misplaced, &actions) }
    sessions[index].key = key
    sessions[index].name = allowList?.name(of: key)
    if isAllowed(sessions[index]) { return }
    if strangers.count < Self.strangerLimit, strangers.insert(key).inserted {
      notify(.stranger(sessions[index].address, key), at: now, &actions)
    } else {
      // However often it comes.
      countTurnedAway(.notAllowed, at: now)
    }
    block(index, at: now, &actions)
  }

  mutating func take(_ list: AllowList, at now: Instant, _ actions: inout [Action]) {
    allowList = list
    strangers = strangers.filter { list.name(of: $0) == nil }
    if !list.damaged.isEmpty { notify(.damagedLines(list.damaged), at: now, &actions) }
    for index in sessions.indices {
      guard sessions[index].key != nil, !isAllowed(sessions[index]),
        sessions[index].state != .leaving, !sessions[index].isBlocked
      else { continue }
      if let name = sessions[index].name { notify(.blocked(name), at: now, &actions) }
      block(index, at: now, &actions)
    }
    giveUpBlocked(at: now, &actions)
  }

  /// Orders one to go. Who has the terminal gives it back first.
  mutating func block(_ index: Int, at now: Instant, _ actions: inout [Action]) {
    guard sessions[index].state != .leaving, !sessions[index].isBlocked else { return }
    sessions[index].isBlocked = true
    actions.append(.order(.blocked, to: sessions[index].processID))
    if sessions[index].state == .hasFloor {
      // Its end, or the terminal, is the answer.
      sessions[index].watchdog.ask(at: now, patience: sessions[index].patience)
    } else {
      sessions[index].enter(.leaving, at: now)
    }
  }
}
