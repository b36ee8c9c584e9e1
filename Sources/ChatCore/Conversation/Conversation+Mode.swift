/// From turns to `free`, in the middle of a conversation: a client asks, the
/// server's operator allows.
extension Conversation {
  /// What there is to report about who may speak when.
  public enum ModeNews: Hashable, Sendable {
    /// The client asks to speak at any time.
    case asked
    /// The server has been asked.
    case asking
    /// Both may speak at any time from now on.
    case freed
    /// They may already.
    case isFree
    /// The peer's program knows turns alone.
    case turnsOnly
  }

  /// The operator wants to speak at any time: a server's allows it to both, a
  /// client's asks for it.
  mutating func wantFree(_ now: Instant, _ actions: inout [Action]) {
    switch phase {
    case .waiting where role == .client, .talking: break
    case .introducing, .naming, .waiting, .lingering, .closing, .over: return
    }
    if mode == .free {
      actions.append(.reportMode(.isFree))
    } else if dialect == .original || role == .client && dialect != .native {
      actions.append(.reportMode(.turnsOnly))
    } else if role == .client {
      ask(&actions)
      actions.append(.reportMode(.asking))
    } else if !recording.steps.contains(where: { if case .freed = $0 { true } else { false } }) {
      request(.freed, at: now, &actions)
    }
  }

  /// Asks the server, once.
  private mutating func ask(_ actions: inout [Action]) {
    guard !hasAskedForFree else { return }
    hasAskedForFree = true
    actions.append(.send(.ask(.free)))
  }

  /// The conversation begins in the server's mode, which may not be what the
  /// client's operator wanted.
  mutating func askAtTheBeginning(_ actions: inout [Action]) {
    switch role {
    case .client where wantsFree && mode == .turns && dialect == .native:
      ask(&actions)
      actions.append(.reportMode(.asking))
    case .server where hasAskedForFree && mode == .turns: actions.append(.reportMode(.asked))
    case .client, .server: break
    }
  }

  /// The client asks. Reported once, however often it does.
  mutating func takeQuestion(_ wanted: Mode, _ actions: inout [Action]) {
    guard role == .server, wanted == .free, mode == .turns, !hasAskedForFree else { return }
    hasAskedForFree = true
    if case .talking = phase { actions.append(.reportMode(.asked)) }
  }

  /// The server says who may speak when: before the conversation, or to free
  /// one that goes on.
  mutating func takeMode(_ new: Mode, _ now: Instant, _ actions: inout [Action]) {
    switch phase {
    case .waiting: mode = new
    case .talking(.some) where new == .free: free(now, &actions)
    case .introducing, .naming, .talking, .lingering, .closing, .over: break
    }
  }

  mutating func free(_ now: Instant, _ actions: inout [Action]) {
    guard case .talking = phase else { return }
    mode = .free
    phase = .talking(turn: nil)
    silentSince = now
    if role == .server { actions.append(.send(.mode(.free))) }
    actions.append(.reportMode(.freed))
    releaseBacklog(now, &actions)
  }
}
