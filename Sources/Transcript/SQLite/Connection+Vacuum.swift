import CSQLite

extension Connection {
  /// Rewrites the database without what was deleted, and empties the log.
  ///
  /// - Parameter progress: is given how many pages have been written, and how many
  ///   are to be: each goes into a temporary file, into the log and into the
  ///   database. While the log is written nothing is heard.
  /// - Returns: whether the log could be emptied too. Where another program
  ///   reads at that moment, it cannot.
  /// - Throws: what SQLite reports.
  func vacuum(_ progress: (Int, _ of: Int) -> Void) throws(TranscriptError) -> Bool {
    try inTurn { () throws(TranscriptError) in
      let free = try integer("PRAGMA freelist_count") ?? 0
      let pages = Int(max(0, (try integer("PRAGMA page_count") ?? 0) - free))
      try watchingWrites { () throws(TranscriptError) in
        try execute("VACUUM")
      } progress: { written in
        progress(min(written, pages), 3 * pages)
      }
      progress(2 * pages, 3 * pages)
      // https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
      let checkpoint = try prepare("PRAGMA wal_checkpoint(TRUNCATE)")
      return try checkpoint.step() ? checkpoint.integer(at: 0) == 0 : false
    }
  }

  /// Runs `body`; meanwhile `progress` is given, now and then, how many pages SQLite
  /// has written since.
  private func watchingWrites(
    _ body: () throws(TranscriptError) -> Void, progress: (Int) -> Void
  ) throws(TranscriptError) {
    // A closure that outlives no call of this function.
    try withoutActuallyEscaping(progress) { (progress) throws(TranscriptError) in
      let watch = WriteWatch(handle, progress)
      // https://www.sqlite.org/c3ref/progress_handler.html
      sqlite3_progress_handler(
        handle, WriteWatch.steps,
        { context in
          if let context {
            Unmanaged<WriteWatch>.fromOpaque(context).takeUnretainedValue().look()
          }
          return 0
        }, Unmanaged.passUnretained(watch).toOpaque())
      defer {
        sqlite3_progress_handler(handle, 0, nil, nil)
        withExtendedLifetime(watch) {}
      }
      try body()
    }
  }
}

/// Counts what a connection writes.
private final class WriteWatch {
  private let connection: OpaquePointer
  private let progress: (Int) -> Void
  private let before: Int

  /// Of SQLite's virtual machine between two looks: some milliseconds.
  static let steps: Int32 = 100_000

  init(_ connection: OpaquePointer, _ progress: @escaping (Int) -> Void) {
    self.connection = connection
    self.progress = progress
    before = Self.written(connection)
  }

  func look() { progress(Self.written(connection) - before) }

  /// Pages, by all its files (https://www.sqlite.org/c3ref/c_dbstatus_options.html).
  private static func written(_ connection: OpaquePointer) -> Int {
    var count: Int32 = 0
    var highest: Int32 = 0
    sqlite3_db_status(connection, SQLITE_DBSTATUS_CACHE_WRITE, &count, &highest, 0)
    return Int(count)
  }
}
