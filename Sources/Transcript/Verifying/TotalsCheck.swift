import ChatCore

/// Makes the totals again, while all events are walked over, and compares.
///
/// A table of them may have a row for each of many years' quarters of an hour: it
/// is compared by one number, to which each row adds its own, in any order.
struct TotalsCheck {
  private let connection: Connection
  private let watermark: Int64
  private var talks: UInt64 = 0
  private var quarters: UInt64 = 0
  private var replies: UInt64 = 0

  init(_ connection: Connection) throws(TranscriptError) {
    self.connection = connection
    watermark = try Totals.watermark(connection)
  }

  /// Counts the next event, if it is to be counted, in what its conversation has,
  /// which is `nil` at first.
  mutating func add(_ seq: Int64, _ time: Timestamp, _ party: Party?, _ talk: inout Talk?) {
    if seq > watermark { return }
    var next = talk ?? Talk(last: time)
    let reply = next.add(at: time, by: party)
    talk = next
    if let party { quarters &+= Self.mix([Tally.quarter(of: time), party.stored]) }
    if let reply { replies &+= Self.mix([reply.party.stored, Int64(reply.step)]) }
  }

  /// Nothing more is counted of a conversation.
  mutating func end(_ conversation: Int64, _ talk: Talk?) {
    if let talk { talks &+= Self.mix([conversation] + talk.values) }
  }

  /// After the last event.
  ///
  /// - Returns: which tables have something else.
  /// - Throws: what SQLite reports.
  func findings() throws(TranscriptError) -> [Finding] {
    var found: UInt64 = 0
    let columns = Talk.columns.indices
    try each(
      "SELECT conversation_id, \(Talk.columns.joined(separator: ", ")) FROM conversation_total"
    ) { row in
      found &+= Self.mix([row.integer(at: 0)] + columns.map { row.integerOrNil(at: $0 + 1) })
    }
    var findings: [Finding] = []
    // Without it nothing counts as counted, and nothing of what came since either.
    if try connection.integer("SELECT counted_through FROM total_state WHERE id = 1") == nil {
      findings.append(.totals(table: "total_state"))
    }
    if found != talks { findings.append(.totals(table: "conversation_total")) }
    found = 0
    try each("SELECT quarter, client, server FROM quarter_total") { row in
      for (index, party) in [Party.client, .server].enumerated() {
        let count = UInt64(bitPattern: row.integer(at: index + 1))
        found &+= count &* Self.mix([row.integer(at: 0), party.stored])
      }
    }
    if found != quarters { findings.append(.totals(table: "quarter_total")) }
    found = 0
    try each("SELECT party, step, replies FROM reply_total") { row in
      let count = UInt64(bitPattern: row.integer(at: 2))
      found &+= count &* Self.mix([row.integer(at: 0), row.integer(at: 1)])
    }
    if found != replies { findings.append(.totals(table: "reply_total")) }
    return findings
  }

  private func each(_ sql: String, _ body: (Statement) -> Void) throws(TranscriptError) {
    let select = try connection.prepare(sql)
    while try select.step() { body(select) }
  }

  /// One number of several: of two lists that differ it is hardly ever the same. The
  /// step is that of splitmix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom
  /// Number Generators", 2014).
  private static func mix(_ values: [Int64?]) -> UInt64 {
    var mixed: UInt64 = 0
    for value in values {
      mixed &+= 0x9e37_79b9_7f4a_7c15 &+ (value.map(UInt64.init(bitPattern:)) ?? 0x5555)
      mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
      mixed ^= mixed >> 31
    }
    return mixed
  }
}
