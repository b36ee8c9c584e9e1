import ChatCore

extension Event {
  /// The client came back: a row of the table `resume`.
  package struct Resume: Hashable, Sendable {
    /// The run that it came back to; 0 where nothing is known, which is damage.
    package var run: Int64 = 0
    /// How often another process has gone on with the conversation, with this one.
    package var epoch: Int64 = 0
    /// As the client counts its attempts.
    package var attempt: Int64 = 0
    /// From where, numeric.
    package var address = ""
    package var port = 0
    /// `nil`: it is not known.
    package var protection: Protection?
    /// Milliseconds since the link was lost.
    package var away: Int64 = 0
    /// Whether it comes from another address than before.
    package var hasMoved = false

    package init() {}

    /// From a row in which ``EventLinks/resumeColumns`` begin at `column`.
    init(_ row: Statement, at column: Int) {
      run = row.integer(at: column)
      epoch = row.integer(at: column + 1)
      attempt = row.integer(at: column + 2)
      address = row.text(at: column + 3)
      port = Int(row.integer(at: column + 4))
      protection = row.integerOrNil(at: column + 5).map {
        Protection(isEncrypted: $0 == 1, key: row.textOrNil(at: column + 6))
      }
      away = row.integer(at: column + 7)
      hasMoved = row.integer(at: column + 8) == 1
    }

    /// A value for each of ``EventLinks/resumeColumns``.
    var values: [SQLValue] {
      [
        .integer(run), .integer(epoch), .integer(attempt), .text(address), .integer(Int64(port)),
        protection.map { .integer($0.isEncrypted ? 1 : 0) } ?? .null,
        protection?.key.map { .text($0) } ?? .null,
        .integer(away), .integer(hasMoved ? 1 : 0),
      ]
    }
  }
}

extension Connection {
  /// What the event `seq`, a resume, says; `nil` where nothing does.
  ///
  /// - Throws: what SQLite reports.
  func resume(_ seq: Int64) throws(TranscriptError) -> Event.Resume? {
    let select = try cached(
      """
      SELECT \(EventLinks.resumeColumns.joined(separator: ", ")) FROM resume WHERE event_id = ?1
      """)
    select.bind(seq, at: 1)
    defer { select.reset() }
    return try select.step() ? Event.Resume(select, at: 0) : nil
  }
}
