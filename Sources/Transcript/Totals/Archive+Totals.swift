import ChatCore

/// A part of what statistics are made of.
package enum Counted {
  /// Messages of the quarter of an hour that begins then.
  case quarter(Timestamp, clients: Int, servers: Int)
  case reply(Reply, count: Int)
  case conversation(CountedConversation)
  /// Links that were lost, and clients that came back.
  case links(drops: Int, resumes: Int)
}

/// A conversation and what was counted of it.
package struct CountedConversation {
  package var id: Int64
  /// `nil` when it left before it said its name.
  package var client: String?
  package var server: String?
  /// The time of the first event that was counted.
  package var first: Timestamp
  /// When it got the floor; `nil` when it never did.
  package var floor: Timestamp?
  package var talk: Talk
}

extension Archive {
  /// Hands on everything that is counted of all conversations: what the keeper has
  /// counted, and what has come since.
  ///
  /// - Returns: false, and nothing is handed on, where more has come than can be
  ///   counted in one view of the database.
  /// - Throws: what SQLite reports.
  package func totals(_ body: (Counted) -> Void) throws(TranscriptError) -> Bool {
    // In one view: the keeper may count meanwhile.
    try connection.read { () throws(TranscriptError) in
      let watermark = try Totals.watermark(connection)
      if try newestEvent() - watermark > Self.mostUncounted { return false }
      let fresh = try Tally(past: watermark, connection)
      try quarters(fresh, body)
      try replies(fresh, body)
      try conversations(fresh, body)
      try links(body)
      return true
    }
  }

  /// A fraction of a second of reading, which a checkpoint can wait for.
  private static let mostUncounted: Int64 = 1_000_000

  /// An index has these alone, however many events there are.
  private func links(_ body: (Counted) -> Void) throws(TranscriptError) {
    let select = try connection.cached(
      """
      SELECT coalesce(sum(kind = 'drop'), 0), coalesce(sum(kind = 'resume'), 0) FROM event
      WHERE kind IN ('drop', 'resume')
      """)
    defer { select.reset() }
    guard try select.step() else { return }
    body(.links(drops: Int(select.count(at: 0)), resumes: Int(select.count(at: 1))))
  }

  private func quarters(_ fresh: Tally, _ body: (Counted) -> Void) throws(TranscriptError) {
    func hand(_ quarter: Int64, _ clients: Int64, _ servers: Int64) {
      body(
        .quarter(
          Tally.start(ofQuarter: quarter), clients: Int(clients), servers: Int(servers)))
    }
    let select = try connection.cached("SELECT quarter, client, server FROM quarter_total")
    defer { select.reset() }
    while try select.step() {
      hand(select.integer(at: 0), select.count(at: 1), select.count(at: 2))
    }
    for (quarter, messages) in fresh.quarters { hand(quarter, messages.clients, messages.servers) }
  }

  private func replies(_ fresh: Tally, _ body: (Counted) -> Void) throws(TranscriptError) {
    let select = try connection.cached("SELECT party, step, replies FROM reply_total")
    defer { select.reset() }
    while try select.step() {
      guard let party = Party(stored: select.integer(at: 0)) else { continue }
      body(
        .reply(
          Reply(party: party, step: Int(select.integer(at: 1))), count: Int(select.count(at: 2))))
    }
    for (reply, count) in fresh.replies { body(.reply(reply, count: Int(count))) }
  }

  private func conversations(_ fresh: Tally, _ body: (Counted) -> Void) throws(TranscriptError) {
    let columns = Talk.columns.map { ", t.\($0)" }.joined()
    let select = try connection.cached(
      """
      SELECT c.id, h.name, r.handle, c.opened_at, c.floor_at\(columns) FROM conversation AS c
      CROSS JOIN server_run AS r ON r.id = c.run_id LEFT JOIN handle AS h ON h.id = c.handle_id
      LEFT JOIN conversation_total AS t ON t.conversation_id = c.id
      """)
    defer { select.reset() }
    while try select.step() {
      let id = select.integer(at: 0)
      // One without an event is damage.
      guard let talk = fresh.talks[id] ?? (select.isNull(at: 5) ? nil : Talk(select, at: 5)) else {
        continue
      }
      body(
        .conversation(
          CountedConversation(
            id: id, client: select.textOrNil(at: 1), server: select.text(at: 2),
            first: Timestamp(milliseconds: select.integer(at: 3)),
            floor: select.integerOrNil(at: 4).map(Timestamp.init(milliseconds:)), talk: talk)))
    }
  }
}
