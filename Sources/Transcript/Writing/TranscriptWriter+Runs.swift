import ChatCore

/// A run of chatserve: one process tree, from its start to its stop.
package struct RunDescription: Hashable, Sendable {
  /// The listener's process id.
  package var pid: Int32
  /// /proc/sys/kernel/random/boot_id, random(4): process ids start again
  /// with every boot.
  package var bootID: String
  /// The version of chatserve.
  package var version: String
  /// The port it listens on, 1 to 65535.
  package var port: Int
  /// The server's own handle.
  package var handle: Handle
  /// Where it listens, as it was given; `nil` is everywhere. A server that takes the
  /// place of another has the same port and address.
  package var address: String?

  package init(
    pid: Int32, bootID: String, version: String, port: Int, handle: Handle, address: String? = nil
  ) {
    self.pid = pid
    self.bootID = bootID
    self.version = version
    self.port = port
    self.handle = handle
    self.address = address
  }
}

extension TranscriptWriter {
  /// Records that a run begins.
  ///
  /// - Parameters:
  ///   - run: what is known of it.
  ///   - time: when it began.
  /// - Returns: its id, for ``RunLock/acquire(database:run:)`` and
  ///   ``ConversationWriter``.
  /// - Throws: what SQLite reports; nothing is recorded then.
  package func startRun(
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
  package func continueRun(
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
  package func knows(
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

  /// Records that a run ends. The first stop counts.
  ///
  /// - Parameters:
  ///   - id: of the run.
  ///   - time: when it ended.
  /// - Throws: what SQLite reports; nothing is recorded then.
  package func stopRun(_ id: Int64, at time: Timestamp) throws(TranscriptError) {
    try commit { () throws(TranscriptError) in
      let update = try connection.cached(
        "UPDATE server_run SET stopped_at = ?2 WHERE id = ?1 AND stopped_at IS NULL")
      update.bind(id, at: 1)
      update.bind(time.milliseconds, at: 2)
      try update.run()
      if connection.changes == 0 { return }
      var digest = RunDigest(connection)
      try digest.set(id)
    }
  }

  private func insert(
    _ run: RunDescription, id: Int64?, at time: Timestamp
  ) throws(TranscriptError) -> Int64 {
    let insert = try connection.cached(
      """
      INSERT INTO server_run (id, started_at, pid, boot_id, version, port, handle, address, digest)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, zeroblob(32))
      """)
    insert.bind(id, at: 1)
    insert.bind(time.milliseconds, at: 2)
    insert.bind(Int64(run.pid), at: 3)
    insert.bind(run.bootID, at: 4)
    insert.bind(run.version, at: 5)
    insert.bind(Int64(run.port), at: 6)
    insert.bind(run.handle.text, at: 7)
    insert.bind(run.address, at: 8)
    try insert.run()
    let id = connection.lastInsertedID
    // Over the id too, which is known now.
    var digest = RunDigest(connection)
    try digest.set(id)
    return id
  }
}
