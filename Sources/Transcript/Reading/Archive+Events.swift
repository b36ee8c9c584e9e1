import ChatCore

extension Archive {
  /// The events that `filter` means, in the order of their seq.
  ///
  /// - Parameters:
  ///   - filter: which.
  ///   - newestFirst: in which order.
  ///   - mayMean: is given the bytes of each text, and says of most that are not
  ///     wanted that they are not: of these no event is made.
  /// - Returns: a cursor, which reads as it is asked.
  /// - Throws: what SQLite reports.
  package func events(
    _ filter: EventFilter, newestFirst: Bool, mayMean: ((UnsafeRawBufferPointer) -> Bool)? = nil
  ) throws(TranscriptError) -> Cursor<Event> {
    let isNarrow = try isNarrow(filter)
    let filter = isNarrow ? filter : try narrowed(filter)
    return Cursor { (past, limit) throws(TranscriptError) in
      var conditions = Conditions()
      filter.add(to: &conditions, isNarrow: isNarrow)
      if let past {
        conditions.require("e.id \(newestFirst ? "<" : ">") \(conditions.parameter(past))")
      }
      let count = conditions.parameter(Int64(limit))
      let order = "ORDER BY e.id \(newestFirst ? "DESC" : "ASC") LIMIT \(count)"
      return try self.events(conditions, order: order, limit: limit, mayMean)
    }
  }

  /// How many events `filter` means.
  package func count(_ filter: EventFilter) throws(TranscriptError) -> Int {
    let isNarrow = try isNarrow(filter)
    var conditions = Conditions()
    (isNarrow ? filter : try narrowed(filter)).add(to: &conditions, isNarrow: isNarrow)
    let statement = try connection.cached("SELECT count(*) FROM event AS e \(conditions.sql)")
    defer { statement.reset() }
    conditions.bind(to: statement)
    return try statement.step() ? Int(statement.integer(at: 0)) : 0
  }

  /// The events of `conversation` next to the one with `seq`, nearest first:
  /// up to `count` before it, or after it.
  package func neighbours(
    of seq: Int64, in conversation: Int64, later: Bool, count: Int
  ) throws(TranscriptError) -> [Event] {
    if count <= 0 { return [] }
    // Asked for every match of a search, so its text is made once.
    let statement = try connection.cached(later ? Self.selectLater : Self.selectEarlier)
    defer { statement.reset() }
    statement.bind(conversation, at: 1)
    statement.bind(seq, at: 2)
    statement.bind(Int64(count), at: 3)
    var events: [Event] = []
    while try statement.step() {
      events.append(try completed(Event(statement, path: connection.path)))
    }
    return events
  }

  /// `event`, with what its own row does not say.
  ///
  /// - Throws: what SQLite reports.
  private func completed(_ event: Event) throws(TranscriptError) -> Event {
    guard case .resume = event.content, let resume = try connection.resume(event.seq) else {
      return event
    }
    var event = event
    event.content = .resume(resume)
    return event
  }

  private static let selectLater =
    Event.select + "WHERE e.conversation_id = ?1 AND e.id > ?2 ORDER BY e.id LIMIT ?3"
  private static let selectEarlier =
    Event.select + "WHERE e.conversation_id = ?1 AND e.id < ?2 ORDER BY e.id DESC LIMIT ?3"

  private func events(
    _ conditions: Conditions, order: String, limit: Int,
    _ mayMean: ((UnsafeRawBufferPointer) -> Bool)?
  ) throws(TranscriptError) -> Cursor<Event>.Batch {
    let statement = try connection.cached(Event.select + "\(conditions.sql) \(order)")
    defer { statement.reset() }
    conditions.bind(to: statement)
    var batch = Cursor<Event>.Batch(rows: [], last: nil, isLast: true)
    var read = 0
    while try statement.step() {
      read += 1
      batch.last = statement.integer(at: .id)
      if let mayMean, !mayMean(statement.bytes(at: .text)) { continue }
      batch.rows.append(try completed(Event(statement, path: connection.path)))
    }
    batch.isLast = read < limit
    return batch
  }

  /// Past this many events it is better to walk all there are in their order
  /// than to sort those that an index finds, again for every batch.
  private static let narrowLimit: Int64 = 20_000

  private func isNarrow(_ filter: EventFilter) throws(TranscriptError) -> Bool {
    if filter.conversations.isEmpty && filter.clients.isEmpty { return false }
    // The index has those of one in their order.
    if filter.conversations.count == 1, let only = filter.conversations.first,
      only.lowerBound == only.upperBound
    {
      return true
    }
    var narrow = EventFilter()
    (narrow.conversations, narrow.clients) = (filter.conversations, filter.clients)
    var conditions = Conditions()
    narrow.add(to: &conditions, isNarrow: true)
    let limit = conditions.parameter(Self.narrowLimit + 1)
    let statement = try connection.cached(
      "SELECT count(*) FROM (SELECT 1 FROM event AS e \(conditions.sql) LIMIT \(limit))")
    defer { statement.reset() }
    conditions.bind(to: statement)
    return try statement.step() && statement.integer(at: 0) <= Self.narrowLimit
  }
}
