/// Looks for numbers that were given and are not there any more. Numbers are
/// given without a gap (AUTOINCREMENT, and a transaction that is undone gives
/// its numbers back), so only a deletion leaves one.
struct GapCheck {
  private let connection: Connection
  private let events: Gaps
  private(set) var prunedConversations: Int64 = 0
  private var prunedEvents: Int64 = 0
  private var findings: [Finding] = []

  /// `events` are those that are missing.
  init(_ connection: Connection, events: Gaps) {
    self.connection = connection
    self.events = events
  }

  mutating func check() throws(TranscriptError) -> [Finding] {
    prunedConversations =
      try connection.integer("SELECT sum(max(conversations, 0)) FROM pruning") ?? 0
    prunedEvents = try connection.integer("SELECT sum(max(events, 0)) FROM pruning") ?? 0
    try checkFirst()
    let firstPruned = try checkConversations()
    try checkEvents(firstPruned)
    return findings
  }

  private mutating func checkFirst() throws(TranscriptError) {
    for table in ["server_run", "handle", "conversation", "event", "pruning", "seal"] {
      if let row = try connection.integer("SELECT min(rowid) FROM \(table)"), row < 1 {
        findings.append(.neverGiven(table: table, row: row))
      }
    }
  }

  /// - Returns: the first id that a prune took, where one did.
  private mutating func checkConversations() throws(TranscriptError) -> Int64? {
    var conversations = Gaps()
    let select = try connection.prepare("SELECT id FROM conversation ORDER BY id")
    while try select.step() { conversations.note(select.integer(at: 0)) }
    conversations.end(
      last: try connection.integer("SELECT seq FROM sqlite_sequence WHERE name = 'conversation'"))
    let gaps = conversations.ranges
    let missing = conversations.missing
    for gap in gaps where try !isPruned(gap) { findings.append(.conversationsMissing(gap)) }
    if missing < prunedConversations {
      findings.append(.pruneCount(pruned: prunedConversations, missing: missing))
    } else if missing > prunedConversations, findings.isEmpty, let gap = gaps.first {
      // Somewhere in what the prunes went through, more is gone than they took.
      findings.append(.conversationsMissing(gap))
    }
    return gaps.first?.lowerBound
  }

  private func isPruned(_ gap: ClosedRange<Int64>) throws(TranscriptError) -> Bool {
    let statement = try connection.cached("SELECT first_id, last_id FROM pruning")
    defer { statement.reset() }
    var rest = gap.lowerBound
    // Several prunes may have taken neighbours, in any order.
    var spans: [ClosedRange<Int64>] = []
    while try statement.step() {
      let first = statement.integer(at: 0)
      let last = statement.integer(at: 1)
      if first <= last { spans.append(first...last) }
    }
    for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) where span.contains(rest) {
      if span.upperBound >= gap.upperBound { return true }
      rest = span.upperBound + 1
    }
    return false
  }

  private mutating func checkEvents(_ firstPruned: Int64?) throws(TranscriptError) {
    let gaps = events.ranges
    guard prunedConversations > 0, let firstPruned else {
      findings += gaps.map(Finding.eventsMissing)
      return
    }
    // No event of a pruned conversation came before the open of the one
    // before it.
    let statement = try connection.cached(
      "SELECT min(id) FROM event WHERE conversation_id = (SELECT max(id) FROM conversation WHERE id < ?1)"
    )
    defer { statement.reset() }
    statement.bind(firstPruned, at: 1)
    let start = try statement.step() ? statement.integer(at: 0) : 0
    for gap in gaps where gap.lowerBound <= start { findings.append(.eventsMissing(gap)) }

    if events.missing != prunedEvents {
      findings.append(.eventCount(missing: events.missing, explained: prunedEvents))
    }
  }
}
