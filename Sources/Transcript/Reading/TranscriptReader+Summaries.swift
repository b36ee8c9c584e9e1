import ChatCore

extension TranscriptReader {
  /// The newest conversations, newest first.
  ///
  /// - Parameter count: how many at most.
  /// - Returns: the conversations, with how each stands.
  /// - Throws: what SQLite reports.
  public func summaries(newest count: Int) throws(TranscriptError) -> [ConversationSummary] {
    let select = try connection.cached(
      SummaryRow.select(counting: true) + "ORDER BY c.id DESC LIMIT ?1")
    select.bind(Int64(count), at: 1)
    return try summaries(of: try rows(select))
  }

  /// One conversation.
  ///
  /// - Parameters:
  ///   - id: of the conversation.
  ///   - counting: whether its messages are counted.
  /// - Returns: the conversation, with how it stands; `nil` when there is none.
  /// - Throws: what SQLite reports.
  public func summary(
    id: Int64, counting: Bool = true
  ) throws(TranscriptError) -> ConversationSummary? {
    guard let row = try row(id: id, counting: counting) else { return nil }
    return try summaries(of: [row]).first
  }

  /// What `select` finds, read to the end.
  ///
  /// - Parameter select: made from ``SummaryRow/select(counting:)``, with all values bound.
  /// - Returns: a row for each conversation.
  /// - Throws: what SQLite reports.
  public func rows(_ select: Statement) throws(TranscriptError) -> [SummaryRow] {
    defer { select.reset() }
    var rows: [SummaryRow] = []
    while try select.step() { rows.append(try SummaryRow(select, path: connection.path)) }
    return rows
  }

  /// How each conversation stands: closed by its event, open while its run's
  /// lock is held, else lost.
  ///
  /// A run may record its closes and end between the read and the look at its
  /// lock. So what looks lost is read again: once the lock is free, the run
  /// writes nothing any more. A conversation that a prune took away in between
  /// is left out.
  ///
  /// - Parameter rows: just read, outside a transaction.
  /// - Returns: the conversations in the order of `rows`.
  /// - Throws: what SQLite reports.
  public func summaries(of rows: [SummaryRow]) throws(TranscriptError) -> [ConversationSummary] {
    var isAlive: [Int64: Bool] = [:]
    var summaries: [ConversationSummary] = []
    summaries.reserveCapacity(rows.count)
    for row in rows {
      if row.isClosed {
        summaries.append(row.summary)
        continue
      }
      let alive =
        isAlive[row.run] ?? RunLock.isHeld(database: connection.path, run: row.run)
      isAlive[row.run] = alive
      if alive {
        var summary = row.summary
        summary.ending = .open
        summaries.append(summary)
      } else if let again = try self.row(
        id: row.summary.id, counting: row.summary.messages != nil)
      {
        summaries.append(again.summary)
      }
    }
    return summaries
  }

  private func row(id: Int64, counting: Bool) throws(TranscriptError) -> SummaryRow? {
    let select = try connection.cached(
      SummaryRow.select(counting: counting) + "WHERE c.id = ?1")
    select.bind(id, at: 1)
    return try rows(select).first
  }
}
