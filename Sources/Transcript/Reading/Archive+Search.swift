import ChatCore
import Schema

extension Archive {
  /// Whether there are messages that the full-text index does not hold yet.
  package func isIndexBehind() throws(TranscriptError) -> Bool {
    try SearchIndex.isBehind(connection, forms)
  }

  /// Brings the full-text index up to date, through a connection of its own
  /// that may write.
  ///
  /// - Parameter progress: is given, after each step, how many messages have
  ///   been indexed in this call.
  /// - Throws: what keeps it from writing. The index is then behind, and
  ///   ``unindexed(_:_:newestFirst:)`` finds the rest.
  package func updateIndex(_ progress: (Int) -> Void) throws(TranscriptError) {
    try DatabaseFile.checkWritable(connection.path)
    // A search does not wait long for somebody else's lock.
    let writer = try Connection.forWriting(connection.path, busyTimeout: .milliseconds(500))
    writer.limitValues()
    // A power cut takes nothing that is not caught up with again, so no step
    // waits for the disk with the lock in its hand.
    try writer.execute("PRAGMA synchronous = NORMAL")
    var total = 0
    var steps = 0
    while true {
      let count = try SearchIndex.catchUp(writer, forms)
      if count == 0 { break }
      total += count
      steps += 1
      progress(total)
      if steps.isMultiple(of: Self.stepsToMerge) { while try SearchIndex.merge(writer) {} }
    }
    if steps > 1 { while try SearchIndex.merge(writer) {} }
  }

  /// Parts that the index may have more before some of them are merged.
  private static let stepsToMerge = 64

  /// The messages up to `watermark` that the index finds, in the order of their
  /// seq, and that `filter` means. Those past it are found by
  /// ``unindexed(_:_:past:newestFirst:)``.
  package func indexed(
    _ query: SearchQuery, _ filter: EventFilter, through watermark: Int64, newestFirst: Bool
  ) throws(TranscriptError) -> Cursor<Event> {
    var filter = try narrowed(filter)
    // The index may catch up while it is searched.
    if watermark < .max { filter.before = min(filter.before ?? .max, watermark + 1) }
    return Cursor { (past, limit) throws(TranscriptError) in
      // In one view of the two tables and of which is used: they may change places
      // between two batches.
      try self.connection.read { () throws(TranscriptError) in
        try self.batch(query, filter, past: past, limit: limit, newestFirst: newestFirst)
      }
    }
  }

  private func batch(
    _ query: SearchQuery, _ filter: EventFilter, past: Int64?, limit: Int, newestFirst: Bool
  ) throws(TranscriptError) -> Cursor<Event>.Batch {
    var batch = Cursor<Event>.Batch(rows: [], last: nil, isLast: true)
    var conditions = Conditions()
    guard let slot = try match(query, filter, past: past, newestFirst, &conditions) else {
      return batch
    }
    let matches = conditions.sql
    conditions.removeClauses()
    var rest = filter
    (rest.after, rest.before) = (nil, nil)
    // Nothing but messages is in the index.
    if rest.kinds == [.message] { rest.kinds = [] }
    rest.add(to: &conditions, isNarrow: false)
    let count = conditions.parameter(Int64(limit))
    // Every match is a row, so that the last is known also where it is not meant.
    // Ordered by the index's own rowid: any other order makes SQLite collect every
    // match first.
    let statement = try connection.cached(
      """
      SELECT \(Self.matchColumns), \(slot.table).rowid FROM \(slot.table)
      LEFT JOIN event AS e ON e.id = \(slot.table).rowid \(conditions.joinSQL) \(matches)
      ORDER BY \(slot.table).rowid \(newestFirst ? "DESC" : "ASC") LIMIT \(count)
      """)
    defer { statement.reset() }
    conditions.bind(to: statement)
    var read = 0
    while try statement.step() {
      read += 1
      batch.last = statement.integer(at: Event.columns.count)
      if statement.isNull(at: 0) { continue }
      batch.rows.append(try Event(statement, path: connection.path))
    }
    batch.isLast = read < limit
    return batch
  }

  private static let matchColumns = Event.columns.map { "e.\($0)" }.joined(separator: ", ")

