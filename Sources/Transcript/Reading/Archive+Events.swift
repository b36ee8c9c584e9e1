import ChatCore

extension Archive {
  /// The events that `filter` means, in the order of their seq.
  ///
  /// - Parameters:
  ///   - filter: which.
  ///   - newestFirst: in which order.
  ///   - isFirst: whether the first is waited for: else more are read with it.
  ///   - means: is given the bytes of each text, and says whether it is wanted: of
  ///     others no event is made. Now and then one is handed on all the same.
  /// - Returns: a cursor, which reads as it is asked.
  /// - Throws: what SQLite reports.
  package func events(
    _ filter: EventFilter, newestFirst: Bool, isFirst: Bool = true,
    means: ((UnsafeRawBufferPointer) -> Bool)? = nil
  ) throws(TranscriptError) -> Cursor<Event> {
    let isNarrow = try isNarrow(filter)
    let filter = isNarrow ? filter : try narrowed(filter)
    return Cursor(atOnce: isFirst ? 1 : Self.eventsAtOnce) {
      (past, limit) throws(TranscriptError) in
      var conditions = Conditions()
      filter.add(to: &conditions, isNarrow: isNarrow)
      if let past {
        conditions.require("e.id \(newestFirst ? "<" : ">") \(conditions.parameter(past))")
      }
      let count = conditions.parameter(Int64(limit))
      let order = "ORDER BY e.id \(newestFirst ? "DESC" : "ASC") LIMIT \(count)"
      return try self.events(conditions, order: order, limit: limit, means)
    }
  }

  /// How many events `filter` means, of those whose text `means` wants.
  package func count(
    _ filter: EventFilter, means: ((UnsafeRawBufferPointer) -> Bool)? = nil
  ) throws(TranscriptError) -> Int {
    let isNarrow = try isNarrow(filter)
    var conditions = Conditions()
    (isNarrow ? filter : try narrowed(filter)).add(to: &conditions, isNarrow: isNarrow)
    if means != nil { conditions.require("means(e.text)") }
    let question = means.map { TextQuestion(limit: .max, $0) }
    return try connection.asking(question) { () throws(TranscriptError) in
      let statement = try connection.cached("SELECT count(*) FROM event AS e \(conditions.sql)")
      conditions.bind(to: statement)
      defer { statement.reset() }
      return try statement.step() ? Int(statement.integer(at: 0)) : 0
    }
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
    _ means: ((UnsafeRawBufferPointer) -> Bool)?
  ) throws(TranscriptError) -> Cursor<Event>.Batch {
    var conditions = conditions
    if means != nil { conditions.require("means(e.text)") }
    let question = means.map { TextQuestion(limit: Self.mostAsked, $0) }
    return try connection.asking(question) { () throws(TranscriptError) in
      let statement = try connection.cached(Event.select + "\(conditions.sql) \(order)")
      conditions.bind(to: statement)
      defer { statement.reset() }
      var batch = Cursor<Event>.Batch(rows: [], last: nil, isLast: true)
      while try statement.step() {
        batch.rows.append(try completed(Event(statement, path: connection.path)))
        if question?.isSpent == true { break }
      }
      batch.last = batch.rows.last?.seq
      batch.isLast = batch.rows.count < limit && question?.isSpent != true
      return batch
    }
  }

  /// More than most conversations have.
  private static let eventsAtOnce = 512

  /// Texts that are looked at in one batch: some tens of milliseconds, which a
  /// checkpoint can wait for.
  private static let mostAsked = 100_000

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
