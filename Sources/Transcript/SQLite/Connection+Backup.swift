import CSQLite

extension Connection {
  /// Pages between two looks at whether to go on: a mebibyte.
  private static let pagesAtOnce: Int32 = 256

  /// Copies the database to an empty file of the caller's, as it is at one moment, whoever
  /// writes meanwhile. Nobody waits for it; the log grows by what is written until it is done
  /// (https://www.sqlite.org/backup.html).
  ///
  /// The copy has no log: it is read where it lies, also on what cannot be written.
  ///
  /// - Parameters:
  ///   - path: the file, which is not flushed.
  ///   - goOn: is given how many pages are copied, of how many, and says whether to go on.
  /// - Returns: whether it came to the end.
  /// - Throws: what SQLite reports of either.
  package func backUp(
    to path: String, _ goOn: (Int, _ of: Int) -> Bool
  ) throws(TranscriptError) -> Bool {
    let copy = try Connection(path: path, flags: SQLITE_OPEN_READWRITE)
    // What is half done is thrown away, and what is done is flushed as a whole.
    try copy.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
    // One view over all steps: else whatever is written begins the copy again.
    let isWhole = try read { () throws(TranscriptError) in
      _ = try integer("SELECT count(*) FROM sqlite_schema")
      return try copyPages(to: copy, goOn)
    }
    if isWhole { try copy.execute("PRAGMA journal_mode = DELETE") }
    return isWhole
  }

  private func copyPages(
    to copy: Connection, _ goOn: (Int, _ of: Int) -> Bool
  ) throws(TranscriptError) -> Bool {
    guard let backup = sqlite3_backup_init(copy.handle, "main", handle, "main") else {
      throw copy.error(sqlite3_extended_errcode(copy.handle))
    }
    var code = SQLITE_OK
    var goesOn = true
    while code == SQLITE_OK, goesOn {
      code = sqlite3_backup_step(backup, Self.pagesAtOnce)
      let all = Int(sqlite3_backup_pagecount(backup))
      goesOn = goOn(all - Int(sqlite3_backup_remaining(backup)), all)
    }
    let finished = sqlite3_backup_finish(backup)
    if finished != SQLITE_OK { throw copy.error(finished) }
    // What finish does not repeat: a lock of somebody else's.
    if code != SQLITE_OK, code != SQLITE_DONE { throw error(code) }
    return code == SQLITE_DONE && goesOn
  }

  /// Runs `body`, which ends with an error soon after `isStopped` says so
  /// (https://www.sqlite.org/c3ref/progress_handler.html).
  package func stoppable<Result>(
    by isStopped: () -> Bool, _ body: () throws(TranscriptError) -> Result
  ) throws(TranscriptError) -> Result {
    // A closure that outlives no call of this function.
    try withoutActuallyEscaping(isStopped) { (isStopped) throws(TranscriptError) in
      let question = StopQuestion(isStopped)
      sqlite3_progress_handler(
        handle, StopQuestion.steps,
        { context in
          guard let context else { return 0 }
          return Unmanaged<StopQuestion>.fromOpaque(context).takeUnretainedValue().ask() ? 1 : 0
        }, Unmanaged.passUnretained(question).toOpaque())
      defer {
        sqlite3_progress_handler(handle, 0, nil, nil)
        withExtendedLifetime(question) {}
      }
      return try body()
    }
  }
}

private final class StopQuestion {
  let ask: () -> Bool

  /// Of SQLite's virtual machine: some milliseconds.
  static let steps: Int32 = 100_000

  init(_ ask: @escaping () -> Bool) {
    self.ask = ask
  }
}
