import ChatCore

/// How an event is read: a SELECT to be completed, and what its rows mean.
public enum EventRow {
  /// Names `event` as `e`, `conversation` as `c`, `server_run` as `r`,
  /// `handle` as `h`; ends where a WHERE can follow.
  public static let select = """
    SELECT e.id, e.conversation_id, e.at, e.kind, e.party, e.number, e.text, e.raw, e.held,
      e.reason, e.detail, e.undelivered, h.name, r.handle, c.peer_address, c.peer_port, r.port
    FROM event AS e
    JOIN conversation AS c ON c.id = e.conversation_id
    JOIN server_run AS r ON r.id = c.run_id
    LEFT JOIN handle AS h ON h.id = c.handle_id

    """

  /// The event in the row that `statement` stands on.
  ///
  /// - Parameters:
  ///   - statement: made from ``select``.
  ///   - path: the database, for the error.
  /// - Returns: the event.
  /// - Throws: `corrupt` when the row breaks the schema's own rules.
  public static func event(
    _ statement: Statement, path: String
  ) throws(TranscriptError) -> TranscriptEvent {
    guard let kind = kind(statement) else {
      throw TranscriptError(.corrupt, path: path, sql: statement.sql)
    }
    return TranscriptEvent(
      seq: statement.integer(at: 0), conversation: statement.integer(at: 1),
      time: Timestamp(milliseconds: statement.integer(at: 2)), kind: kind)
  }

  private static func kind(_ row: Statement) -> TranscriptEvent.Kind? {
    let party = Party(stored: row.integerOrNil(at: 4))
    let handle: String? =
      switch party {
      case .client: row.textOrNil(at: 12)
      case .server: row.text(at: 13)
      case nil: nil
      }
    switch EventKind(rawValue: row.integer(at: 3)) {
    case .open:
      return .open(
        peerAddress: row.text(at: 14), peerPort: Int(row.integer(at: 15)),
        port: Int(row.integer(at: 16)))
    case .handle:
      return .handle(row.text(at: 6))
    case .message:
      guard let party else { return nil }
      return .message(
        from: party, handle: handle, number: Int(row.integer(at: 5)), text: row.text(at: 6),
        raw: row.bytesOrNil(at: 7), held: !row.isNull(at: 8))
    case .close:
      guard let reason = CloseReason(rawValue: row.text(at: 9)) else { return nil }
      return .close(
        by: party, handle: handle, reason, detail: row.textOrNil(at: 10),
        undelivered: row.integerOrNil(at: 11).map { Int($0) })
    case nil:
      return nil
    }
  }
}