  /// How many messages up to `watermark` the index finds that `filter` means.
  package func count(
    _ query: SearchQuery, _ filter: EventFilter, through watermark: Int64
  ) throws(TranscriptError) -> Int {
    var filter = try narrowed(filter)
    if watermark < .max { filter.before = min(filter.before ?? .max, watermark + 1) }
    let whole = filter
    return try connection.read { () throws(TranscriptError) in
      var filter = whole
      var conditions = Conditions()
      guard let slot = try match(query, filter, past: nil, false, &conditions) else { return 0 }
      (filter.after, filter.before) = (nil, nil)
      // Nothing but messages is in the index.
      if filter.kinds == [.message] { filter.kinds = [] }
      let join =
        filter == EventFilter() ? "" : "CROSS JOIN event AS e ON e.id = \(slot.table).rowid"
      filter.add(to: &conditions, isNarrow: false)
      let statement = try connection.cached(
        "SELECT count(*) FROM \(slot.table) \(join) \(conditions.sql)")
      defer { statement.reset() }
      conditions.bind(to: statement)
      return try statement.step() ? Int(statement.integer(at: 0)) : 0
    }
  }

  /// Adds the conditions of a match.
  ///
  /// - Returns: the table that is searched now; `nil` where nothing is found.
  private func match(
    _ query: SearchQuery, _ filter: EventFilter, past last: Int64?, _ newestFirst: Bool,
    _ conditions: inout Conditions
  ) throws(TranscriptError) -> SearchSlot? {
    let slot = try SearchSlot.both(connection).used
    guard let form = slot.form(of: forms), let expression = query.expression(form) else {
      return nil
    }
    var lower = filter.after ?? 0
    var upper = filter.before ?? Int64.max
    if let last {
      if newestFirst { upper = min(upper, last) } else { lower = max(lower, last) }
    }
    conditions.require("\(slot.table) MATCH \(conditions.parameter(.text(expression)))")
    conditions.require("\(slot.table).rowid > \(conditions.parameter(lower))")
    conditions.require("\(slot.table).rowid < \(conditions.parameter(upper))")
    return slot
  }

  /// Every message up to this event number is found by the index.
  package func indexWatermark() throws(TranscriptError) -> Int64 {
    try SearchIndex.watermark(connection, forms)
  }

  /// The messages past `watermark` that `query` finds: read, and put
  /// batch by batch in an index of this connection's own, in memory, so that
  /// they are found by the same rules. It is for the few that are newer than
  /// an index that cannot be brought up to date.
  package func unindexed(
    _ query: SearchQuery, _ filter: EventFilter, past watermark: Int64, newestFirst: Bool
  ) throws(TranscriptError) -> [Event] {
    var filter = filter
    filter.after = max(filter.after ?? 0, watermark)
    filter.kinds = [.message]
    let cursor = try events(filter, newestFirst: false)
    var found: [Event] = []
    var batch: [Event] = []
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
    _ events: [Event], _ query: SearchQuery
  ) throws(TranscriptError) -> [Event] {
    if events.isEmpty { return [] }
    // A temporary table needs no right to write the database
    // (https://www.sqlite.org/tempfiles.html#temporary_databases).
    try connection.execute(
      """
      PRAGMA temp_store = MEMORY;
      DROP TABLE IF EXISTS temp.unindexed;
      \(Schema.searchTable(named: "temp.unindexed"))
      """)
    let insert = try connection.cached("INSERT INTO temp.unindexed (rowid, body) VALUES (?1, ?2)")
    for event in events {
      guard let said = event.said else { continue }
      insert.bind(event.seq, at: 1)
      insert.bind(SearchForm.current.indexed(said.text), at: 2)
      try insert.run()
    }
    let select = try connection.cached(
      "SELECT rowid FROM temp.unindexed WHERE unindexed MATCH ?1 ORDER BY rowid")
    defer { select.reset() }
    select.bind(query.expression(.current), at: 1)
    var seqs: Set<Int64> = []
    while try select.step() { seqs.insert(select.integer(at: 0)) }
    return events.filter { seqs.contains($0.seq) }
  }
}
