import ChatCore

/// How a conversation is read: a SELECT to be completed, and what its rows
/// mean. A row alone cannot tell open from lost: see
/// ``TranscriptReader/summaries(of:)``.
public struct SummaryRow {
  /// Names `conversation` as `c`, `server_run` as `r`, `handle` as `h` and the
  /// close event as `e`; ends where a WHERE can follow.
  ///
  /// - Parameter counting: whether the messages are counted, which takes as
  ///   long as they are many.
  /// - Returns: the SELECT.
  public static func select(counting: Bool) -> String {
    counting ? counted : uncounted
  }

  private static let counted = statement(
    messages: "(SELECT count(*) FROM event AS m WHERE m.conversation_id = c.id AND m.kind = 3)")
  private static let uncounted = statement(messages: "NULL")

  private static func statement(messages: String) -> String {
    """
    SELECT c.id, h.name, r.handle, c.peer_address, c.peer_port, r.port, c.mode, c.dialect,
      c.opened_at, c.floor_at, e.at, e.party, e.reason, e.detail, c.run_id,
      coalesce(r.stopped_at, (
        SELECT n.started_at FROM server_run AS n
        WHERE n.id > r.id AND n.port = r.port ORDER BY n.id LIMIT 1)),
      (SELECT l.at FROM event AS l WHERE l.conversation_id = c.id ORDER BY l.id DESC LIMIT 1),
      \(messages)
    FROM conversation AS c
    JOIN server_run AS r ON r.id = c.run_id
    LEFT JOIN handle AS h ON h.id = c.handle_id
    LEFT JOIN event AS e ON e.conversation_id = c.id AND e.kind = 4

    """
  }

  /// The run that served it.
  public let run: Int64
  /// Its `ending` is `closed`, or `lost` until the run's lock has been asked.
  public let summary: ConversationSummary

  /// Whether it has a close event.
  public var isClosed: Bool {
    if case .closed = summary.ending { true } else { false }
  }

  /// The conversation in the row that `row` stands on.
  ///
  /// - Parameters:
  ///   - row: a statement made from ``select(counting:)``.
  ///   - path: the database, for the error.
  /// - Throws: `corrupt` when the row breaks the schema's own rules.
  public init(_ row: Statement, path: String) throws(TranscriptError) {
    let dialect = row.textOrNil(at: 7).map { Dialect(rawValue: $0) }
    guard let mode = Mode(rawValue: row.text(at: 6)), dialect != .some(nil) else {
      throw TranscriptError(.corrupt, path: path, sql: row.sql)
    }
    let opened = Timestamp(milliseconds: row.integer(at: 8))
    run = row.integer(at: 14)
    summary = ConversationSummary(
      id: row.integer(at: 0), client: row.textOrNil(at: 1), server: row.text(at: 2),
      peerAddress: row.text(at: 3), peerPort: Int(row.integer(at: 4)),
      port: Int(row.integer(at: 5)), mode: mode, dialect: dialect ?? nil, opened: opened,
      floor: row.integerOrNil(at: 9).map(Timestamp.init(milliseconds:)),
      ending: try Self.ending(row, path: path),
      lastEvent: row.integerOrNil(at: 16).map(Timestamp.init(milliseconds:)) ?? opened,
      messages: row.integerOrNil(at: 17).map { Int($0) })
  }

  private static func ending(_ row: Statement, path: String) throws(TranscriptError) -> Ending {
    guard let closed = row.integerOrNil(at: 10) else {
      return .lost(before: row.integerOrNil(at: 15).map(Timestamp.init(milliseconds:)))
    }
    guard let reason = CloseReason(rawValue: row.text(at: 12)) else {
      throw TranscriptError(.corrupt, path: path, sql: row.sql)
    }
    return .closed(
      at: Timestamp(milliseconds: closed), by: Party(stored: row.integerOrNil(at: 11)), reason,
      detail: row.textOrNil(at: 13))
  }
}
