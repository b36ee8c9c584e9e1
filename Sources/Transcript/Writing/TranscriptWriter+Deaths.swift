import ChatCore

/// The ends of conversations whose processes could not record them.
extension TranscriptWriter {
  /// Records how a conversation of another, dead process ended. Where it is not
  /// of that run, or has a close already, nothing is recorded.
  ///
  /// - Parameters:
  ///   - conversation: its id.
  ///   - run: the run that served it.
  ///   - time: when it was noticed.
  ///   - party: who ended it; `nil` when nobody meant to.
  ///   - reason: the cause.
  ///   - detail: the signal, the fault.
  /// - Returns: whether it was recorded.
  /// - Throws: what SQLite reports; nothing is recorded then.
  @discardableResult
  package func recordDeath(
    conversation: Int64, run: Int64, at time: Timestamp, by party: Party?, reason: CloseReason,
    detail: String? = nil
  ) throws(TranscriptError) -> Bool {
    try commit { () throws(TranscriptError) in
      guard try isUnclosed(conversation, run: run) else { return false }
      var insertion = EventInsertion(connection)
      insertion.add(
        Event(
          conversation: conversation, time: time,
          .close(Event.Close(by: party, reason, detail: detail))))
      try insertion.finish()
      return true
    }
  }

  private func isUnclosed(_ conversation: Int64, run: Int64) throws(TranscriptError) -> Bool {
    let select = try connection.cached(Self.unclosed + "AND c.id = ?2")
    select.bind(run, at: 1)
    select.bind(conversation, at: 2)
    defer { select.reset() }
    return try select.step()
  }

  private static let unclosed = """
    SELECT c.id FROM conversation AS c WHERE c.run_id = ?1 AND NOT EXISTS (
      SELECT 1 FROM event AS e WHERE e.conversation_id = c.id AND e.kind = 'close')

    """

  /// The conversation of a run that was opened at `openedAt` and has no close;
  /// `nil` when there is none. A run gives this time to no two conversations at
  /// once. Were there several for all that, it is the one with the id that its
  /// process has reported, or else the oldest.
  ///
  /// - Throws: what SQLite reports.
  package func unclosedConversation(
    _ reported: Int64?, openedAt: Timestamp, run: Int64
  ) throws(TranscriptError) -> Int64? {
    let select = try connection.cached(
      Self.unclosed + "AND c.opened_at = ?2 ORDER BY c.id = ?3 DESC, c.id LIMIT 1")
    select.bind(run, at: 1)
    select.bind(openedAt.milliseconds, at: 2)
    select.bind(reported, at: 3)
    defer { select.reset() }
    return try select.step() ? select.integer(at: 0) : nil
  }
}
