import CSQLite
import Glibc

/// One connection to an SQLite database.
///
/// It belongs to the process that opened it: no connection may be open across
/// a fork (https://www.sqlite.org/howtocorrupt.html#_carrying_an_open_database_connection_across_a_fork_),
/// not even one that the child never touches. It is closed when the last
/// reference to it goes.
public final class Connection {
  /// The database, as it was named by the caller.
  public let path: String
  let handle: OpaquePointer
  private let owner = getpid()
  /// The statements that are kept: a dozen, so that looking through them is
  /// quicker than to hash their SQL.
  private var cache: [Statement] = []

  /// Sets up the library, once and before its first use in this process. Where
  /// somebody has used it before, nothing changes and nothing is lost. It opens
  /// nothing and draws no random number, so it may be done before a fork.
  static let library: Void = {
    _ = chat_count_no_memory()
    // https://www.sqlite.org/c3ref/initialize.html; else every open does it, and
    // tells what is wrong.
    _ = sqlite3_initialize()
  }()

  /// Opens what is at `path`; the set-up is the caller's. `name` is what
  /// SQLite is told to open when it is not `path`: a `file:` URI.
  init(path: String, name: String? = nil, flags: Int32) throws(TranscriptError) {
    Self.library
    var opened: OpaquePointer?
    // A connection stays in one thread, so SQLite's own mutexes are not
    // needed; extended codes make errors tell more.
    let flags = flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = sqlite3_open_v2(name ?? Self.plainName(path), &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      let error = TranscriptError(opened, code: code, path: path)
      sqlite3_close_v2(opened)
      throw error
    }
    self.path = path
    self.handle = opened
  }

  deinit {
    // What a child closes, its parent loses the locks of: leaking is safe.
    guard getpid() == owner else { return }
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
  public func prepare(_ sql: String) throws(TranscriptError) -> Statement {
    try Statement(self, sql, isKept: false)
  }

  /// The statement for `sql`, compiled the first time only. It comes reset;
  /// one that is still in use is left alone and a fresh one made.
  public func cached(_ sql: String) throws(TranscriptError) -> Statement {
    let index = cache.firstIndex { $0.sql == sql }
    if let index, !cache[index].isBusy { return cache[index] }
    let statement = try Statement(self, sql, isKept: true)
    if let index { cache[index] = statement } else { cache.append(statement) }
    return statement
  }

  /// Runs every statement of a script that returns nothing and binds nothing.
  public func execute(_ script: String) throws(TranscriptError) {
    let code = sqlite3_exec(handle, script, nil, nil, nil)
    if code != SQLITE_OK { throw error(code, sql: script) }
  }

  /// The first column of the first row; `nil` when there is no row or it is
  /// NULL.
  public func integer(_ sql: String) throws(TranscriptError) -> Int64? {
    let statement = try cached(sql)
    defer { statement.reset() }
    return try statement.step() ? statement.integerOrNil(at: 0) : nil
  }

  /// The rowid that the last INSERT on this connection gave.
  public var lastInsertedID: Int64 { sqlite3_last_insert_rowid(handle) }

  /// Rows that the last INSERT, UPDATE or DELETE touched.
  public var changes: Int64 { sqlite3_changes64(handle) }

  public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  public var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") == 1 }

  /// How long a call may wait for another connection's lock before it throws
  /// `locked`, in milliseconds.
  public func setBusyTimeout(milliseconds: Int32) {
    sqlite3_busy_timeout(handle, milliseconds)
  }

  /// Traps when the connection came here by fork(2).
  func assertOwner() {
    precondition(getpid() == owner, "a database connection was carried across a fork")
  }

  func error(_ code: Int32, sql: String? = nil) -> TranscriptError {
    TranscriptError(handle, code: code, path: path, sql: sql)
  }
}

@available(*, unavailable, message: "a connection stays in the thread that opened it")
extension Connection: Sendable {}
