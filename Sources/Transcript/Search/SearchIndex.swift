/// The full-text index over messages. It is never on the message path: it
/// catches up after a conversation closes and before a search.
package enum SearchIndex {
  /// Every message up to this event number is in the index.
  ///
  /// - Parameter connection: to the transcript.
  /// - Returns: the number; 0 when nothing is indexed.
  /// - Throws: what SQLite reports.
  package static func watermark(_ connection: Connection) throws(TranscriptError) -> Int64 {
    try connection.integer("SELECT indexed_through FROM message_fts_state WHERE id = 1") ?? 0
  }

  /// Whether there are messages that the index does not hold yet.
  ///
  /// - Parameter connection: to the transcript.
  /// - Returns: whether ``catchUp(_:limit:)`` has something to do.
  /// - Throws: what SQLite reports.
  package static func isBehind(_ connection: Connection) throws(TranscriptError) -> Bool {
    try connection.integer(
      """
      SELECT 1 FROM event
      WHERE id > (SELECT indexed_through FROM message_fts_state WHERE id = 1)
        AND kind = 'message' LIMIT 1
      """) != nil
  }

  /// Indexes the next messages, in one transaction of its own.
  ///
  /// - Parameters:
  ///   - connection: that may write.
  ///   - limit: how many at most. 1000 keep other writers waiting for 20 to
  ///     80 ms, even in a large index.
  /// - Returns: how many were indexed; 0 when it is up to date.
  /// - Throws: what SQLite reports; the index is then as it was.
  package static func catchUp(
    _ connection: Connection, limit: Int = 1000
  ) throws(TranscriptError) -> Int {
    guard try isBehind(connection) else { return 0 }
    return try connection.write { () throws(TranscriptError) in
      let watermark = try watermark(connection)
      let select = try connection.cached(
        "SELECT id, text FROM event WHERE id > ?1 AND kind = 'message' ORDER BY id LIMIT ?2")
      select.bind(watermark, at: 1)
      select.bind(Int64(limit), at: 2)
      defer { select.reset() }
      let insert = try connection.cached("INSERT INTO message_fts (rowid, body) VALUES (?1, ?2)")
      var last = watermark
      var count = 0
      while try select.step() {
        last = select.integer(at: 0)
        insert.bind(last, at: 1)
        insert.bind(SearchText.indexed(select.text(at: 1)), at: 2)
        try insert.run()
        count += 1
      }
      // Past what is no message too, or every look would walk over it again.
      if count < limit { last = try connection.integer("SELECT max(id) FROM event") ?? last }
      let update = try connection.cached(
        "UPDATE message_fts_state SET indexed_through = ?1 WHERE id = 1")
      update.bind(last, at: 1)
      try update.run()
      return count
    }
  }

  /// Takes a conversation's messages out of the index. To be called in the
  /// transaction that deletes them, and before they are deleted: the index
  /// keeps no text and has to be given what it indexed
  /// (https://www.sqlite.org/fts5.html#the_delete_command).
  ///
  /// - Parameters:
  ///   - conversation: its id.
  ///   - connection: in a write transaction.
  /// - Throws: what SQLite reports.
  package static func remove(
    conversation: Int64, _ connection: Connection
  ) throws(TranscriptError) {
    precondition(connection.isInTransaction, "a prune is one transaction")
    let select = try connection.cached(
      """
      SELECT id, text FROM event
      WHERE conversation_id = ?1 AND kind = 'message'
        AND id <= (SELECT indexed_through FROM message_fts_state WHERE id = 1)
      """)
    select.bind(conversation, at: 1)
    defer { select.reset() }
    let delete = try connection.cached(
      "INSERT INTO message_fts (message_fts, rowid, body) VALUES ('delete', ?1, ?2)")
    while try select.step() {
      delete.bind(select.integer(at: 0), at: 1)
      delete.bind(SearchText.indexed(select.text(at: 1)), at: 2)
      try delete.run()
    }
  }
}
