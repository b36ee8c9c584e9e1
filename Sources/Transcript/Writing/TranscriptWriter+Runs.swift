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
      if try knows(id, run, startedAt: time) { return id }
      let isFree =
        try connection.integer("SELECT count(*) FROM server_run WHERE id = \(id)") == 0
      return try insert(run, id: isFree ? id : nil, at: time)
    }
  }

  /// Whether the run that this database calls `id` is `run`: no other process
  /// of this boot of the machine, or of another, is.
  ///
  /// - Throws: what SQLite reports.
  public func knows(
    _ id: Int64, _ run: RunDescription, startedAt time: Timestamp
  ) throws(TranscriptError) -> Bool {
    let select = try connection.cached(
      """
      SELECT 1 FROM server_run
      WHERE id = ?1 AND pid = ?2 AND boot_id = ?3 AND started_at = ?4
      """)
    select.bind(id, at: 1)
    select.bind(Int64(run.pid), at: 2)
    select.bind(run.bootID, at: 3)
    select.bind(time.milliseconds, at: 4)
    defer { select.reset() }
    return try select.step()
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
      // Of a run that began before there were checksums, none.
      if connection.changes > 0, try isSealed(id) { try RunChecksum.seal(id, connection) }
    }
  }

  private func isSealed(_ id: Int64) throws(TranscriptError) -> Bool {
    try connection.integer("SELECT checksum FROM server_run WHERE id = \(id)") != nil
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
    let id = connection.lastInsertedID
    try RunChecksum.seal(id, connection)
    return id
  }
}
