import ChatCore

/// The conversation's own row.
extension ConversationWriter {
  /// What nobody changes in it: ``EventLinks/conversationColumns``.
  func row(opened: Timestamp) -> [SQLValue] {
    [
      .integer(run), .integer(opened.milliseconds), .text(peerAddress), .integer(Int64(peerPort)),
      .text(mode.rawValue),
      protection.map { .integer($0.isEncrypted ? 1 : 0) } ?? .null,
      protection?.key.map { .text($0) } ?? .null,
    ]
  }

  func insert(_ row: [SQLValue]) throws(TranscriptError) -> Int64 {
    let insert = try writer.connection.cached(
      """
      INSERT INTO conversation (\(EventLinks.conversationColumns.joined(separator: ", ")))
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      """)
    for (index, value) in row.enumerated() { insert.bind(value, at: index + 1) }
    try insert.run()
    return writer.connection.lastInsertedID
  }

  func setHandle(
    _ handle: Handle, _ dialect: Dialect, of id: Int64
  ) throws(TranscriptError) {
    let insert = try writer.connection.cached(
      "INSERT INTO handle (name) VALUES (?1) ON CONFLICT (name) DO NOTHING")
    insert.bind(handle.text, at: 1)
    try insert.run()
    let update = try writer.connection.cached(
      """
      UPDATE conversation
      SET handle_id = (SELECT h.id FROM handle AS h WHERE h.name = ?2), dialect = ?3
      WHERE id = ?1
      """)
    update.bind(id, at: 1)
    update.bind(handle.text, at: 2)
    update.bind(dialect.rawValue, at: 3)
    try update.run()
  }

  func update(_ sql: String, _ id: Int64, _ value: Int64) throws(TranscriptError) {
    let update = try writer.connection.cached(sql)
    update.bind(id, at: 1)
    update.bind(value, at: 2)
    try update.run()
  }
}
