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
      WHERE c.id = ?1 AND c.opened_at = ?2 AND c.run_id = ?3
      """)
    select.bind(conversation, at: 1)
    select.bind(openedAt.milliseconds, at: 2)
    select.bind(run, at: 3)
    defer { select.reset() }
    return try select.step() ? select.text(at: 0) : nil
  }
}
