import ChatCore

extension Archive {
  /// The conversation with this id, its messages counted or not; `nil` when
  /// there is none.
  package func conversation(
    _ id: Int64, counting: Bool
  ) throws(TranscriptError) -> ConversationSummary? {
    guard let row = try row(id, counting: counting) else { return nil }
    return try settled([row]).first
  }

  /// The conversations that `filter` means, in the order of their ids, their
  /// messages counted or not.
  package func conversations(
    _ filter: ConversationFilter, newestFirst: Bool, counting: Bool
  ) -> Cursor<ConversationSummary> {
    // Of each client an index has them in their order.
    if filter.clients.count > 1 {
      let cursors = Set(filter.clients).map { client in
        var filter = filter
        filter.clients = [client]
        return conversations(filter, newestFirst: newestFirst, counting: counting)
      }
      return Cursor(merging: cursors, newestFirst: newestFirst) { $0.id }
    }
    return Cursor { (past, limit) throws(TranscriptError) in
      var conditions = Conditions()
      try self.narrowed(filter).add(to: &conditions)
      if let past {
        conditions.require("c.id \(newestFirst ? "<" : ">") \(conditions.parameter(past))")
      }
      let count = conditions.parameter(Int64(limit))
      let statement = try self.connection.cached(
        SummaryRow.select(counting: counting)
          + "\(conditions.sql) ORDER BY c.id \(newestFirst ? "DESC" : "ASC") LIMIT \(count)")
      conditions.bind(to: statement)
      let rows = try self.rows(statement)
      return Cursor.Batch(
        rows: try self.settled(rows).filter { filter.allows($0.ending) },
        last: rows.last?.summary.id, isLast: rows.count < limit)
    }
  }

  private func row(_ id: Int64, counting: Bool) throws(TranscriptError) -> SummaryRow? {
    let select = try connection.cached(
      SummaryRow.select(counting: counting) + "WHERE c.id = ?1")
    select.bind(id, at: 1)
    return try rows(select).first
  }

  /// What `select`, made from ``SummaryRow/select(counting:)``, finds.
  func rows(_ select: Statement) throws(TranscriptError) -> [SummaryRow] {
    defer { select.reset() }
    var rows: [SummaryRow] = []
    while try select.step() { rows.append(SummaryRow(select)) }
    return rows
  }

  /// How far each conversation has come: closed by its event, open while the lock of
  /// the run that serves it is held or its client may come back, else lost.
  ///
  /// A run may record its closes and end between the read and the look at its
  /// lock. So what looks lost is read again: once the lock is free, the run
  /// writes nothing any more. A conversation that a prune took away in between
  /// is left out.
  ///
  /// - Parameter rows: just read, outside a transaction.
  /// - Returns: the conversations in the order of `rows`.
  /// - Throws: what SQLite reports.
  func settled(_ rows: [SummaryRow]) throws(TranscriptError) -> [ConversationSummary] {
    var isAlive: [Int64: Bool] = [:]
    var summaries: [ConversationSummary] = []
    summaries.reserveCapacity(rows.count)
    for row in rows {
      if row.summary.ending.state == .closed {
        summaries.append(row.summary)
        continue
      }
      let run = try resumption(of: row.summary.id)?.run ?? row.run
      let alive = isAlive[run] ?? RunLock.isHeld(in: lockFile, run: run)
      isAlive[run] = alive
      if alive {
        summaries.append(row.summary.with(ending: .open))
      } else if let again = try self.row(
        row.summary.id, counting: row.summary.messages != nil)
      {
        summaries.append(try orResumable(again.summary))
      }
    }
    guard let name else { return summaries }
    return summaries.map { $0.with(transcript: name) }
  }

