import CSQLite
import ChatCore
import ChatPosix

/// One connection to an SQLite database.
///
/// It belongs to the process that opened it: no connection may be open across
/// a fork (https://www.sqlite.org/howtocorrupt.html#_carrying_an_open_database_connection_across_a_fork_),
/// not even one that the child never touches. It is closed when the last
/// reference to it goes.
package final class Connection {
  /// The database, as it was named by the caller.
  package let path: String
  let handle: OpaquePointer
  private let owner = ProcessID.current
  /// Where this one waits for the writers of other processes; `nil` for one
  /// that writes nothing.
  private let queue: WriterQueue?
  /// How long a call may wait for another connection's lock before it throws
  /// `locked`.
  private var busyTimeout = Duration.zero
  /// The statements that are kept: a dozen, so that looking through them is
  /// quicker than to hash their SQL.
  private var cache: [Statement] = []
  /// For ``asking(_:_:)``, once it was needed.
  var textAsker: TextAsker?

  /// Sets up the library, once and before its first use in this process.
  private static let library: Void = {
    _ = chat_count_no_memory()
    // https://www.sqlite.org/c3ref/initialize.html; else every open does it, and
    // an error of it is taken for one of the file.
    _ = sqlite3_initialize()
  }()

  /// Opens what is at `path`; the set-up is the caller's. `name` is what
  /// SQLite is given to open when it is not `path`: a `file:` URI.
  init(
    path: String, name: String? = nil, flags: Int32, queue: WriterQueue? = nil
  ) throws(TranscriptError) {
    Self.library
    var opened: OpaquePointer?
    // A connection stays in one thread, so SQLite's own mutexes are not
    // needed; extended codes say more of an error.
    let flags = flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = sqlite3_open_v2(name ?? Self.plainName(path), &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      let error = TranscriptError(opened, code: code, path: path)
      sqlite3_close_v2(opened)
      throw error
    }
    self.path = path
    self.handle = opened
    self.queue = queue
  }

  deinit {
    // What a child closes, its parent loses the locks of: leaking is safe.
    guard ProcessID.current == owner else { return }
    cache.removeAll()
    // A statement that outlives its connection keeps the file open until it
    // is gone itself (https://www.sqlite.org/c3ref/close.html).
    sqlite3_close_v2(handle)
  }

  /// Names such as `:memory:` and `file:x` mean something to SQLite; a user
  /// who gives one means a file.
  private static func plainName(_ path: String) -> String {
    path.hasPrefix("/") ? path : "./" + path
  }

  /// Compiles one statement. Needed when its text is used once; see
  /// ``cached(_:)``.
  package func prepare(_ sql: String) throws(TranscriptError) -> Statement {
    try Statement(self, sql, isKept: false)
  }

  /// The statement for `sql`, compiled the first time only. It comes reset;
  /// one that is still in use is left alone and a fresh one made.
  package func cached(_ sql: String) throws(TranscriptError) -> Statement {
    let index = cache.firstIndex { $0.sql == sql }
    if let index, !cache[index].isBusy { return cache[index] }
    let statement = try Statement(self, sql, isKept: true)
    if let index { cache[index] = statement } else { cache.append(statement) }
    return statement
  }

  /// Runs every statement of a script that returns nothing and binds nothing.
  package func execute(_ script: String) throws(TranscriptError) {
    let code = sqlite3_exec(handle, script, nil, nil, nil)
    if code != SQLITE_OK { throw error(code, sql: script) }
  }

  /// The first column of the first row; `nil` when there is no row or it is
  /// NULL.
  package func integer(_ sql: String) throws(TranscriptError) -> Int64? {
    let statement = try cached(sql)
    defer { statement.reset() }
    return try statement.step() ? statement.integerOrNil(at: 0) : nil
  }

  /// The rowid that the last INSERT on this connection gave.
  package var lastInsertedID: Int64 { sqlite3_last_insert_rowid(handle) }

  /// Rows that the last INSERT, UPDATE or DELETE touched.
  var changes: Int64 { sqlite3_changes64(handle) }

  /// The same of all statements since it was opened.
  var totalChanges: Int64 { sqlite3_total_changes64(handle) }

  /// Runs `body`, which may write the tables that FTS5 keeps for itself.
  /// https://www.sqlite.org/c3ref/c_dbconfig_defensive.html
  package func writingShadowTables(
    _ body: () throws(TranscriptError) -> Void
  ) throws(TranscriptError) {
    _ = chat_protect_schema(handle, 0)
    defer { _ = chat_protect_schema(handle, 1) }
    try body()
  }

  package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") == 1 }

  /// Whether the file that this has open is still the one at its path: one
  /// stat(2).
  ///
  /// - Throws: what SQLite reports.
  package func isAtItsPath() throws(TranscriptError) -> Bool {
    var hasMoved: Int32 = 0
    // https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html#sqlitefcntlhasmoved
    let code = sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved)
    if code != SQLITE_OK { throw error(code) }
    return hasMoved == 0
  }

  func setBusyTimeout(_ timeout: Duration) {
    busyTimeout = timeout
    sqlite3_busy_timeout(handle, Int32(clamping: timeout.wholeMilliseconds))
  }

  /// Bytes of the longest value that is read: dozens of times the longest message, and
  /// little of the memory that a contained process has. What is longer no chatserve has
  /// written.
  private static let longestValue: Int32 = 1 << 20

  /// Reading or writing a longer text or blob is an error then
  /// (``TranscriptError/isOfLongValue``), in place of memory that there may not be
  /// (https://www.sqlite.org/c3ref/c_limit_attached.html).
  package func limitValues() {
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Self.longestValue)
  }

  func error(_ code: Int32, sql: String? = nil) -> TranscriptError {
    TranscriptError(handle, code: code, path: path, sql: sql)
  }
}

