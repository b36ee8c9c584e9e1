extension Archive {
  /// The messages that the index finds, in the order of their seq, and that
  /// `filter` means. Messages that are not indexed yet are not among them:
  /// see ``unindexed(_:_:newestFirst:)``.
  public func indexed(
    _ query: SearchQuery, _ filter: EventFilter, newestFirst: Bool
  ) throws(TranscriptError) -> SearchCursor {
    SearchCursor(
      archive: self, query: query, filter: try narrowed(filter), newestFirst: newestFirst)
  }

  /// The next batch of seqs past `last`. Ordered by the index's own rowid:
  /// any other order makes SQLite collect every match first.
  func matches(
    _ query: SearchQuery, _ filter: EventFilter, newestFirst: Bool, past last: Int64?, limit: Int
  ) throws(TranscriptError) -> [Int64] {
    var lower = filter.after ?? 0
    var upper = filter.before ?? Int64.max
    if let last {
      if newestFirst { upper = min(upper, last) } else { lower = max(lower, last) }
    }
    let statement = try connection.cached(
      """
      SELECT rowid FROM message_fts WHERE message_fts MATCH ?1 AND rowid > ?2 AND rowid < ?3
      ORDER BY rowid \(newestFirst ? "DESC" : "ASC") LIMIT ?4
      """)
    defer { statement.reset() }
    statement.bind(query.expression, at: 1)
    statement.bind(lower, at: 2)
    statement.bind(upper, at: 3)
    statement.bind(Int64(limit), at: 4)
    var found: [Int64] = []
    while try statement.step() { found.append(statement.integer(at: 0)) }
    return found
  }

  /// The messages past the index's end that `query` finds: read, and put
  /// batch by batch in an index of this connection's own, in memory, so that
  /// they are found by the same rules. It is for the few that are newer than
  /// an index that cannot be brought up to date.
  public func unindexed(
    _ query: SearchQuery, _ filter: EventFilter, newestFirst: Bool
  ) throws(TranscriptError) -> [TranscriptEvent] {
    guard try SearchIndex.isBehind(connection) else { return [] }
    var filter = filter
    filter.after = max(filter.after ?? 0, try SearchIndex.watermark(connection))
    filter.kinds = [.message]
    let cursor = try events(filter, newestFirst: false)
    var found: [TranscriptEvent] = []
    var batch: [TranscriptEvent] = []
    while let event = try cursor.next() {
      batch.append(event)
      if batch.count == 1000 {
        found += try scan(batch, query)
        batch.removeAll()
      }
    }
    found += try scan(batch, query)
    return newestFirst ? found.reversed() : found
  }

  private func scan(
    _ events: [TranscriptEvent], _ query: SearchQuery
  ) throws(TranscriptError) -> [TranscriptEvent] {
    if events.isEmpty { return [] }
    // The tokenizer of the schema. A temporary table needs no right to write
    // the database (https://www.sqlite.org/tempfiles.html#temporary_databases).
    try connection.execute(
      """
      PRAGMA temp_store = MEMORY;
      CREATE VIRTUAL TABLE IF NOT EXISTS temp.unindexed USING fts5 (
        body, content = '',
        tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co So Mn'"
      );
      INSERT INTO temp.unindexed (unindexed) VALUES ('delete-all');
      """)
    let insert = try connection.cached("INSERT INTO temp.unindexed (rowid, body) VALUES (?1, ?2)")
    for event in events {
      guard case .message(_, _, _, let text, _, _) = event.kind else { continue }
      insert.bind(event.seq, at: 1)
      insert.bind(SearchText.indexed(text), at: 2)
      try insert.run()
    }
    let select = try connection.cached(
      "SELECT rowid FROM temp.unindexed WHERE unindexed MATCH ?1 ORDER BY rowid")
    defer { select.reset() }
    select.bind(query.expression, at: 1)
    var seqs: Set<Int64> = []
    while try select.step() { seqs.insert(select.integer(at: 0)) }
    return events.filter { seqs.contains($0.seq) }
  }
}
