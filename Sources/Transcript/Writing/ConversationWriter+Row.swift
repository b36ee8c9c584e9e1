import ChatCore

/// What happens to the conversation's own row.
extension ConversationWriter {
  func insertConversation(opened: Timestamp) throws(TranscriptError) -> Int64 {
    let insert = try writer.connection.cached(
      """
      INSERT INTO conversation (run_id, opened_at, peer_address, peer_port, mode)
      VALUES (?1, ?2, ?3, ?4, ?5)
      """)
    insert.bind(run, at: 1)
    insert.bind(opened.milliseconds, at: 2)
    insert.bind(peerAddress, at: 3)
    insert.bind(Int64(peerPort), at: 4)
    insert.bind(mode.rawValue, at: 5)
    try insert.run()
    return writer.connection.lastInsertedID
  }

  /// Of what ``insertConversation(opened:)`` writes and nobody changes, for the
  /// checksum of the open.
  func checksum(opened: Timestamp) -> RowChecksum {
    var checksum = RowChecksum()
    checksum.add(run)
    checksum.add(opened.milliseconds)
    checksum.add(peerAddress)
    checksum.add(Int64(peerPort))
    checksum.add(mode.rawValue)
    return checksum
  }

  func setHandle(_ handle: Handle, _ dialect: Dialect, of id: Int64) throws(TranscriptError) {
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

  func setFloor(_ time: Timestamp, of id: Int64) throws(TranscriptError) {
    try update("UPDATE conversation SET floor_at = ?2 WHERE id = ?1", id, time.milliseconds)
  }

  func setAcknowledged(_ number: Int, of id: Int64) throws(TranscriptError) {
    try update("UPDATE conversation SET acknowledged = ?2 WHERE id = ?1", id, Int64(number))
  }

  private func update(_ sql: String, _ id: Int64, _ value: Int64) throws(TranscriptError) {
    let update = try writer.connection.cached(sql)
    update.bind(id, at: 1)
    update.bind(value, at: 2)
    try update.run()
  }
}
