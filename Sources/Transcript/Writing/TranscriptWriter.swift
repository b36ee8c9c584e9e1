import ChatCore
import ChatPosix

/// Writes one transcript, for one process: opened after the fork, closed
/// before the next one.
package final class TranscriptWriter {
  package let path: String
  package private(set) var connection: Connection
  /// Counts the databases that were opened: what a ``ConversationWriter``
  /// knows of one says nothing about the next.
  private(set) var generation = 0
  private let busyTimeout: Duration
  private let makes: Bool
  /// What is left of the disk to others.
  private let reserve: DiskReserve
  /// Bytes that were written since the disk was last looked at; `nil` when it has
  /// to be looked at first.
  private var written: Int64?
  /// Where the database and its write-ahead log are, links followed once: they are
  /// looked at before every commit.
  private var file: FilePath
  private var logPath: FilePath
  /// Which file the write-ahead log is, once there is one.
  private var log: FileIdentity?

  /// Opens the transcript at `path`.
  ///
  /// - Parameters:
  ///   - path: the database.
  ///   - busyTimeout: how long a commit may wait for other writers.
  ///   - reserve: a commit that would use it throws `full`.
  ///   - makes: whether a transcript is made where there is none; a conversation
  ///     leaves that to the keeper, which alone may begin the shared memory.
  /// - Throws: as ``Connection/forWriting(_:busyTimeout:makes:)``.
  package init(
    path: String, busyTimeout: Duration = Connection.defaultBusyTimeout,
    reserve: DiskReserve = .none, makes: Bool = true
  ) throws(TranscriptError) {
    self.path = path
    self.reserve = reserve
    self.busyTimeout = busyTimeout
    self.makes = makes
    connection = try Self.connect(path, busyTimeout, makes: makes)
    file = DatabaseFile.resolved(path)
    logPath = DatabaseFile.log(of: path)
  }

  /// Makes the directory that the transcript at `path` needs.
  ///
  /// - Throws: `cannotCreate`, `notPermitted`, `readOnly` or `full`.
  package static func makeDirectory(of path: String) throws(TranscriptError) {
    try DatabaseFile.makeDirectory(of: path)
  }

  /// What a writer cuts of the transcript at `path` once another has it open: the
  /// database after it was made smaller, the log past
  /// ``Connection/logSizeLimit``. The shared memory is cut by the first one to have
  /// it open alone.
  package static func shrinkableFiles(of path: String) -> [FilePath] {
    [DatabaseFile.resolved(path), DatabaseFile.log(of: path)]
  }

  private static func connect(
    _ path: String, _ busyTimeout: Duration, makes: Bool
  ) throws(TranscriptError) -> Connection {
    let connection = try Connection.forWriting(path, busyTimeout: busyTimeout, makes: makes)
    // A writer is contained to the transcript's directory, and a statement that
    // changes many pages would want a file for undoing it elsewhere
    // (https://www.sqlite.org/tempfiles.html, "Statement Journal Files").
    try connection.execute("PRAGMA temp_store = MEMORY")
    connection.limitValues()
    return connection
  }

  /// Leaves the file that was deleted or replaced, and opens what is at the
  /// path now, or a new file where it makes one.
  ///
  /// - Throws: as the initializer; the old file is then still the open one.
  package func reopen() throws(TranscriptError) {
    try reconnect()
    generation += 1
  }

  /// Runs `body` in one write transaction that is on disk when this returns.
  ///
  /// - Throws: `deleted`, `replaced` or `emptied` when the file is no longer at
  ///   its path, or nothing is left of it, what `body` throws, and what SQLite reports; nothing is kept.
  func commit<Result>(
    _ body: () throws(TranscriptError) -> Result
  ) throws(TranscriptError) -> Result {
    try checkFiles()
    try checkReserve()
    return try connection.write(body)
  }

  /// So many bytes of what people said were put into a commit.
  func note(written count: Int) {
    if let written { self.written = written + Int64(count) }
  }

  /// Looks at the disk once for each MiB, and every time while it has no more room
  /// than the reserve.
  private func checkReserve() throws(TranscriptError) {
    if reserve == .none { return }
    if let written, written < DiskReserve.lookInterval { return }
    // Where the disk does not say, the next write may.
    guard let space = try? DiskSpace.around(FilePath(path)) else { return }
    written = reserve.isReached(by: space) ? nil : 0
    if written == nil { throw TranscriptError(.full, path: path) }
  }

  /// Makes sure that what is written now is written where others read it.
  ///
  /// - Throws: `deleted`, `replaced`, `emptied`.
  package func checkFiles() throws(TranscriptError) {
    if try !connection.isAtItsPath() {
      let isThere = try DatabaseFile.exists(path)
      throw TranscriptError(isThere ? .replaced : .deleted, path: path)
    }
    if DatabaseFile.isCutOff(file) { throw TranscriptError(.emptied, path: path) }
    try checkLog()
  }

  /// Notices that somebody removed the write-ahead log under this connection.
  ///
  /// SQLite would go on in the file that has no name any more, and whoever
  /// opens the database after that would miss what is in it
  /// (https://www.sqlite.org/howtocorrupt.html, 4.4). So what it holds is put
  /// into the database, and another connection begins a new log. Every process
  /// does this before it writes again.
  private func checkLog() throws(TranscriptError) {
    // A log that cannot be looked at is as good as gone.
    let found = (try? FileIdentity(of: logPath)) ?? nil
    guard let known = log else {
      log = found
      return
    }
    if found == known { return }
    try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try reconnect()
  }

  /// Takes a new connection to what is at the path now.
  private func reconnect() throws(TranscriptError) {
    connection = try Self.connect(path, busyTimeout, makes: makes)
    file = DatabaseFile.resolved(path)
    logPath = DatabaseFile.log(of: path)
    log = nil
  }
}

@available(*, unavailable, message: "a writer stays in the thread that opened it")
extension TranscriptWriter: Sendable {}
