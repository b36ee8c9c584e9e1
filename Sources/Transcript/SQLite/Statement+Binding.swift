import CSQLite

/// Tells SQLite to copy what is bound: the C macro is a cast that Swift does
/// not import (https://www.sqlite.org/c3ref/c_static.html).
private let transient = unsafeBitCast(-1 as Int, to: sqlite3_destructor_type.self)

extension Statement {
  /// Gives the parameter `?index`, from 1, a value; `nil` is NULL.
  public func bind(_ value: Int64?, at index: Int) {
    guard let value else { return bindNull(at: index) }
    check(sqlite3_bind_int64(handle, Int32(index), value), index)
  }

  /// Gives the parameter `?index`, from 1, a text. A NUL inside is kept.
  public func bind(_ value: String?, at index: Int) {
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

  /// Gives the parameter `?index`, from 1, a blob.
  public func bind(_ value: [UInt8]?, at index: Int) {
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

  public func bindNull(at index: Int) {
    check(sqlite3_bind_null(handle, Int32(index)), index)
  }

  /// Makes every parameter NULL.
  public func clear() {
    sqlite3_clear_bindings(handle)
  }

  /// Only our own mistake can make a bind fail: an index that is not there,
  /// or a statement that was not reset. (And no memory, which ends a Swift
  /// program anyway.)
  private func check(_ code: Int32, _ index: Int) {
    if code != SQLITE_OK { fatalError("cannot bind parameter \(index) (\(code)): \(sql)") }
  }
}
