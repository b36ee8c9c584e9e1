import ChatCore

extension TranscriptWriter {
  /// Records how a conversation of another, dead process ended. A close that
  /// is already there stands: recording it twice does nothing.
  ///
  /// - Parameters:
  ///   - conversation: its id.
  ///   - time: when it was noticed.
  ///   - party: who ended it; `nil` when nobody meant to.
  ///   - reason: the cause.
  ///   - detail: the signal, the fault.
  ///   - undelivered: the server's messages that the peer never confirmed;
  ///     `nil` when nobody can tell.
  /// - Returns: whether this is the close that stands.
  /// - Throws: `constraint` when there is no such conversation, and what
  ///   SQLite reports; nothing is recorded then.
  @discardableResult
  public func recordClose(
    conversation: Int64, at time: Timestamp, by party: Party?, reason: CloseReason,
    detail: String? = nil, undelivered: Int? = nil
  ) throws(TranscriptError) -> Bool {
    try commit { () throws(TranscriptError) in
      var values = EventValues(conversation, at: time, .close)
      values.party = party
      values.reason = reason
      values.detail = detail
      values.undelivered = undelivered
      let insert = try connection.cached(
        EventInsertion.insertOne
          + " ON CONFLICT (conversation_id) WHERE kind = 4 DO NOTHING")
      insert.clear()
      values.bind(to: insert, row: 0)
      try insert.run()
      return connection.changes > 0
    }
  }

  /// The conversation with a peer that has no close yet, for whoever buries
  /// its process: the newest of this run with this address and port.
  ///
  /// - Parameters:
  ///   - run: the run's id.
  ///   - peerAddress: numeric, as it was recorded.
  ///   - peerPort: as it was recorded.
  /// - Returns: its id; `nil` when it recorded nothing or has a close.
  /// - Throws: what SQLite reports.
  public func unclosedConversation(
    run: Int64, peerAddress: String, peerPort: Int
  ) throws(TranscriptError) -> Int64? {
    let select = try connection.cached(
      """
      SELECT c.id FROM conversation AS c
      WHERE c.run_id = ?1 AND c.peer_address = ?2 AND c.peer_port = ?3
        AND NOT EXISTS (SELECT 1 FROM event AS e WHERE e.conversation_id = c.id AND e.kind = 4)
      ORDER BY c.id DESC LIMIT 1
      """)
    select.bind(run, at: 1)
    select.bind(peerAddress, at: 2)
    select.bind(Int64(peerPort), at: 3)
    defer { select.reset() }
    return try select.step() ? select.integer(at: 0) : nil
  }
}
