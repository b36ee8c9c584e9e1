import CSQLite

extension Connection {
  /// Runs `body` in one write transaction: all of it is on disk when this
  /// returns, and nothing of it is kept when this throws. The connection can
  /// be used again either way.
  ///
  /// The lock is taken at the start (BEGIN IMMEDIATE), so that waiting for it
  /// happens before any work and a read never has to be upgraded
  /// (https://www.sqlite.org/lang_transaction.html).
  public func write<Result>(
    _ body: () throws(TranscriptError) -> Result
  ) throws(TranscriptError) -> Result {
    try transaction(begin: "BEGIN IMMEDIATE", body)
  }

  /// Runs `body` on one unchanging view of the database. To be kept short: a
  /// view that is held makes the write-ahead log grow
  /// (https://www.sqlite.org/wal.html#avoiding_excessively_large_wal_files).
  public func read<Result>(
    _ body: () throws(TranscriptError) -> Result
  ) throws(TranscriptError) -> Result {
    try transaction(begin: "BEGIN", body)
  }

  private func transaction<Result>(
    begin: String, _ body: () throws(TranscriptError) -> Result
  ) throws(TranscriptError) -> Result {
    assertOwner()
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
    // An error here is one that came while undoing; the first tells the
    // cause, and SQLite has undone what it could.
    sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
  }
}
