import ChatCore

extension Archive {
  /// The events that `filter` means, in the order of their seq.
  public func events(_ filter: EventFilter, newestFirst: Bool) throws(TranscriptError)
    -> EventCursor
  {
    let isNarrow = try isNarrow(filter)
    return EventCursor(
      archive: self, filter: isNarrow ? filter : try narrowed(filter), newestFirst: newestFirst,
      isNarrow: isNarrow)
  }

  /// The event with this seq, if `filter` means it.
  func event(_ seq: Int64, _ filter: EventFilter) throws(TranscriptError) -> TranscriptEvent? {
    var conditions = Conditions()
    conditions.require("e.id = \(conditions.parameter(seq))")
    filter.add(to: &conditions, isNarrow: false)
    return try events(conditions, order: "").first
  }

  /// The events of `conversation` next to the one with `seq`, nearest first:
  /// up to `count` before it, or after it.
  public func neighbours(
    of seq: Int64, in conversation: Int64, later: Bool, count: Int
  ) throws(TranscriptError) -> [TranscriptEvent] {
    if count <= 0 { return [] }
    var conditions = Conditions()
    conditions.require("e.conversation_id = \(conditions.parameter(conversation))")
    conditions.require("e.id \(later ? ">" : "<") \(conditions.parameter(seq))")
    let limit = conditions.parameter(Int64(count))
    return try events(conditions, order: "ORDER BY e.id \(later ? "ASC" : "DESC") LIMIT \(limit)")
  }

  /// The next batch after (or, newest first, before) the seq `last`.
  func events(
    _ filter: EventFilter, newestFirst: Bool, isNarrow: Bool, past last: Int64?, limit: Int
  ) throws(TranscriptError) -> [TranscriptEvent] {
    var conditions = Conditions()
    filter.add(to: &conditions, isNarrow: isNarrow)
    if let last {
      conditions.require("e.id \(newestFirst ? "<" : ">") \(conditions.parameter(last))")
    }
    let limit = conditions.parameter(Int64(limit))
    return try events(
      conditions, order: "ORDER BY e.id \(newestFirst ? "DESC" : "ASC") LIMIT \(limit)")
  }

  private func events(
    _ conditions: Conditions, order: String
  ) throws(TranscriptError) -> [TranscriptEvent] {
    let statement = try connection.cached(EventRow.select + "\(conditions.sql) \(order)")
    defer { statement.reset() }
    conditions.bind(to: statement)
    var found: [TranscriptEvent] = []
    while try statement.step() {
      found.append(try EventRow.event(statement, path: connection.path))
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
