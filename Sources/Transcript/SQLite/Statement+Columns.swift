import CSQLite

extension Statement {
  /// How many columns a row has.
  public var columnCount: Int { Int(sqlite3_column_count(handle)) }

  /// The name of a column, from 0, as its AS says.
  public func columnName(at column: Int) -> String {
    check(column)
    return sqlite3_column_name(handle, Int32(column)).map { String(cString: $0) } ?? ""
  }

  public func isNull(at column: Int) -> Bool {
    check(column)
    return sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
  }

  /// The integer in a column, from 0; 0 for NULL.
  public func integer(at column: Int) -> Int64 {
    check(column)
    return sqlite3_column_int64(handle, Int32(column))
  }

  public func integerOrNil(at column: Int) -> Int64? {
    isNull(at: column) ? nil : integer(at: column)
  }

  /// The text in a column, from 0, with any NUL inside; empty for NULL.
  /// Bytes that are no UTF-8, which only another program can have stored,
  /// are repaired.
  public func text(at column: Int) -> String {
    check(column)
    // The text first, then its size: the other order may convert it between
    // (https://www.sqlite.org/c3ref/column_blob.html).
    guard let start = sqlite3_column_text(handle, Int32(column)) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  public func textOrNil(at column: Int) -> String? {
    isNull(at: column) ? nil : text(at: column)
  }

  /// The bytes in a column, from 0; `nil` for NULL.
  public func bytesOrNil(at column: Int) -> [UInt8]? {
    if isNull(at: column) { return nil }
    guard let start = sqlite3_column_blob(handle, Int32(column)) else { return [] }
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  private func check(_ column: Int) {
    precondition(column >= 0 && column < columnCount, "no column \(column): \(sql)")
  }
}
