import ChatCore

extension Archive {
  /// The events that `filter` means, in the order of their seq.
  package func events(
    _ filter: EventFilter, newestFirst: Bool
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
      let found = try self.events(
        filter.joins, conditions,
        order: "ORDER BY e.id \(newestFirst ? "DESC" : "ASC") LIMIT \(count)")
      return Cursor.Batch(rows: found, last: found.last?.seq, isLast: found.count < limit)
    }
  }

  /// The event with this seq, if `filter` means it.
  func event(_ seq: Int64, _ filter: EventFilter) throws(TranscriptError) -> Event? {
    var conditions = Conditions()
    conditions.require("e.id = \(conditions.parameter(seq))")
    filter.add(to: &conditions, isNarrow: false)
    return try events(filter.joins, conditions, order: "").first
  }

  /// The events of `conversation` next to the one with `seq`, nearest first:
  /// up to `count` before it, or after it.
  package func neighbours(
    of seq: Int64, in conversation: Int64, later: Bool, count: Int
  ) throws(TranscriptError) -> [Event] {
    if count <= 0 { return [] }
    var conditions = Conditions()
    conditions.require("e.conversation_id = \(conditions.parameter(conversation))")
    conditions.require("e.id \(later ? ">" : "<") \(conditions.parameter(seq))")
    let limit = conditions.parameter(Int64(count))
    return try events(
      "", conditions, order: "ORDER BY e.id \(later ? "ASC" : "DESC") LIMIT \(limit)")
  }

  private func events(
    _ joins: String, _ conditions: Conditions, order: String
  ) throws(TranscriptError) -> [Event] {
    let statement = try connection.cached(Event.select + "\(joins) \(conditions.sql) \(order)")
    defer { statement.reset() }
    conditions.bind(to: statement)
    var found: [Event] = []
    while try statement.step() {
      found.append(try Event(statement, path: connection.path))
    }
    return found
  }

  /// Past this many conversations, walking all events in their order is
  /// better than sorting those that an index finds.
  private static let narrowLimit: Int64 = 100

  private func isNarrow(_ filter: EventFilter) throws(TranscriptError) -> Bool {
    if !filter.conversations.isEmpty {
      let count = filter.conversations.reduce(0.0) {
        $0 + Double($1.upperBound) - Double($1.lowerBound) + 1
      }
      return count <= Double(Self.narrowLimit)
    }
    if filter.clients.isEmpty { return false }
    var conditions = Conditions()
    let names = conditions.list(filter.clients.map { .text($0) })
    let statement = try connection.cached(
      """
      SELECT count(*) FROM (SELECT 1 FROM conversation
      WHERE handle_id IN (SELECT id FROM handle WHERE name IN \(names)) LIMIT \(Self.narrowLimit + 1))
      """)
    defer { statement.reset() }
    conditions.bind(to: statement)
    return try statement.step() && statement.integer(at: 0) <= Self.narrowLimit
  }
}
