import ChatCore

extension Archive {
  /// The conversation with this id, its messages counted or not; `nil` when
  /// there is none.
  public func conversation(
    _ id: Int64, counting: Bool
  ) throws(TranscriptError) -> ConversationSummary? {
    try reader.summary(id: id, counting: counting)
  }

  /// The conversations that `filter` means, in the order of their ids, their
  /// messages counted or not.
  public func conversations(
    _ filter: ConversationFilter, newestFirst: Bool, counting: Bool
  ) -> ConversationCursor {
    ConversationCursor(
      archive: self, filter: filter, newestFirst: newestFirst, counting: counting)
  }

  /// The next rows after (or, newest first, before) the id `last`.
  func rows(
    _ filter: ConversationFilter, newestFirst: Bool, counting: Bool, past last: Int64?, limit: Int
  ) throws(TranscriptError) -> [SummaryRow] {
    var conditions = Conditions()
    try narrowed(filter).add(to: &conditions)
    if let last {
      conditions.require("c.id \(newestFirst ? "<" : ">") \(conditions.parameter(last))")
    }
    let limit = conditions.parameter(Int64(limit))
    let statement = try connection.cached(
      SummaryRow.select(counting: counting)
        + "\(conditions.sql) ORDER BY c.id \(newestFirst ? "DESC" : "ASC") LIMIT \(limit)")
    conditions.bind(to: statement)
    return try reader.rows(statement)
  }
}
