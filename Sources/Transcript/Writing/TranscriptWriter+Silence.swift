import ChatCore

extension TranscriptWriter {
  /// For how long nothing was said while the link was there: since the last message, or
  /// else since the conversation had the floor, without the times in which it was down.
  ///
  /// - Parameters:
  ///   - conversation: its id.
  ///   - time: now.
  /// - Returns: zero where there is no such conversation.
  /// - Throws: what SQLite reports.
  package func silence(
    in conversation: Int64, at time: Timestamp
  ) throws(TranscriptError) -> Duration {
    let select = try connection.cached(
      """
      WITH said (id, at) AS (
        SELECT e.id, e.at FROM event AS e
        WHERE e.conversation_id = ?1 AND e.kind = 'message' ORDER BY e.id DESC LIMIT 1)
      SELECT coalesce((SELECT s.at FROM said AS s), c.floor_at, c.opened_at),
        coalesce((SELECT sum(r.away) FROM event AS e JOIN resume AS r ON r.event_id = e.id
          WHERE e.conversation_id = ?1 AND e.kind IN ('drop', 'resume', 'mode')
            AND e.id > coalesce((SELECT s.id FROM said AS s), 0)), 0)
      FROM conversation AS c WHERE c.id = ?1
      """)
    select.bind(conversation, at: 1)
    defer { select.reset() }
    guard try select.step() else { return .zero }
    let (since, away) = (select.integer(at: 0), max(0, select.integer(at: 1)))
    let (passed, isTooMuch) = time.milliseconds.subtractingReportingOverflow(since)
    // Clocks are set, and a file may have anything.
    guard !isTooMuch, passed > away else { return .zero }
    return .milliseconds(passed - away)
  }
}
