import CSQLite
import Schema

extension Connection {
  /// How long to wait for another connection's lock, in milliseconds: many
  /// times the longest wait seen with 64 writers, and short enough for a
  /// person to wait for the sentence.
  public static let defaultBusyTimeout: Int32 = 5000

  /// The size that the write-ahead log is cut back to once a reader that made
  /// it grow has gone, in bytes: four times what the default checkpoint
  /// interval of 1000 pages makes of it.
  static let logSizeLimit = 16 * 1024 * 1024

  /// Opens a transcript for writing. What is missing is made: directories
  /// with mode 0700, the file with mode 0600, the tables by migration.
  ///
  /// - Parameters:
  ///   - path: the database.
  ///   - busyTimeout: how long a call may wait for a lock, in milliseconds.
  /// - Returns: the connection, set up.
  /// - Throws: ``TranscriptError``, of the kinds `cannotCreate`, `notAFile`,
  ///   `notPermitted`, `readOnly`, `notADatabase`, `foreign`, `newer`,
  ///   `noWriteAheadLog`, `corrupt`, `locked`, `full` among others.
  public static func forWriting(
    _ path: String, busyTimeout: Int32 = defaultBusyTimeout
  ) throws(TranscriptError) -> Connection {
    if let ready = try openReady(path, busyTimeout) { return ready }
    try DatabaseFile.makeDirectory(of: path)
    // One at a time: of two that start at once, one makes the file, and
    // neither meets the other in the middle of changing the journal mode.
    var queue = WriterQueue(database: path)
    let left = queue.enter(limit: busyTimeout)
    defer { queue.leave() }
    try DatabaseFile.create(path)
    let connection = try Connection(path: path, flags: SQLITE_OPEN_READWRITE)
    connection.setBusyTimeout(milliseconds: left)
    defer { connection.setBusyTimeout(milliseconds: busyTimeout) }
    // SQLite falls back to reading what it may not write.
    if connection.isReadOnly { throw DatabaseFile.refusal(toWrite: path) }
    // Before anything is changed in a file that may not be ours.
    _ = try connection.identify()
    try connection.turnOnWriteAheadLog()
    try connection.setUpForWriting()
    try connection.migrate()
    return connection
  }

  /// The transcript, when nothing has to be made, changed or waited for: a
  /// conversation opens it while its peer waits.
  private static func openReady(
    _ path: String, _ busyTimeout: Int32
  ) throws(TranscriptError) -> Connection? {
    guard try DatabaseFile.exists(path) else { return nil }
    let connection = try Connection(path: path, flags: SQLITE_OPEN_READWRITE)
    connection.setBusyTimeout(milliseconds: busyTimeout)
    if connection.isReadOnly { throw DatabaseFile.refusal(toWrite: path) }
    guard try connection.identify() == Schema.migrations.count,
      try connection.journalMode() == "wal"
    else { return nil }
    try connection.setUpForWriting()
    return connection
  }

  private func setUpForWriting() throws(TranscriptError) {
    try turnOnFullDurability()
    try turnOnForeignKeys()
    try limitLogSize()
  }

  private func journalMode() throws(TranscriptError) -> String {
    let statement = try prepare("PRAGMA journal_mode")
    return try statement.step() ? statement.text(at: 0) : ""
  }

  /// https://www.sqlite.org/wal.html
  private func turnOnWriteAheadLog() throws(TranscriptError) {
    let statement = try prepare("PRAGMA journal_mode = WAL")
    let mode = try statement.step() ? statement.text(at: 0) : ""
    guard mode == "wal" else { throw TranscriptError(.noWriteAheadLog, path: path) }
  }

  /// A commit that has returned survives a power cut
  /// (https://www.sqlite.org/pragma.html#pragma_synchronous).
  private func turnOnFullDurability() throws(TranscriptError) {
    try execute("PRAGMA synchronous = FULL")
  }

  /// https://www.sqlite.org/c3ref/c_dbconfig_defensive.html#sqlitedbconfigenablefkey
  private func turnOnForeignKeys() throws(TranscriptError) {
    let code = chat_check_foreign_keys(handle)
    if code != SQLITE_OK { throw error(code) }
  }

  /// https://www.sqlite.org/pragma.html#pragma_journal_size_limit
  private func limitLogSize() throws(TranscriptError) {
    let statement = try prepare("PRAGMA journal_size_limit = \(Self.logSizeLimit)")
    try statement.run()
  }
}
