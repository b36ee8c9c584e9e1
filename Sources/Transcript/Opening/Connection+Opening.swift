import CSQLite
import ChatCore
import ChatPosix
import Schema

extension Connection {
  /// How long to wait for another connection's lock: many times the longest
  /// wait seen with 64 writers, and short enough for a person to wait for the
  /// sentence.
  package static let defaultBusyTimeout = Duration.seconds(5)

  /// The size that the write-ahead log is cut back to once a reader that made
  /// it grow has gone, in bytes: four times what the default checkpoint
  /// interval of 1000 pages makes of it.
  static let logSizeLimit = 16 * 1024 * 1024

  /// Opens a transcript for writing. What is missing is made: directories
  /// with mode 0700, the file with mode 0600, the tables.
  ///
  /// - Parameters:
  ///   - path: the database.
  ///   - busyTimeout: how long a call may wait for a lock.
  ///   - makes: whether a transcript is made where there is none; else it is waited
  ///     for, as for a lock, until another process has made it.
  /// - Returns: the connection, set up.
  /// - Throws: ``TranscriptError``, of the kinds `cannotCreate`, `notAFile`,
  ///   `notPermitted`, `readOnly`, `notADatabase`, `foreign`, `otherBuild`,
  ///   `noWriteAheadLog`, `corrupt`, `locked`, `full` among others.
  package static func forWriting(
    _ path: String, busyTimeout: Duration = defaultBusyTimeout, makes: Bool = true
  ) throws(TranscriptError) -> Connection {
    if let ready = try openReady(path, busyTimeout) { return ready }
    if !makes { return try waitUntilReady(path, busyTimeout) }
    try DatabaseFile.makeDirectory(of: path)
    try DatabaseFile.checkPlace(of: path)
    // One at a time: of two that start at once, one makes the file, and
    // neither meets the other in the middle of changing the journal mode.
    let queue = WriterQueue(database: path)
    return try queue.inTurn(within: busyTimeout) { (left) throws(TranscriptError) in
      try DatabaseFile.removeEmptied(path)
      try DatabaseFile.create(path)
      let connection = try openWritable(path, queue, left)
      try connection.distrustSchema()
      // Before anything is changed in a file that may not be ours.
      if try connection.isTranscript() { try Declarations.check(connection) }
      try DatabaseFile.checkForWriting(path)
      try connection.turnOnWriteAheadLog()
      try connection.setUpForWriting()
      try connection.createTables()
      connection.setBusyTimeout(busyTimeout)
      return connection
    }
  }

  /// The transcript, when nothing has to be made, changed or waited for: a
  /// conversation opens it while its peer waits.
  private static func openReady(
    _ path: String, _ busyTimeout: Duration
  ) throws(TranscriptError) -> Connection? {
    guard try DatabaseFile.exists(path), !DatabaseFile.isEmptied(path) else { return nil }
    try DatabaseFile.checkPlace(of: path)
    let connection = try openWritable(path, WriterQueue(database: path), busyTimeout)
    try connection.distrustSchema()
    guard try connection.isTranscript(), try connection.journalMode() == "wal" else { return nil }
    try Declarations.check(connection)
    try DatabaseFile.checkForWriting(path)
    try connection.setUpForWriting()
    return connection
  }

  /// - Throws: `missing` after `busyTimeout`.
  private static func waitUntilReady(
    _ path: String, _ busyTimeout: Duration
  ) throws(TranscriptError) -> Connection {
    let start = Clock.monotonic()
    while Clock.monotonic() - start < busyTimeout {
      // Milliseconds, a fraction of what the keeper takes to notice.
      sqlite3_sleep(20)
      if let ready = try openReady(path, busyTimeout) { return ready }
    }
    throw TranscriptError(.missing, path: path)
  }

  private static func openWritable(
    _ path: String, _ queue: WriterQueue, _ busyTimeout: Duration
  ) throws(TranscriptError) -> Connection {
    let connection = try Connection(path: path, flags: SQLITE_OPEN_READWRITE, queue: queue)
    connection.setBusyTimeout(busyTimeout)
    // SQLite falls back to reading what it may not write.
    if connection.isReadOnly {
      try DatabaseFile.checkWritable(path)
      throw TranscriptError(.readOnly, path: path)
    }
    return connection
  }

  /// Views, indexes and triggers of a file that somebody else may have prepared
  /// run no function that does anything (https://www.sqlite.org/security.html),
  /// and no statement writes what SQLite keeps for itself.
  private func distrustSchema() throws(TranscriptError) {
    for code in [chat_distrust_schema(handle), chat_protect_schema(handle, 1)] {
      guard code == SQLITE_OK else { throw error(code) }
    }
  }

  private func setUpForWriting() throws(TranscriptError) {
    // A commit that has returned survives a power cut: the log is flushed with
    // each, and its directory with the first of a new one
    // (https://www.sqlite.org/pragma.html#pragma_synchronous).
    try execute("PRAGMA synchronous = FULL")
    // https://www.sqlite.org/c3ref/c_dbconfig_defensive.html#sqlitedbconfigenablefkey
    let code = chat_check_foreign_keys(handle)
    if code != SQLITE_OK { throw error(code) }
    // https://www.sqlite.org/pragma.html#pragma_journal_size_limit
    try prepare("PRAGMA journal_size_limit = \(Self.logSizeLimit)").run()
  }

  /// https://www.sqlite.org/wal.html
  private func turnOnWriteAheadLog() throws(TranscriptError) {
    guard try journalMode("= WAL") == "wal" else {
      throw TranscriptError(.noWriteAheadLog, path: path)
    }
  }

