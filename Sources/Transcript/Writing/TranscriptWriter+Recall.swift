import ChatCore

/// What a conversation under way asks of its own transcript.
extension TranscriptWriter {
  /// One message of an earlier or the present conversation.
  package struct RecalledMessage: Hashable, Sendable {
    package var time: Timestamp
    package var party: Party
    package var text: String

    package init(time: Timestamp, party: Party, text: String) {
      self.time = time
      self.party = party
      self.text = text
    }
  }

  /// The newest messages of all conversations with `handle`, oldest first.
  ///
  /// - Throws: ``TranscriptError``.
  package func lastMessages(
    with handle: Handle, limit: Int
  ) throws(TranscriptError) -> [RecalledMessage] {
    // The newest conversations first, so that no index over all messages is
    // walked for a handle that is seldom seen.
    let select = try connection.cached(
      """
      SELECT e.at, e.party, e.text
      FROM conversation AS c JOIN event AS e ON e.conversation_id = c.id
      WHERE c.handle_id = (SELECT h.id FROM handle AS h WHERE h.name = ?1) AND e.kind = 'message'
      ORDER BY c.id DESC, e.id DESC LIMIT ?2
      """)
    select.bind(handle.text, at: 1)
    select.bind(Int64(limit), at: 2)
    defer { select.reset() }
    var messages: [RecalledMessage] = []
    while try select.step() {
      messages.append(
        RecalledMessage(
          time: Timestamp(milliseconds: select.integer(at: 0)),
          party: Party(stored: select.integerOrNil(at: 1)) ?? .client, text: select.text(at: 2)))
    }
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
