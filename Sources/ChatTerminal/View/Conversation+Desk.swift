import ChatCore

/// What of a conversation concerns the person's desk.
extension Conversation {
  /// After this a message under way is worth a word: longer than any link that
  /// a person calls fast.
  private static let slowConfirmation = Duration.seconds(1)

  /// How many own messages the peer is taking its time to confirm; `nil` when
  /// nothing is worth a word.
  func slowlyConfirmed(at now: Instant) -> Int? {
    guard let since = unconfirmedSince, now.duration(since: since) >= Self.slowConfirmation
    else { return nil }
    return unconfirmedCount
  }

  /// When a message under way begins to be worth a word, if that is to come:
  /// the prompt is to be looked at again then.
  package func slowConfirmation(after now: Instant) -> Instant? {
    guard let due = unconfirmedSince?.advanced(by: Self.slowConfirmation), due > now
    else { return nil }
    return due
  }

  /// Whether a goodbye would be understood.
  var isIntroduced: Bool {
    switch state {
    case .introducing, .naming: false
    case .queued, .speaking, .listening, .over: true
    }
  }
}

extension Conversation.Obstacle {
  /// Whether the same message can be said later.
  var passes: Bool {
    switch self {
    case .outOfTurn, .noFloor, .notRecorded, .tooManyUnconfirmed, .over: true
    case .tooManyBytes, .denied: false
    }
  }
}
