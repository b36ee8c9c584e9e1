import CSQLite
import ChatDigest

/// One compiled SQL statement: bind, step through the rows, reset.
package final class Statement {
  package let sql: String
  let handle: OpaquePointer
  private let path: String
  /// How many columns a row has.
  let columnCount: Int

  /// Compiles `sql`; `isKept` says that it will live long.
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
    columnCount = Int(sqlite3_column_count(compiled))
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
  package func step() throws(TranscriptError) -> Bool {
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
  package func run() throws(TranscriptError) {
    while try step() {}
  }

  /// Leaves the rows that were not read, and lets go of the read lock that
  /// they held. What was bound stays bound.
  package func reset() {
    sqlite3_reset(handle)
  }
}

@available(*, unavailable, message: "a statement stays in the thread of its connection")
extension Statement: Sendable {}

/// Has SQLite copy what is bound: the C macro is a cast that Swift does not
/// import (https://www.sqlite.org/c3ref/c_static.html).
private let transient = unsafeBitCast(-1 as Int, to: sqlite3_destructor_type.self)

/// A value of a row.
package enum SQLValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case text(String)
  case blob([UInt8])

  package init(_ integer: Int64?) { self = integer.map(SQLValue.integer) ?? .null }
  package init(_ text: String?) { self = text.map(SQLValue.text) ?? .null }
  package init(_ blob: [UInt8]?) { self = blob.map(SQLValue.blob) ?? .null }
}

/// Binding: the parameter `?index`, from 1, is given a value; `nil` is NULL.
extension Statement {
  package func bind(_ value: Int64?, at index: Int) {
    guard let value else { return bindNull(at: index) }
    check(sqlite3_bind_int64(handle, Int32(index), value), index)
  }

  /// A NUL inside is kept.
  package func bind(_ value: String?, at index: Int) {
    guard var value else { return bindNull(at: index) }
    // A pointer to no bytes may be null, and that would bind NULL.
    guard !value.isEmpty else {
      return check(
        sqlite3_bind_text64(handle, Int32(index), "", 0, transient, UInt8(SQLITE_UTF8)), index)
    }
    let code = value.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        sqlite3_bind_text64(
          handle, Int32(index), characters.baseAddress, UInt64(characters.count), transient,
          UInt8(SQLITE_UTF8))
      }
    }
    check(code, index)
  }

  package func bind(_ value: [UInt8]?, at index: Int) {
    guard let value else { return bindNull(at: index) }
    guard !value.isEmpty else {
      return check(sqlite3_bind_zeroblob(handle, Int32(index), 0), index)
    }
    let code = value.withUnsafeBytes { bytes in
      sqlite3_bind_blob64(
        handle, Int32(index), bytes.baseAddress, UInt64(bytes.count), transient)
    }
    check(code, index)
  }

  package func bind(_ digest: Digest, at index: Int) {
    let code = digest.withUnsafeBytes { bytes in
      sqlite3_bind_blob64(
        handle, Int32(index), bytes.baseAddress, UInt64(bytes.count), transient)
    }
    check(code, index)
  }

  func bind(_ value: SQLValue, at index: Int) {
    switch value {
    case .null: bindNull(at: index)
    case .integer(let integer): bind(integer, at: index)
    case .text(let text): bind(text, at: index)
    case .blob(let blob): bind(blob, at: index)
    }
  }

  package func bindNull(at index: Int) {
    check(sqlite3_bind_null(handle, Int32(index)), index)
  }

  /// Only our own mistake can make a bind fail: an index that is not there,
  /// or a statement that was not reset. (And no memory, which ends a Swift
  /// program anyway.)
  private func check(_ code: Int32, _ index: Int) {
    if code != SQLITE_OK { fatalError("cannot bind parameter \(index) (\(code)): \(sql)") }
  }
}

/// Reading: columns are counted from 0.
extension Statement {
  package func isNull(at column: Int) -> Bool {
    check(column)
    return sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
  }

  /// 0 for NULL.
  package func integer(at column: Int) -> Int64 {
    check(column)
    return sqlite3_column_int64(handle, Int32(column))
  }

  package func integerOrNil(at column: Int) -> Int64? {
    isNull(at: column) ? nil : integer(at: column)
  }

  /// The text with any NUL inside; empty for NULL. Bytes that are not UTF-8,
  /// which only another program can have stored, are repaired.
  package func text(at column: Int) -> String {
    check(column)
    // The text first, then its size: the other order may convert it between
    // (https://www.sqlite.org/c3ref/column_blob.html).
    guard let start = sqlite3_column_text(handle, Int32(column)) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  package func textOrNil(at column: Int) -> String? {
    isNull(at: column) ? nil : text(at: column)
  }

  /// The bytes of a text, until the next step; none for NULL.
  func bytes(at column: Int) -> UnsafeRawBufferPointer {
    check(column)
    guard let start = sqlite3_column_text(handle, Int32(column)) else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return UnsafeRawBufferPointer(
      start: start, count: Int(sqlite3_column_bytes(handle, Int32(column))))
  }

  /// The bytes of a blob, until the next step; none for NULL.
  func blob(at column: Int) -> UnsafeRawBufferPointer {
    check(column)
    let start = sqlite3_column_blob(handle, Int32(column))
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
  }

  /// `nil` for NULL.
  package func bytesOrNil(at column: Int) -> [UInt8]? {
    if isNull(at: column) { return nil }
    guard let start = sqlite3_column_blob(handle, Int32(column)) else { return [] }
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Bytes that are not UTF-8 are repaired, as in ``text(at:)``.
  func value(at column: Int) -> SQLValue {
    check(column)
    return switch sqlite3_column_type(handle, Int32(column)) {
    case SQLITE_NULL: .null
    case SQLITE_INTEGER: .integer(integer(at: column))
    case SQLITE_TEXT: .text(text(at: column))
    default: .blob(bytesOrNil(at: column) ?? [])
    }
  }

  private func check(_ column: Int) {
    precondition(column >= 0 && column < columnCount, "no column \(column): \(sql)")
  }
}
