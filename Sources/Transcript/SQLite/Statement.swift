import CSQLite

/// One compiled SQL statement: bind, step through the rows, reset.
public final class Statement {
  public let sql: String
  let handle: OpaquePointer
  private let path: String

  /// Compiles `sql`; `isKept` tells SQLite that it will live long.
  init(_ connection: Connection, _ sql: String, isKept: Bool) throws(TranscriptError) {
    var compiled: OpaquePointer?
    var text = sql
    let flags = isKept ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
    let code = text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        sqlite3_prepare_v3(
          connection.handle, characters.baseAddress, Int32(characters.count), flags, &compiled, nil)
      }
    }
    if code != SQLITE_OK { throw connection.error(code, sql: sql) }
    guard let compiled else { fatalError("a statement without SQL: \(sql)") }
    self.sql = sql
    self.handle = compiled
    self.path = connection.path
  }

  deinit {
    sqlite3_finalize(handle)
  }

  /// Whether it was stepped and neither finished nor reset.
  var isBusy: Bool { sqlite3_stmt_busy(handle) != 0 }

  /// Goes to the next row.
  ///
  /// - Returns: whether there is one. After `false` or an error the statement
  ///   is ready to be stepped again from the start.
  /// - Throws: what SQLite reports.
  public func step() throws(TranscriptError) -> Bool {
    let code = sqlite3_step(handle)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      sqlite3_reset(handle)
      return false
    default:
      let error = TranscriptError(
        sqlite3_db_handle(handle), code: code, path: path, sql: sql)
      sqlite3_reset(handle)
      throw error
    }
  }

  /// Steps to the end; for what returns no rows.
  public func run() throws(TranscriptError) {
    while try step() {}
  }

  /// Leaves the rows that were not read, and lets go of the read lock that
  /// they held. What was bound stays bound.
  public func reset() {
    sqlite3_reset(handle)
  }
}

@available(*, unavailable, message: "a statement stays in the thread of its connection")
extension Statement: Sendable {}
