/// Compares how each conversation can go on with what its events say of it.
struct ResumptionCheck {
  private let connection: Connection

  init(_ connection: Connection) {
    self.connection = connection
  }

  /// One that goes on elsewhere does so in this file, under a later id, unless that was
  /// deleted. The newest resume, which the row has to agree with, or what was when the row was
  /// made; and a conversation is over when it has its close, and only then.
  ///
  /// - Throws: what SQLite reports.
  func findings() throws(TranscriptError) -> [Finding] {
    let select = try connection.prepare(
      """
      SELECT x.conversation_id FROM resumption AS x
      LEFT JOIN resume AS s ON s.event_id = (
        SELECT max(e.id) FROM event AS e WHERE e.conversation_id = x.conversation_id
          AND e.kind IN ('drop', 'resume') AND e.kind = 'resume')
      JOIN conversation AS c ON c.id = x.conversation_id
      WHERE x.epoch <> coalesce(s.epoch, x.epoch_before)
        OR x.attempt <> coalesce(s.attempt, x.attempt_before)
        OR x.run_id <> coalesce(s.run_id, c.run_id)
        OR x.state NOT IN ('offered', 'taken', 'over', 'elsewhere')
        OR (x.state = 'offered' AND s.event_id IS NOT NULL)
        OR (x.state <> 'elsewhere' AND (x.state = 'over') <> EXISTS (
          SELECT 1 FROM event AS e WHERE e.conversation_id = x.conversation_id AND e.kind = 'close'))
        OR (x.state = 'elsewhere' AND NOT EXISTS (
          SELECT 1 FROM resumption AS y
          WHERE y.token_hash = x.token_hash AND y.conversation_id > x.conversation_id)
          AND NOT EXISTS (SELECT 1 FROM pruning AS p WHERE p.last_id > x.conversation_id))
      ORDER BY x.conversation_id
      """)
    var findings: [Finding] = []
    while findings.count < Verification.maximumFindings, try select.step() {
      findings.append(.resumption(conversation: select.integer(at: 0)))
    }
    return findings
  }
}
