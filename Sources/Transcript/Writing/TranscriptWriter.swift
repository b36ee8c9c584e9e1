import CSQLite

/// Writes one transcript, for one process: opened after the fork, closed
/// before the next one.
public final class TranscriptWriter {
  public let path: String
  public private(set) var connection: Connection
  /// Counts the databases that were opened: what a ``ConversationWriter``
  /// knows of one says nothing about the next.
  private(set) var generation = 0
  var queue: WriterQueue
  let busyTimeout: Int32
  /// Where the write-ahead log is, links followed once: it is looked at before
  /// every commit.
  private(set) var logPath: String
  /// Which file the write-ahead log is, once there is one.
  var log: FileIdentity?

  /// Opens the transcript at `path` and makes what is missing.
  ///
  /// - Parameters:
  ///   - path: the database.
  ///   - busyTimeout: how long a commit may wait for other writers, in
  ///     milliseconds.
  ///   - durableLog: the log whose name survives a power cut, as another
  ///     process's ``namedLog`` told; `nil` when none is known.
  /// - Throws: as ``Connection/forWriting(_:busyTimeout:)``.
  public init(
    path: String, busyTimeout: Int32 = Connection.defaultBusyTimeout,
    durableLog: FileIdentity? = nil
  ) throws(TranscriptError) {
    self.path = path
    self.busyTimeout = busyTimeout
    Self.trustName(ofLogOf: path, durable: durableLog)
    connection = try Self.connect(path, busyTimeout)
    queue = WriterQueue(database: path)
    logPath = DatabaseFile.resolved(path) + "-wal"
  }

  /// Makes the directory that the transcript at `path` needs.
  ///
  /// - Throws: `cannotCreate`, `notPermitted`, `readOnly` or `full`.
  public static func makeDirectory(of path: String) throws(TranscriptError) {
    try DatabaseFile.makeDirectory(of: path)
  }

  private static func connect(
    _ path: String, _ busyTimeout: Int32
  ) throws(TranscriptError) -> Connection {
    let connection = try Connection.forWriting(path, busyTimeout: busyTimeout)
    // A writer is contained to the transcript's directory, and a statement that
    // changes many pages would want a file for undoing it elsewhere
    // (https://www.sqlite.org/tempfiles.html, "Statement Journal Files").
    try connection.execute("PRAGMA temp_store = MEMORY")
    return connection
  }

  /// Leaves the file that was deleted or replaced, and opens what is at the
  /// path now, or a new file.
  ///
  /// - Throws: as the initializer; the old file is then still the open one.
  public func reopen() throws(TranscriptError) {
    try reconnect()
    generation += 1
  }

  /// Runs `body` in one write transaction that is on disk when this returns.
  ///
  /// - Throws: `deleted` or `replaced` when the file is no longer at its
  ///   path, what `body` throws, and what SQLite reports; nothing is kept.
  func commit<Result>(
    _ body: () throws(TranscriptError) -> Result
  ) throws(TranscriptError) -> Result {
    try checkFiles()
    let left = queue.enter(limit: busyTimeout)
    defer { queue.leave() }
    guard left != busyTimeout else { return try connection.write(body) }
    connection.setBusyTimeout(milliseconds: left)
    defer { connection.setBusyTimeout(milliseconds: busyTimeout) }
    return try connection.write(body)
  }

  /// Makes sure that what is written now is written where others read it.
  ///
  /// - Throws: `deleted`, `replaced`.
  public func checkFiles() throws(TranscriptError) {
    try checkDatabase()
    try checkLog()
  }

  /// Takes a new connection to what is at the path now.
  func reconnect() throws(TranscriptError) {
    Self.trustName(ofLogOf: path, durable: nil)
    connection = try Self.connect(path, busyTimeout)
    queue = WriterQueue(database: path)
    logPath = DatabaseFile.resolved(path) + "-wal"
    log = nil
  }

  private func checkDatabase() throws(TranscriptError) {
    var hasMoved: Int32 = 0
    // https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html#sqlitefcntlhasmoved
    let code = sqlite3_file_control(
      connection.handle, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved)
    if code != SQLITE_OK { throw connection.error(code) }
    if hasMoved == 0 { return }
    let isThere = try DatabaseFile.exists(path)
    throw TranscriptError(isThere ? .replaced : .deleted, path: path)
  }
}

@available(*, unavailable, message: "a writer stays in the thread that opened it")
extension TranscriptWriter: Sendable {}
