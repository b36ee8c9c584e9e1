import ChatCore
import ChatPosix

/// The transcript as it is read: queries that walk an index and hand out rows
/// as they come, and hold no lock between batches, so that a reader who pauses
/// never keeps the server's log from being cut back.
package final class Archive {
  package let connection: Connection
  /// What the full-text index may be asked in.
  let forms: [SearchForm]
  /// What it is called where several are read; `nil` where it is the only one.
  package private(set) var name: String?
  /// The clock by which a client may still come back.
  package var now: () -> Timestamp = { Timestamp(milliseconds: Clock.realtimeMilliseconds()) }
  /// Where the locks of the runs are: asked for every conversation without a
  /// close.
  lazy var lockFile = DatabaseFile.lockFile(of: connection.path)

  /// Opens the transcript at `path`; nothing is created or changed.
  ///
  /// - Throws: as ``Connection/forReading(_:busyTimeout:)``.
  package convenience init(path: String) throws(TranscriptError) {
    self.init(try Connection.forReading(path))
  }

  /// Reads through a connection that is open already.
  package init(_ connection: Connection, forms: [SearchForm] = SearchForm.known) {
    self.connection = connection
    self.forms = forms
  }

  /// What is at the path now; `nil` while nothing is that can be read, such
  /// as a file that a server is about to make.
  package func successor() -> Archive? {
    guard let successor = try? Archive(path: connection.path) else { return nil }
    if let name { try? successor.isOneOfSeveral(name) }
    successor.now = now
    return successor
  }

  /// Others are read at the same time, between which it is called `name`.
  ///
  /// - Throws: what SQLite reports.
  package func isOneOfSeveral(_ name: String) throws(TranscriptError) {
    self.name = name
    // In KiB, for each: what many keep in memory adds up, and each is read
    // through once (https://www.sqlite.org/pragma.html#pragma_cache_size).
    try connection.execute("PRAGMA cache_size = -256")
  }

  /// The id of the newest conversation that had the floor, or of one so many
  /// before it; `nil` when there is none. Where none ever had it, of the newest
  /// connection.
  package func newestConversation(skipping count: Int = 0) throws(TranscriptError) -> Int64? {
    if let id = try newest("WHERE floor_at IS NOT NULL", skipping: count) { return id }
    let hasTalk = try newest("WHERE floor_at IS NOT NULL", skipping: 0) != nil
    return hasTalk ? nil : try newest("", skipping: count)
  }

  private func newest(_ condition: String, skipping count: Int) throws(TranscriptError) -> Int64? {
    let statement = try connection.cached(
      "SELECT id FROM conversation \(condition) ORDER BY id DESC LIMIT 1 OFFSET ?1")
    defer { statement.reset() }
    statement.bind(Int64(count), at: 1)
    return try statement.step() ? statement.integer(at: 0) : nil
  }

  /// Whether there is any conversation among `ids`: looked up by the id alone,
  /// since a whole row of the list costs a search for its ending.
  package func hasConversation(in ids: IDRange) throws(TranscriptError) -> Bool {
    let statement = try connection.cached(
      "SELECT 1 FROM conversation WHERE id BETWEEN ?1 AND ?2 LIMIT 1")
    defer { statement.reset() }
    statement.bind(ids.lowerBound, at: 1)
    statement.bind(ids.upperBound, at: 2)
    return try statement.step()
  }

  /// The seq of the newest event; 0 when there is none.
  package func newestEvent() throws(TranscriptError) -> Int64 {
    try connection.integer("SELECT max(id) FROM event") ?? 0
  }

  /// A number that changes when another connection has committed
  /// (https://www.sqlite.org/pragma.html#pragma_data_version).
  package func dataVersion() throws(TranscriptError) -> Int64 {
    try connection.integer("PRAGMA data_version") ?? 0
  }

  /// The size in bytes of the database at `path` with its write-ahead log.
  package static func size(of path: String) -> Int64 {
    DatabaseFile.size(DatabaseFile.resolved(path)) + DatabaseFile.size(DatabaseFile.log(of: path))
  }

  /// How many conversations `filter` means, and when the oldest was opened.
  /// Whether one without a close is open or lost is not looked at.
  package func extent(
    _ filter: ConversationFilter
  ) throws(TranscriptError) -> (conversations: Int, oldest: Timestamp?) {
    var conditions = Conditions()
    try narrowed(filter).add(to: &conditions)
    // Where nothing asks for the close, it is not looked up.
    let join =
      filter.states.isEmpty
      ? "" : "LEFT JOIN event AS e ON e.conversation_id = c.id AND e.kind = 'close'"
    let statement = try connection.cached(
      "SELECT count(*), min(c.opened_at) FROM conversation AS c \(join) \(conditions.sql)")
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
  package func pruned() throws(TranscriptError) -> (conversations: Int, messages: Int) {
    let statement = try connection.cached(
      "SELECT coalesce(sum(conversations), 0), coalesce(sum(messages), 0) FROM pruning")
    defer { statement.reset() }
    guard try statement.step() else { return (0, 0) }
    return (Int(statement.integer(at: 0)), Int(statement.integer(at: 1)))
  }
}

@available(*, unavailable, message: "an archive stays in the thread of its connection")
extension Archive: Sendable {}
