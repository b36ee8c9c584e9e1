import ChatCore

extension Archive {
  /// How a conversation without a close can go on.
  struct Resumption {
    /// The run that served it last.
    var run: Int64
    /// Until when its client may come back; `nil`: it cannot.
    var until: Timestamp?
    /// When that run is known to have been gone.
    var goneBefore: Timestamp?
  }

  /// - Returns: `nil` where it cannot.
  /// - Throws: what SQLite reports.
  func resumption(of conversation: Int64) throws(TranscriptError) -> Resumption? {
    let select = try connection.cached(
      """
      SELECT x.run_id,
        CASE WHEN \(ResumableConversation.isPossible) THEN \(ResumableConversation.until) END,
        coalesce(r.stopped_at, (
          SELECT n.started_at FROM server_run AS n
          WHERE n.id > r.id AND n.port = r.port ORDER BY n.id LIMIT 1))
      FROM resumption AS x JOIN server_run AS r ON r.id = x.run_id
      JOIN conversation AS c ON c.id = x.conversation_id
      WHERE x.conversation_id = ?1 AND x.state <> 'elsewhere'
      """)
    select.bind(conversation, at: 1)
    defer { select.reset() }
    guard try select.step() else { return nil }
    return Resumption(
      run: select.integer(at: 0),
      until: select.integerOrNil(at: 1).map(Timestamp.init(milliseconds:)),
      goneBefore: select.integerOrNil(at: 2).map(Timestamp.init(milliseconds:)))
  }
}
