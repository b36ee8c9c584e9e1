import CSQLite

extension RowChecksum {
  /// Adds what stands in `columns` of the row that `statement` stands on, as
  /// it is stored: bytes that are no UTF-8 are not repaired before.
  mutating func add(_ statement: Statement, _ columns: Range<Int>) {
    for column in columns {
      let index = Int32(column)
      switch sqlite3_column_type(statement.handle, index) {
      case SQLITE_NULL: addNull()
      case SQLITE_INTEGER: add(sqlite3_column_int64(statement.handle, index))
      // A text as a blob is its own bytes
      // (https://www.sqlite.org/c3ref/column_blob.html).
      case SQLITE_TEXT: add(text: Self.bytes(statement, index))
      // A real cannot stand in these tables; it makes another checksum.
      default: add(blob: Self.bytes(statement, index))
      }
    }
  }

  private static func bytes(_ statement: Statement, _ column: Int32) -> UnsafeRawBufferPointer {
    // The bytes first, then their number.
    let start = sqlite3_column_blob(statement.handle, column)
    let count = sqlite3_column_bytes(statement.handle, column)
    return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(count))
  }
}