  /// `summary`, which is not lost where its client may come back, or has come since to
  /// another run.
  private func orResumable(
    _ summary: ConversationSummary
  ) throws(TranscriptError) -> ConversationSummary {
    guard summary.ending.state == .lost, let resumption = try resumption(of: summary.id) else {
      return summary
    }
    let mayComeBack = resumption.until.map { $0 > now() } ?? false
    let isOpen = mayComeBack || RunLock.isHeld(in: lockFile, run: resumption.run)
    return summary.with(ending: isOpen ? .open : .lost(before: resumption.goneBefore))
  }
}

/// A conversation as one row says it, which alone cannot know open from lost.
struct SummaryRow {
  /// The run that served it.
  let run: Int64
  /// Its `ending` is `closed`, or `lost` until the run's lock has been asked.
  let summary: ConversationSummary

  /// Names `conversation` as `c`, `server_run` as `r`, `handle` as `h` and the
  /// close event as `e`; ends where a WHERE can follow.
  ///
  static func select(counting: Bool) -> String { counting ? counted : uncounted }

  /// As they were counted, and those that came since: the numbers of a native client may
  /// have gaps, so that only counting tells.
  private static let counted = statement(
    messages: """
      coalesce((
        SELECT t.client + t.server FROM conversation_total AS t WHERE t.conversation_id = c.id), 0)
      + CASE WHEN e.id <= \(watermark) THEN 0 ELSE (
        SELECT count(*) FROM event AS m WHERE m.conversation_id = c.id AND m.id > \(watermark)
          AND m.kind = 'message') END
      """)

  private static let watermark = "(SELECT counted_through FROM total_state WHERE id = 1)"

  private static let uncounted = statement(messages: "NULL")

  private static func statement(messages: String) -> String {
    """
    SELECT c.id, h.name, r.handle, c.peer_address, c.peer_port, r.port, c.mode, c.dialect,
      c.opened_at, c.floor_at, e.at, e.party, e.reason, e.detail, e.undelivered, c.run_id,
      coalesce(r.stopped_at, (
        SELECT n.started_at FROM server_run AS n
        WHERE n.id > r.id AND n.port = r.port ORDER BY n.id LIMIT 1)),
      coalesce(e.at, (
        SELECT l.at FROM event AS l WHERE l.conversation_id = c.id ORDER BY l.id DESC LIMIT 1)),
      \(messages), c.encrypted, c.peer_key
    FROM conversation AS c
    JOIN server_run AS r ON r.id = c.run_id
    LEFT JOIN handle AS h ON h.id = c.handle_id
    LEFT JOIN event AS e ON e.conversation_id = c.id AND e.kind = 'close'

    """
  }

  fileprivate init(_ row: Statement) {
    let opened = Timestamp(milliseconds: row.integer(at: 8))
    run = row.integer(at: 15)
    summary = ConversationSummary(
      id: row.integer(at: 0), client: row.textOrNil(at: 1), server: row.text(at: 2),
      peerAddress: row.text(at: 3), peerPort: Int(row.integer(at: 4)),
      port: Int(row.integer(at: 5)), mode: Word(row.text(at: 6)),
      dialect: row.textOrNil(at: 7).map { Word($0) }, opened: opened,
      floor: row.integerOrNil(at: 9).map(Timestamp.init(milliseconds:)),
      ending: Self.ending(row),
      lastEvent: row.integerOrNil(at: 17).map(Timestamp.init(milliseconds:)) ?? opened,
      messages: row.isNull(at: 18) ? nil : Int(row.count(at: 18)),
      protection: row.integerOrNil(at: 19).map {
        Protection(isEncrypted: $0 == 1, key: row.textOrNil(at: 20))
      })
  }

  private static func ending(_ row: Statement) -> Ending {
    guard let closed = row.integerOrNil(at: 10) else {
      return .lost(before: row.integerOrNil(at: 16).map(Timestamp.init(milliseconds:)))
    }
    return .closed(
      Event.Close(
        by: Party(stored: row.integerOrNil(at: 11)), reason: row.text(at: 12),
        detail: row.textOrNil(at: 13), undelivered: row.integerOrNil(at: 14)),
      at: Timestamp(milliseconds: closed))
  }
}