extension Connection {
  /// Runs `body` in one write transaction: all of it is on disk when this
  /// returns, and nothing of it is kept when this throws. The connection can
  /// be used again either way.
  ///
  /// The lock is taken at the start (BEGIN IMMEDIATE), so that waiting for it
  /// happens before any work and a read never has to be upgraded
  /// (https://www.sqlite.org/lang_transaction.html); before it, the place of
  /// the other processes' writers is waited for.
  package func write<Result>(
    _ body: () throws(TranscriptError) -> Result
  ) throws(TranscriptError) -> Result {
    try inTurn { () throws(TranscriptError) in try transaction(begin: "BEGIN IMMEDIATE", body) }
  }

  /// Runs `body` on one unchanging view of the database. To be kept short: a
  /// view that is held makes the write-ahead log grow
  /// (https://www.sqlite.org/wal.html#avoiding_excessively_large_wal_files).
  package func read<Result>(
    _ body: () throws(TranscriptError) -> Result
  ) throws(TranscriptError) -> Result {
    try transaction(begin: "BEGIN", body)
  }

  /// Runs `body`, in which nothing waits for another's lock for longer than `limit`;
  /// `nil`: than ever.
  func waiting<Result>(
    within limit: Duration?, _ body: () throws(TranscriptError) -> Result
  ) throws(TranscriptError) -> Result {
    let whole = busyTimeout
    guard let limit, limit < whole else { return try body() }
    setBusyTimeout(limit)
    defer { setBusyTimeout(whole) }
    return try body()
  }

  func inTurn<Result>(
    _ body: () throws(TranscriptError) -> Result
  ) throws(TranscriptError) -> Result {
    guard let queue else { return try body() }
    let whole = busyTimeout
    return try queue.inTurn(within: whole) { (left) throws(TranscriptError) in
      if left == whole { return try body() }
      setBusyTimeout(left)
      defer { setBusyTimeout(whole) }
      return try body()
    }
  }

  private func transaction<Result>(
    begin: String, _ body: () throws(TranscriptError) -> Result
  ) throws(TranscriptError) -> Result {
    precondition(ProcessID.current == owner, "a database connection was carried across a fork")
    precondition(!isInTransaction, "transactions do not nest")
    try cached(begin).run()
    do throws(TranscriptError) {
      let result = try body()
      try cached("COMMIT").run()
      return result
    } catch {
      rollBack()
      throw error
    }
  }

  /// Some failures, a full disk among them, have ended the transaction by
  /// themselves; a failed COMMIT may have left it open.
  private func rollBack() {
    guard isInTransaction else { return }
    // An error here is one that came while undoing; the first says the cause,
    // and SQLite has undone what it could.
    sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
  }
}

@available(*, unavailable, message: "a connection stays in the thread that opened it")
extension Connection: Sendable {}
