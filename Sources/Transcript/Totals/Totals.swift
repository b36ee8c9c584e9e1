import ChatCore

/// Keeps the tables of totals: what statistics would have to look for in every
/// event. As the full-text index they are never on the path of a message: they are
/// brought forward a step at a time, by whoever has time for it, up to a watermark.
package enum Totals {
  /// Every event up to this one is counted; not negative, whatever the file says.
  ///
  /// - Throws: what SQLite reports.
  static func watermark(_ connection: Connection) throws(TranscriptError) -> Int64 {
    max(0, try connection.integer("SELECT counted_through FROM total_state WHERE id = 1") ?? 0)
  }

  /// Counts the next events, in one transaction of its own.
  ///
  /// - Parameters:
  ///   - connection: that may write.
  ///   - limit: how many at most: 1000 keep other writers waiting for some 2 ms.
  /// - Returns: whether there were any.
  /// - Throws: what SQLite reports; the totals are then as they were.
  package static func count(
    _ connection: Connection, limit: Int64 = 1000
  ) throws(TranscriptError) -> Bool {
    let newest = try connection.integer("SELECT max(id) FROM event") ?? 0
    if try newest <= watermark(connection) { return false }
    return try connection.write { () throws(TranscriptError) in
      let tally = try Tally(past: try watermark(connection), limit: limit, connection)
      guard let through = tally.through else { return false }
      for (conversation, talk) in tally.talks {
        let insert = try connection.cached(insertTalk)
        insert.bind(conversation, at: 1)
        for (index, value) in talk.values.enumerated() { insert.bind(value, at: index + 2) }
        try insert.run()
      }
      try add(tally, sign: 1, connection)
      let update = try connection.cached("UPDATE total_state SET counted_through = ?1 WHERE id = 1")
      update.bind(through, at: 1)
      try update.run()
      return true
    }
  }

  /// Takes a conversation off. To be called in the transaction that deletes it, and
  /// before its events are deleted.
  ///
  /// - Throws: what SQLite reports; the transaction is to be undone then.
  static func remove(
    conversation: Int64, _ connection: Connection
  ) throws(TranscriptError) {
    precondition(connection.isInTransaction, "a prune is one transaction")
    let tally = try Tally(
      of: conversation, through: try watermark(connection), connection)
    try add(tally, sign: -1, connection)
    let delete = try connection.cached("DELETE FROM conversation_total WHERE conversation_id = ?1")
    delete.bind(conversation, at: 1)
    try delete.run()
  }

  private static let insertTalk = """
    INSERT OR REPLACE INTO conversation_total
      (conversation_id, \(Talk.columns.joined(separator: ", ")))
    VALUES (?1\(Talk.columns.indices.map { ", ?\($0 + 2)" }.joined()))
    """

  /// A row that nothing is left of says nothing of what was deleted.
  private static func add(
    _ tally: Tally, sign: Int64, _ connection: Connection
  ) throws(TranscriptError) {
    for (quarter, messages) in tally.quarters {
      let values = [quarter, sign * messages.clients, sign * messages.servers]
      try run(
        """
        INSERT INTO quarter_total (quarter, client, server) VALUES (?1, ?2, ?3)
        ON CONFLICT (quarter)
        DO UPDATE SET client = client + excluded.client, server = server + excluded.server
        """, values, connection)
      if sign < 0 {
        try run(
          "DELETE FROM quarter_total WHERE quarter = ?1 AND client = 0 AND server = 0", [quarter],
          connection)
      }
    }
    for (reply, count) in tally.replies {
      let (party, step) = (reply.party.stored, Int64(reply.step))
      try run(
        """
        INSERT INTO reply_total (party, step, replies) VALUES (?1, ?2, ?3)
        ON CONFLICT (party, step) DO UPDATE SET replies = replies + excluded.replies
        """, [party, step, sign * count], connection)
      if sign < 0 {
        try run(
          "DELETE FROM reply_total WHERE party = ?1 AND step = ?2 AND replies = 0", [party, step],
          connection)
      }
    }
  }

  private static func run(
    _ sql: String, _ values: [Int64], _ connection: Connection
  ) throws(TranscriptError) {
    let statement = try connection.cached(sql)
    for (index, value) in values.enumerated() { statement.bind(value, at: index + 1) }
    try statement.run()
  }
}
