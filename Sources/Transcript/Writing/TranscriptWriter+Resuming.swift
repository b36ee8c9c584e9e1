import ChatCore

/// A conversation that its client can come back to, as another server finds it.
package struct ResumableConversation: Hashable, Sendable {
  package var id: Int64
  /// The SHA-256 of the token that its client shows.
  package var tokenHash: [UInt8]
  package var openedAt: Timestamp
  /// The client's.
  package var handle: Handle
  package var hadFloor: Bool
  /// Until when the client may come.
  package var until: Timestamp
  /// As it counts them, the highest attempt that came.
  package var attempt: Int
  /// How often another process has gone on with the conversation.
  package var epoch: Int64
  /// How its words came last.
  package var protection: Protection?

  package init(
    id: Int64, tokenHash: [UInt8], openedAt: Timestamp, handle: Handle, hadFloor: Bool,
    until: Timestamp, attempt: Int, epoch: Int64, protection: Protection?
  ) {
    self.id = id
    self.tokenHash = tokenHash
    self.openedAt = openedAt
    self.handle = handle
    self.hadFloor = hadFloor
    self.until = until
    self.attempt = attempt
    self.epoch = epoch
    self.protection = protection
  }
}

extension ResumableConversation {
  /// Whether a client may come back to the conversation that is called `c`, whose row of
  /// `resumption` is called `x`. That the client has taken the offer is written with the
  /// next commit, as is that it got the floor: who had not got it may have taken it.
  static let isPossible =
    "x.state <> 'over' AND x.state <> 'elsewhere' AND (x.state = 'taken' OR c.floor_at IS NULL)"

  /// The end of the time in which a client may come back, in milliseconds, of the row of
  /// `resumption` that is called `x` and the run that is called `r`: counted from the
  /// drop; where none is recorded, since the server or its machine died with the
  /// conversation, from the last event, or from the start of the server that took that
  /// one's place, if it has come by then.
  static let until = """
    x.within + coalesce(
      (SELECT CASE l.kind WHEN 'drop' THEN l.at END FROM event AS l
        WHERE l.conversation_id = x.conversation_id
          AND l.kind IN ('drop', 'resume')
        ORDER BY l.id DESC LIMIT 1),
      max(
        coalesce((SELECT l.at FROM event AS l WHERE l.conversation_id = x.conversation_id
          ORDER BY l.id DESC LIMIT 1), 0),
        coalesce((SELECT n.started_at FROM server_run AS n
          WHERE n.id > r.id AND n.port = r.port AND n.address IS r.address
          ORDER BY n.id LIMIT 1), 0)))
    """
}

extension TranscriptWriter {
  /// What earlier runs at a port and address have left and a client may come back to.
  ///
  /// Whether a process of such a run is still there is not asked: it does not have the
  /// port any more, and whoever goes on is written before whatever it may yet write.
  ///
  /// - Parameters:
  ///   - port: that this run listens on.
  ///   - address: where, as it was given; `nil` is everywhere.
  ///   - run: this one.
  ///   - time: now.
  ///   - limit: how many at most.
  /// - Returns: them, in the order of the conversations; of more than `limit` the newest.
  /// - Throws: what SQLite reports.
  package func resumable(
    port: Int, address: String?, besides run: Int64, at time: Timestamp, limit: Int
  ) throws(TranscriptError) -> [ResumableConversation] {
    let select = try connection.cached(
      """
      SELECT c.id, x.token_hash, c.opened_at, h.name, c.floor_at IS NOT NULL,
        \(ResumableConversation.until) AS until, x.attempt, x.epoch,
        CASE WHEN s.event_id IS NULL THEN c.encrypted ELSE s.encrypted END,
        CASE WHEN s.event_id IS NULL THEN c.peer_key ELSE s.peer_key END
      FROM server_run AS r
      CROSS JOIN resumption AS x ON x.run_id = r.id
      JOIN conversation AS c ON c.id = x.conversation_id AND \(ResumableConversation.isPossible)
      JOIN handle AS h ON h.id = c.handle_id
      LEFT JOIN resume AS s ON s.event_id = (
        SELECT max(e.id) FROM event AS e WHERE e.conversation_id = c.id
          AND e.kind IN ('drop', 'resume') AND e.kind = 'resume')
      WHERE r.port = ?1 AND r.address IS ?2 AND r.id <> ?3 AND until > ?4
        AND NOT EXISTS (
          SELECT 1 FROM event AS e WHERE e.conversation_id = c.id AND e.kind = 'close')
      ORDER BY c.id DESC LIMIT ?5
      """)
    select.bind(Int64(port), at: 1)
    select.bind(address, at: 2)
    select.bind(run, at: 3)
    select.bind(time.milliseconds, at: 4)
    select.bind(Int64(limit), at: 5)
    defer { select.reset() }
    var found: [ResumableConversation] = []
    while try select.step() {
      // What is no name or no hash nobody can come back to.
      guard let handle = try? Handle(select.text(at: 3)), let hash = select.bytesOrNil(at: 1)
      else { continue }
      found.append(
        ResumableConversation(
          id: select.integer(at: 0), tokenHash: hash,
          openedAt: Timestamp(milliseconds: select.integer(at: 2)), handle: handle,
          hadFloor: select.integer(at: 4) == 1,
          until: Timestamp(milliseconds: select.integer(at: 5)),
          attempt: Int(select.integer(at: 6)), epoch: select.integer(at: 7),
          protection: select.integerOrNil(at: 8).map {
            Protection(isEncrypted: $0 == 1, key: select.textOrNil(at: 9))
          }))
    }
    return found.reversed()
  }
}
