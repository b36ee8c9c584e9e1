import ChatCore

/// What one database holds of a conversation beside its messages.
struct ConversationState {
  var id: Int64?
  var opened: Timestamp?
  var handle: (Handle, Dialect, Timestamp)?
  var floor: Timestamp?
  var acknowledged = 0
  /// The database it was written to; see ``TranscriptWriter/generation``.
  var generation = 0

  /// Whether it was written to a database that was left since.
  func isOf(earlierThan current: Int) -> Bool {
    id != nil && generation != current
  }
}
