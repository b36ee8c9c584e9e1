/// How long the peer whose turn it is may be silent. Keys that are pressed are
/// no silence, and before the end there is a warning.
extension Conversation {
  /// When the peer was last seen to be there: it said something, or typed.
  var attentiveSince: Instant {
    // A key may come in the millisecond in which the silence begins.
    guard let typedAt, typedAt >= silentSince else { return silentSince }
    // Reports are this far apart, and more keys may have followed.
    let latest = typedAt.advanced(by: ConversationSettings.typingInterval)
    guard let idleLimit else { return latest }
    // Keys alone do not keep the others in the queue waiting for ever.
    let bound = silentSince.advanced(by: idleLimit * ConversationSettings.typingStretch)
    return min(latest, bound)
  }

  /// Whether silence is counted now, and against the limit.
  private var isCountingSilence: Bool {
    guard idleLimit != nil, !recording.isStuck, resuming.lostLink == nil else { return false }
    return switch phase {
    case .introducing: true
    // Nobody answers where nobody is there, and others may wait for the floor.
    case .talking(let turn): turn != role || isUnattended
    case .naming, .waiting, .lingering, .closing, .over: false
    }
  }

  /// When the silence of the peer whose turn it is will have been too long.
  var idleDeadline: Instant? {
    guard let idleLimit, isCountingSilence else { return nil }
    return attentiveSince.advanced(by: idleLimit)
  }

  /// When a warning of that is due. There is none where the limit is as short as
  /// the warning: it was reported at the beginning.
  var warningDeadline: Instant? {
    guard let idleLimit, idleLimit > ConversationSettings.warnBefore, isCountingSilence,
      case .talking(let turn) = phase, turn != role, warnedFor != attentiveSince
    else { return nil }
    return attentiveSince.advanced(by: idleLimit - ConversationSettings.warnBefore)
  }

  /// Says that time is short, on both sides.
  mutating func warn(_ now: Instant, _ actions: inout [Action]) {
    guard let idleLimit, let deadline = idleDeadline else { return }
    warnedFor = attentiveSince
    let left = deadline.duration(since: now)
    actions.append(.warnOfSilence(limit: idleLimit, left: left))
    actions.append(.send(.warnOfSilence(limit: idleLimit, left: left)))
  }

  /// A limit that leaves no time for a warning is reported at the beginning.
  mutating func reportShortLimit(_ actions: inout [Action]) {
    guard role == .server, let idleLimit, idleLimit <= ConversationSettings.warnBefore else {
      return
    }
    actions.append(.send(.warnOfSilence(limit: idleLimit, left: idleLimit)))
  }

  /// The peer pressed keys.
  mutating func takeTyping(_ now: Instant) {
    guard role == .server, case .talking(let turn) = phase, turn != role else { return }
    typedAt = now
  }

  /// The operator pressed keys: what a server that counts silence should know.
  mutating func takeOperatorTyping(_ now: Instant, _ actions: inout [Action]) {
    guard case .talking(let turn) = phase else { return }
    if role == .server {
      // In `free` the silence is both sides'.
      if turn == nil { typedAt = now }
      return
    }
    guard dialect == .native, turn == nil || turn == role else { return }
    if let typedAt, now.duration(since: typedAt) < ConversationSettings.typingInterval { return }
    typedAt = now
    actions.append(.send(.typing))
  }
}

extension ConversationSettings {
  /// Between two reports of keys: few enough to cost nothing, and no clock of
  /// anybody's typing.
  static let typingInterval = Duration.seconds(10)
  /// How many times the limit keys without a message may take.
  static let typingStretch = 10
  /// From the warning to the end.
  static let warnBefore = Duration.seconds(60)
}
