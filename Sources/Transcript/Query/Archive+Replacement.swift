import CSQLite

extension Archive {
  /// Whether the file that this reads is still the one at its path: one
  /// stat(2). After it was deleted or replaced, nothing new is written to it.
  ///
  /// - Throws: what SQLite reports.
  public func isAtItsPath() throws(TranscriptError) -> Bool {
    var hasMoved: Int32 = 0
    // https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html#sqlitefcntlhasmoved
    let code = sqlite3_file_control(
      connection.handle, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved)
    if code != SQLITE_OK { throw connection.error(code) }
    return hasMoved == 0
  }

  /// What is at the path now; `nil` while nothing is that can be read, such
  /// as a file that a server is about to make.
  public func successor() -> Archive? {
    guard let connection = try? Connection.forReading(connection.path) else { return nil }
    return Archive(connection)
  }
}
