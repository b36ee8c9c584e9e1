import ChatCore

extension Archive {
  /// The conversation with this id; `nil` when there is none.
  public func conversation(_ id: Int64) throws(TranscriptError) -> ConversationSummary? {
    try reader.summary(id: id)
  }

  /// The conversations that `filter` means, in the order of their ids.
  public func conversations(
    _ filter: ConversationFilter, newestFirst: Bool
  ) -> ConversationCursor {
    ConversationCursor(archive: self, filter: filter, newestFirst: newestFirst)
  }

  /// The next rows after (or, newest first, before) the id `last`.
  func rows(
    _ filter: ConversationFilter, newestFirst: Bool, past last: Int64?, limit: Int
  ) throws(TranscriptError) -> [SummaryRow] {
    var conditions = Conditions()
    try narrowed(filter).add(to: &conditions)
    if let last {
      conditions.require("c.id \(newestFirst ? "<" : ">") \(conditions.parameter(last))")
    }
    let limit = conditions.parameter(Int64(limit))
    let statement = try connection.cached(
      SummaryRow.select
        + "\(conditions.sql) ORDER BY c.id \(newestFirst ? "DESC" : "ASC") LIMIT \(limit)")
    conditions.bind(to: statement)
    return try reader.rows(statement)
  }
}
