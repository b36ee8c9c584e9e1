import ChatCore

extension Conversation {
  /// How many own messages the peer is taking its time to confirm; `nil` when
  /// nothing is worth a word.
  public func slowlyConfirmed(at now: Instant) -> Int? {
    guard let since = unconfirmedSince,
      now.milliseconds(since: since) >= ConversationView.slowConfirmation
    else { return nil }
    return unconfirmedCount
  }

  /// When a message under way begins to be worth a word, if that is to come.
  public func slowConfirmation(after now: Instant) -> Instant? {
    guard
      let due = unconfirmedSince?.advanced(byMilliseconds: ConversationView.slowConfirmation),
      due > now
    else { return nil }
    return due
  }
}
