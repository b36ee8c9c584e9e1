import ChatCore

extension TranscriptWriter {
  /// What a client that did not come back has not confirmed of what the server said to it.
  package struct Unconfirmed: Hashable, Sendable {
    /// The client's.
    package var handle: Handle
    /// How many messages it is.
    package var count: Int
    /// What they say, the oldest first: as many of them as are read at a time.
    package var texts: [String]

    package init(handle: Handle, count: Int, texts: [String]) {
      (self.handle, self.count, self.texts) = (handle, count, texts)
    }
  }

  /// Messages whose texts are named: a screenful.
  package static let unconfirmedTexts = 12
  /// More than may be under way at a time (`ConversationSettings.unconfirmedLimit`).
  private static let mostUnconfirmed: Int64 = 2048

  /// The server's messages that are above the last one that the client is known to have
  /// confirmed: at most those of its last second may have been, and not be known.
  ///
  /// - Returns: `nil` where there is none, or nobody to name.
  /// - Throws: what SQLite reports.
  func unconfirmed(in conversation: Int64) throws(TranscriptError) -> Unconfirmed? {
    let select = try connection.cached(
      """
      SELECT h.name, c.acknowledged, e.number, e.text
      FROM event AS e CROSS JOIN conversation AS c ON c.id = e.conversation_id
      CROSS JOIN handle AS h ON h.id = c.handle_id
      WHERE e.conversation_id = ?1 AND e.kind = 'message' AND e.party = ?2
      ORDER BY e.id DESC LIMIT ?3
      """)
    select.bind(conversation, at: 1)
    select.bind(Party.server.stored, at: 2)
    select.bind(Self.mostUnconfirmed, at: 3)
    defer { select.reset() }
    var handle: Handle?
    var texts: [String] = []
    while try select.step(), select.integer(at: 2) > select.integer(at: 1) {
      handle = try? Handle(select.text(at: 0))
      texts.append(select.text(at: 3))
    }
    guard let handle else { return nil }
    return Unconfirmed(
      handle: handle, count: texts.count,
      texts: Array(texts.reversed().prefix(Self.unconfirmedTexts)))
  }
}