  private func journalMode(_ change: String = "") throws(TranscriptError) -> String {
    let statement = try prepare("PRAGMA journal_mode \(change)")
    return try statement.step() ? statement.text(at: 0) : ""
  }
}

/// Reading.
extension Connection {
  /// Opens a transcript for reading: nothing is created, changed or written.
  ///
  /// It works where the directory is read-only too. A database in WAL mode
  /// then needs its shared memory to be there already; where no log file is,
  /// nobody writes, and the file is read as it is
  /// (https://www.sqlite.org/wal.html#readonly).
  ///
  /// - Parameters:
  ///   - path: the database.
  ///   - busyTimeout: how long a read may wait for a lock.
  ///   - checksSchema: whether what is not declared as the schema declares it is
  ///     refused; who does not ask for it names it instead.
  /// - Returns: the connection, set up.
  /// - Throws: ``TranscriptError``, of the kinds `missing`, `notAFile`,
  ///   `notPermitted`, `notADatabase`, `foreign`, `otherBuild`, `altered`,
  ///   `empty`, `exposed`, `corrupt`, `locked` among others.
  package static func forReading(
    _ path: String, busyTimeout: Duration = defaultBusyTimeout, checksSchema: Bool = true
  ) throws(TranscriptError) -> Connection {
    guard try DatabaseFile.exists(path) else { throw TranscriptError(.missing, path: path) }
    try DatabaseFile.checkPlace(of: path)
    if DatabaseFile.isEmptied(path) { throw TranscriptError(.emptied, path: path) }
    let connection: Connection
    do throws(TranscriptError) {
      connection = try readable(path, immutable: false, busyTimeout: busyTimeout)
    } catch {
      guard error.isForWantOfSharedMemory, !DatabaseFile.hasLog(path) else { throw error }
      connection = try readable(path, immutable: true, busyTimeout: busyTimeout)
    }
    try DatabaseFile.checkForReading(path)
    if checksSchema { try Declarations.check(connection) }
    return connection
  }

  private static func readable(
    _ path: String, immutable: Bool, busyTimeout: Duration
  ) throws(TranscriptError) -> Connection {
    let connection =
      immutable
      ? try Connection(
        path: path, name: DatabaseFile.immutableURI(path),
        flags: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
      : try Connection(path: path, flags: SQLITE_OPEN_READONLY)
    connection.setBusyTimeout(busyTimeout)
    // In KiB. Whoever reads goes through it once, or looks up what lies together: the
    // 2 MiB that SQLite would keep are felt in no time, but in what a process takes
    // (https://www.sqlite.org/pragma.html#pragma_cache_size).
    try connection.execute("PRAGMA cache_size = -512")
    connection.limitValues()
    try connection.distrustSchema()
    guard try connection.isTranscript() else { throw TranscriptError(.empty, path: path) }
    return connection
  }
}

/// Whose file it is.
extension Connection {
  /// "chat" in ASCII: what `PRAGMA application_id` says of a transcript, so
  /// that no other program's database is taken for one
  /// (https://www.sqlite.org/pragma.html#pragma_application_id).
  static let applicationID: Int64 = 0x6368_6174

  /// What `PRAGMA user_version` says of a transcript of this build: until the
  /// first release the schema is edited in place, and this is its FNV-1a hash
  /// (RFC 9923), which needs no library
  /// (https://www.sqlite.org/pragma.html#pragma_user_version). The numbers of
  /// versions to come are below 2³⁰.
  static let schemaVersion: Int64 = {
    let hash = Schema.sql.utf8.reduce(0x811c_9dc5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    return Int64(hash & 0x3fff_ffff | 0x4000_0000)
  }()

  /// Makes sure that nobody else made the database.
  ///
  /// - Returns: whether it is a transcript; false when it is empty.
  /// - Throws: `foreign` when another program made it, `otherBuild` when another
  ///   build of this one did, and what SQLite reports.
  func isTranscript() throws(TranscriptError) -> Bool {
    // At one moment: another server may make its tables between two looks.
    try isInTransaction
      ? identify() : read { () throws(TranscriptError) in try identify() }
  }

  private func identify() throws(TranscriptError) -> Bool {
    let version = try integer("PRAGMA user_version") ?? 0
    switch try integer("PRAGMA application_id") ?? 0 {
    case Self.applicationID:
      if version == Self.schemaVersion { return true }
      throw TranscriptError(
        .otherBuild, path: path, message: "schema \(version), not \(Self.schemaVersion)")
    case 0 where version == 0:
      if try integer("SELECT count(*) FROM sqlite_schema") == 0 { return false }
    default: break
    }
    throw TranscriptError(.foreign, path: path)
  }

  /// Makes the tables in an empty database, in one transaction.
  ///
  /// - Throws: as ``isTranscript()``, and what SQLite reports; the database is
  ///   then as it was.
  func createTables() throws(TranscriptError) {
    try write { () throws(TranscriptError) in
      // Asked again under the lock: of two servers that start at once, the
      // second finds the work done.
      if try isTranscript() { return }
      try execute(Schema.sql)
      try execute("PRAGMA application_id = \(Self.applicationID)")
      try execute("PRAGMA user_version = \(Self.schemaVersion)")
    }
  }
}

extension TranscriptError {
  /// Whether this is how a read-only WAL database without a shared-memory
  /// file fails.
  fileprivate var isForWantOfSharedMemory: Bool {
    guard let code else { return false }
    return code & 0xff == SQLITE_CANTOPEN || code & 0xff == SQLITE_READONLY
  }
}
