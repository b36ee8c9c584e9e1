import ChatCore

/// The transcript as `history` browses it: queries that walk an index and
/// hand out rows as they come, and hold no lock between batches, so that a
/// reader who pauses never keeps the server's log from being cut back.
public final class Archive {
  public let connection: Connection
  let reader: TranscriptReader

  /// - Parameter connection: one that can read; see
  ///   ``Connection/forReading(_:busyTimeout:)``.
  public init(_ connection: Connection) {
    self.connection = connection
    reader = TranscriptReader(connection)
  }

  /// The newest conversation's id, or that of one so many before it; `nil`
  /// when there is none.
  public func newestConversation(skipping count: Int = 0) throws(TranscriptError) -> Int64? {
    let statement = try connection.cached(
      "SELECT id FROM conversation ORDER BY id DESC LIMIT 1 OFFSET ?1")
    defer { statement.reset() }
    statement.bind(Int64(count), at: 1)
    return try statement.step() ? statement.integer(at: 0) : nil
  }

  /// Whether there is a conversation with one of these ids.
  public func hasConversation(in ids: ClosedRange<Int64>) throws(TranscriptError) -> Bool {
    let statement = try connection.cached(
      "SELECT 1 FROM conversation WHERE id BETWEEN ?1 AND ?2 LIMIT 1")
    defer { statement.reset() }
    statement.bind(ids.lowerBound, at: 1)
    statement.bind(ids.upperBound, at: 2)
    return try statement.step()
  }

  /// The seq of the newest event; 0 when there is none.
  public func newestEvent() throws(TranscriptError) -> Int64 {
    try connection.integer("SELECT max(id) FROM event") ?? 0
  }

  /// A number that changes when another connection has committed
  /// (https://www.sqlite.org/pragma.html#pragma_data_version).
  public func dataVersion() throws(TranscriptError) -> Int64 {
    try connection.integer("PRAGMA data_version") ?? 0
  }

  /// The size in bytes of the database at `path` with its write-ahead log.
  public static func size(of path: String) -> Int64 {
    DatabaseFile.size(path) + DatabaseFile.size(DatabaseFile.resolved(path) + "-wal")
  }

  /// How many conversations `filter` means, and when the oldest was opened.
  /// Whether one without a close is open or lost is not looked at.
  public func extent(
    _ filter: ConversationFilter
  ) throws(TranscriptError) -> (conversations: Int, oldest: Timestamp?) {
    var conditions = Conditions()
    try narrowed(filter).add(to: &conditions)
    let statement = try connection.cached(
      """
      SELECT count(*), min(c.opened_at) FROM conversation AS c
      LEFT JOIN event AS e ON e.conversation_id = c.id AND e.kind = 4 \(conditions.sql)
      """)
    defer { statement.reset() }
    conditions.bind(to: statement)
    guard try statement.step() else { return (0, nil) }
    return (
      Int(statement.integer(at: 0)),
      statement.integerOrNil(at: 1).map(Timestamp.init(milliseconds:))
    )
  }

  /// What prunes have taken away: how many conversations, with how many
  /// messages.
  public func pruned() throws(TranscriptError) -> (conversations: Int, messages: Int) {
    let statement = try connection.cached(
      "SELECT coalesce(sum(conversations), 0), coalesce(sum(messages), 0) FROM pruning")
    defer { statement.reset() }
    guard try statement.step() else { return (0, 0) }
    return (Int(statement.integer(at: 0)), Int(statement.integer(at: 1)))
  }
}

@available(*, unavailable, message: "an archive stays in the thread of its connection")
extension Archive: Sendable {}
