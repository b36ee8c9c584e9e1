import ChatCore

extension TranscriptWriter {
  /// Records that a run begins.
  ///
  /// - Parameters:
  ///   - run: what is known of it.
  ///   - time: when it began.
  /// - Returns: its id, for ``RunLock/acquire(database:run:)`` and
  ///   ``ConversationWriter``.
  /// - Throws: what SQLite reports; nothing is recorded then.
  public func startRun(
    _ run: RunDescription, at time: Timestamp
  ) throws(TranscriptError) -> Int64 {
    try commit { () throws(TranscriptError) in try insert(run, id: nil, at: time) }
  }

  /// Makes sure that a run which began in a database that is no more is known
  /// in this one, under its old id when that is free.
  ///
  /// - Parameters:
  ///   - id: the id it had.
  ///   - run: what is known of it.
  ///   - time: when it began.
  /// - Returns: its id from now on. When that is another one, or the side file
  ///   went too, the run needs a new ``RunLock``.
  /// - Throws: what SQLite reports; nothing is recorded then.
  public func continueRun(
    _ id: Int64, _ run: RunDescription, startedAt time: Timestamp
  ) throws(TranscriptError) -> Int64 {
    try commit { () throws(TranscriptError) in
      let known = try connection.cached(
        "SELECT pid, boot_id, started_at FROM server_run WHERE id = ?1")
      known.bind(id, at: 1)
      guard try known.step() else { return try insert(run, id: id, at: time) }
      let isSame =
        known.integer(at: 0) == Int64(run.pid) && known.text(at: 1) == run.bootID
        && known.integer(at: 2) == time.milliseconds
      known.reset()
      return isSame ? id : try insert(run, id: nil, at: time)
    }
  }

  /// Records that a run ends. The first stop stands.
  ///
  /// - Parameters:
  ///   - id: of the run.
  ///   - time: when it ended.
  /// - Throws: what SQLite reports; nothing is recorded then.
  public func stopRun(_ id: Int64, at time: Timestamp) throws(TranscriptError) {
    try commit { () throws(TranscriptError) in
      let update = try connection.cached(
        "UPDATE server_run SET stopped_at = ?2 WHERE id = ?1 AND stopped_at IS NULL")
      update.bind(id, at: 1)
      update.bind(time.milliseconds, at: 2)
      try update.run()
    }
  }

  private func insert(
    _ run: RunDescription, id: Int64?, at time: Timestamp
  ) throws(TranscriptError) -> Int64 {
    let insert = try connection.cached(
      """
      INSERT INTO server_run (id, started_at, pid, boot_id, version, port, handle)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      """)
    insert.bind(id, at: 1)
    insert.bind(time.milliseconds, at: 2)
    insert.bind(Int64(run.pid), at: 3)
    insert.bind(run.bootID, at: 4)
    insert.bind(run.version, at: 5)
    insert.bind(Int64(run.port), at: 6)
    insert.bind(run.handle.text, at: 7)
    try insert.run()
    return connection.lastInsertedID
  }
}
