import ChatCore

/// What a conversation under way asks of its own transcript.
extension TranscriptWriter {
  /// The newest messages of all conversations with `handle`, oldest first.
  ///
  /// - Throws: ``TranscriptError``.
  package func lastMessages(
    with handle: Handle, limit: Int
  ) throws(TranscriptError) -> [Event] {
    // The newest conversations first, so that no index over all messages is
    // walked for a handle that is seldom seen.
    let select = try connection.cached(
      Event.select + """
        JOIN conversation AS c ON c.id = e.conversation_id
        WHERE c.handle_id = (SELECT h.id FROM handle AS h WHERE h.name = ?1) AND e.kind = 'message'
        ORDER BY c.id DESC, e.id DESC LIMIT ?2
        """)
    select.bind(handle.text, at: 1)
    select.bind(Int64(limit), at: 2)
    defer { select.reset() }
    var messages: [Event] = []
    while try select.step() { messages.append(try Event(select, path: path)) }
    return messages.reversed()
  }

  /// When somebody of this name was here last and proved another key than `key`, where
  /// nobody of this name has ever proved `key`; `nil` when that is not so. Without a
  /// `key`: when somebody of this name last proved one.
  ///
  /// - Parameters:
  ///   - handle: the name.
  ///   - key: the fingerprint that the present one has proved.
  ///   - conversation: the present one, which is not looked at.
  /// - Returns: when the conversation with that one was opened.
  /// - Throws: ``TranscriptError``.
  package func otherKey(
    of handle: Handle, than key: String?, besides conversation: Int64
  ) throws(TranscriptError) -> Timestamp? {
    if let key {
      let same = try connection.cached(
        """
        SELECT 1 FROM conversation AS c
        WHERE c.handle_id = (SELECT h.id FROM handle AS h WHERE h.name = ?1)
          AND c.peer_key = ?3 AND c.id <> ?2
        LIMIT 1
        """)
      same.bind(handle.text, at: 1)
      same.bind(conversation, at: 2)
      same.bind(key, at: 3)
      defer { same.reset() }
      if try same.step() { return nil }
    }
    let select = try connection.cached(
      """
      SELECT c.opened_at FROM conversation AS c WHERE c.id = (
        SELECT max(o.id) FROM conversation AS o
        WHERE o.handle_id = (SELECT h.id FROM handle AS h WHERE h.name = ?1)
          AND o.peer_key IS NOT NULL AND o.id <> ?2)
      """)
    select.bind(handle.text, at: 1)
    select.bind(conversation, at: 2)
    defer { select.reset() }
    guard try select.step() else { return nil }
    return Timestamp(milliseconds: select.integer(at: 0))
  }

  /// The handle that the client of a conversation of this run has said; `nil`
  /// where it has not, or where there is no such conversation. `openedAt` is what
  /// the run knows of it, so that an id that was made up finds nothing.
  ///
  /// - Throws: ``TranscriptError``.
  package func handle(
    conversation: Int64, openedAt: Timestamp, run: Int64
  ) throws(TranscriptError) -> String? {
    let select = try connection.cached(
      """
      SELECT h.name FROM conversation AS c JOIN handle AS h ON h.id = c.handle_id
      LEFT JOIN resumption AS x ON x.conversation_id = c.id AND x.state <> 'elsewhere'
      WHERE c.id = ?1 AND c.opened_at = ?2 AND coalesce(x.run_id, c.run_id) = ?3
      """)
    select.bind(conversation, at: 1)
    select.bind(openedAt.milliseconds, at: 2)
    select.bind(run, at: 3)
    defer { select.reset() }
    return try select.step() ? select.text(at: 0) : nil
  }
}
