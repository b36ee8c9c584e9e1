import ChatCore

/// What became of a conversation that somebody wants to go on with and that nobody waits
/// with.
package enum ClaimedFate: Hashable, Sendable {
  /// There is none with this token, or none whose client came this way.
  case unknown
  /// It is not over, and the server at another port or address keeps it.
  case elsewhere(port: Int)
  /// It is over, and how it ended; it has the client's messages up to this number.
  case over(recorded: Int, QuitReason)
  /// No end of it is recorded, and no other server has it.
  case unended(recorded: Int)
}

extension TranscriptWriter {
  /// What becomes of a claim that nobody waits for.
  ///
  /// Not to be called in a transaction, as ``abandoned(_:openedAt:run:)``.
  ///
  /// - Parameters:
  ///   - tokenHash: the SHA-256 of the token that was shown.
  ///   - protection: how the words of whoever shows it come: whoever comes another way
  ///     than its owner came last learns nothing.
  ///   - port: that this server listens on.
  ///   - address: where, as it was given; `nil` is everywhere.
  ///   - time: now.
  /// - Returns: it.
  /// - Throws: what SQLite reports.
  package func fate(
    tokenHash: [UInt8], _ protection: Protection, port: Int, address: String?,
    at time: Timestamp
  ) throws(TranscriptError) -> ClaimedFate {
    let select = try connection.cached(
      """
      SELECT coalesce((SELECT m.number FROM event AS m
          WHERE m.conversation_id = x.conversation_id AND m.kind = 'message' AND m.party = 0
            AND m.held IS NULL ORDER BY m.id DESC LIMIT 1), x.client_before),
        e.id, e.reason,
        CASE WHEN s.event_id IS NULL THEN c.encrypted ELSE s.encrypted END,
        CASE WHEN s.event_id IS NULL THEN c.peer_key ELSE s.peer_key END,
        r.port, r.address, r.id, \(ResumableConversation.isPossible) AND \(ResumableConversation.until) > ?2
      FROM resumption AS x
      JOIN conversation AS c ON c.id = x.conversation_id
      JOIN server_run AS r ON r.id = x.run_id
      LEFT JOIN event AS e ON e.conversation_id = x.conversation_id AND e.kind = 'close'
      LEFT JOIN resume AS s ON s.event_id = (
        SELECT max(l.id) FROM event AS l WHERE l.conversation_id = x.conversation_id
          AND l.kind IN ('drop', 'resume') AND l.kind = 'resume')
      WHERE x.token_hash = ?1 AND x.state <> 'elsewhere'
      """)
    select.bind(tokenHash, at: 1)
    select.bind(time.milliseconds, at: 2)
    defer { select.reset() }
    guard try select.step() else { return .unknown }
    let owners = Protection(
      isEncrypted: select.integer(at: 3) == 1, key: select.textOrNil(at: 4))
    guard protection == owners else { return .unknown }
    let recorded = Int(select.integer(at: 0))
    if !select.isNull(at: 1) {
      return .over(recorded: recorded, Self.goodbye(CloseReason(rawValue: select.text(at: 2))))
    }
    let isHere = select.integer(at: 5) == Int64(port) && select.textOrNil(at: 6) == address
    if !isHere,
      select.integer(at: 8) == 1 || RunLock.isHeld(database: path, run: select.integer(at: 7))
    {
      return .elsewhere(port: Int(select.integer(at: 5)))
    }
    return .unended(recorded: recorded)
  }

  /// What the client reads of a close that it was not there for.
  private static func goodbye(_ reason: CloseReason?) -> QuitReason {
    switch reason {
    case .quit: .user
    case .timeout: .idle
    case .sigint, .restart: .stopped
    case .full: .full
    case .error: .error
    case .blocked: .blocked
    // Its link was lost, and it did not come in time.
    case .eof, .reset, .unresponsive: .expired
    case .othersWaited: .othersWaited
    case .crashed, nil: .lost
    }
  }
}
