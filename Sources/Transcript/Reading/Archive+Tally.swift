import ChatCore

/// What statistics need of an event.
package struct TalliedEvent {
  package var conversation: Int64
  package var time: Timestamp
  /// Who said it, of a message; `nil` of any other event.
  package var speaker: Party?
  /// Whether it ends the conversation.
  package var isClose: Bool
  /// Whether the link was lost.
  package var isDrop: Bool
  /// Whether the client came back.
  package var isResume: Bool
}

extension Archive {
  /// Hands on every event that `filter` means, and whose text `means` wants, in
  /// order, without what a statistic does not need. No lock is held while `body` runs
  /// for longer than a batch.
  package func tally(
    _ filter: EventFilter, means: ((UnsafeRawBufferPointer) -> Bool)?,
    _ body: (TalliedEvent) throws(TranscriptError) -> Void
  ) throws(TranscriptError) {
    let filter = try narrowed(filter)
    var last: Int64 = 0
    while true {
      let question = means.map { TextQuestion(limit: Int(Self.tallyBatch), $0) }
      let reached = try connection.asking(question) { () throws(TranscriptError) in
        try tally(filter, question, past: last, body)
      }
      guard let reached else { return }
      last = reached
    }
  }

  /// No party has one of these.
  private static let closeCode: Int64 = 2
  private static let dropCode: Int64 = 3
  private static let resumeCode: Int64 = 4
  /// A fraction of a second of reading, which a checkpoint can wait for.
  private static let tallyBatch: Int64 = 200_000

  private func tally(
    _ filter: EventFilter, _ question: TextQuestion?, past last: Int64,
    _ body: (TalliedEvent) throws(TranscriptError) -> Void
  ) throws(TranscriptError) -> Int64? {
    var conditions = Conditions()
    filter.add(to: &conditions, isNarrow: false)
    conditions.require("e.id > \(conditions.parameter(last))")
    if question != nil { conditions.require("means(e.text)") }
    let limit = conditions.parameter(Self.tallyBatch)
    let statement = try connection.cached(
      """
      SELECT e.id, e.conversation_id, e.at,
        CASE e.kind WHEN 'message' THEN e.party WHEN 'close' THEN \(Self.closeCode)
          WHEN 'drop' THEN \(Self.dropCode) WHEN 'resume' THEN \(Self.resumeCode) END
      FROM event AS e \(conditions.sql) ORDER BY e.id LIMIT \(limit)
      """)
    defer { statement.reset() }
    conditions.bind(to: statement)
    var count: Int64 = 0
    var reached = last
    while try statement.step() {
      // One that was not asked about is the next batch's.
      if question?.isSpent == true { return statement.integer(at: 0) - 1 }
      reached = statement.integer(at: 0)
      count += 1
      let code = statement.integer(at: 3)
      try body(
        TalliedEvent(
          conversation: statement.integer(at: 1),
          time: Timestamp(milliseconds: statement.integer(at: 2)),
          speaker: Party(stored: statement.integerOrNil(at: 3)),
          isClose: code == Self.closeCode, isDrop: code == Self.dropCode,
          isResume: code == Self.resumeCode))
    }
    return count == Self.tallyBatch ? reached : nil
  }

  /// What was counted of the conversation with this id, and who talked in it.
  package func counted(
    _ id: Int64, first: Timestamp, _ talk: Talk
  ) throws(TranscriptError) -> CountedConversation {
    let select = try connection.cached(
      """
      SELECT h.name, r.handle, c.floor_at FROM conversation AS c
      CROSS JOIN server_run AS r ON r.id = c.run_id LEFT JOIN handle AS h ON h.id = c.handle_id
      WHERE c.id = ?1
      """)
    select.bind(id, at: 1)
    defer { select.reset() }
    var counted = CountedConversation(id: id, first: first, talk: talk)
    // One without a row is damage.
    if try select.step() {
      counted.client = select.textOrNil(at: 0)
      counted.server = select.text(at: 1)
      counted.floor = select.integerOrNil(at: 2).map(Timestamp.init(milliseconds:))
    }
    return counted
  }
}
