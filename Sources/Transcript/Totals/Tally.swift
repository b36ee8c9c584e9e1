import ChatCore

/// Events added up as the tables of totals hold them.
struct Tally {
  /// Messages of a quarter of an hour.
  struct Quarter: Hashable {
    var clients: Int64 = 0
    var servers: Int64 = 0
  }

  private(set) var talks: [Int64: Talk] = [:]
  private(set) var quarters: [Int64: Quarter] = [:]
  private(set) var replies: [Reply: Int64] = [:]
  /// The newest event that is in it; `nil` without any.
  private(set) var through: Int64?

  /// Counts up to `limit` events past `watermark`, in their order, and up to
  /// `end`. Of conversations that began before it, what is counted already is gone
  /// on with.
  ///
  /// - Throws: what SQLite reports.
  init(
    past watermark: Int64, limit: Int64 = .max, _ connection: Connection
  ) throws(TranscriptError) {
    let select = try connection.cached(
      "SELECT \(Self.columns) FROM event AS e WHERE e.id > ?1 ORDER BY e.id LIMIT ?2")
    select.bind(watermark, at: 1)
    select.bind(limit, at: 2)
    let earlier = try connection.cached(
      """
      SELECT \(Talk.columns.joined(separator: ", ")) FROM conversation_total
      WHERE conversation_id = ?1
      """)
    defer { select.reset() }
    while try select.step() {
      let conversation = select.integer(at: 1)
      if talks[conversation] == nil {
        earlier.bind(conversation, at: 1)
        if try earlier.step() { talks[conversation] = Talk(earlier, at: 0) }
        earlier.reset()
      }
      add(select)
    }
  }

  /// Counts what `conversation` has up to `watermark`.
  ///
  /// - Throws: what SQLite reports.
  init(
    of conversation: Int64, through watermark: Int64, _ connection: Connection
  ) throws(TranscriptError) {
    let select = try connection.cached(
      """
      SELECT \(Self.columns) FROM event AS e WHERE e.conversation_id = ?1 AND e.id <= ?2
      ORDER BY e.id
      """)
    select.bind(conversation, at: 1)
    select.bind(watermark, at: 2)
    defer { select.reset() }
    while try select.step() { add(select) }
  }

  /// What is counted of an event, by the name `e`.
  private static let columns =
    "e.id, e.conversation_id, e.at, CASE e.kind WHEN 'message' THEN e.party END"

  private mutating func add(_ row: Statement) {
    through = row.integer(at: 0)
    let time = Timestamp(milliseconds: row.integer(at: 2))
    let party = Party(stored: row.integerOrNil(at: 3))
    let reply = talks[row.integer(at: 1), default: Talk(last: time)].add(at: time, by: party)
    if let reply { replies[reply, default: 0] += 1 }
    switch party {
    case .client: quarters[Self.quarter(of: time), default: Quarter()].clients += 1
    case .server: quarters[Self.quarter(of: time), default: Quarter()].servers += 1
    case nil: break
    }
  }

  private static let quarterLength: Int64 = 900_000

  /// The number of the quarter of an hour since 1970, negative before.
  static func quarter(of time: Timestamp) -> Int64 {
    let (quotient, rest) = time.milliseconds.quotientAndRemainder(dividingBy: quarterLength)
    return rest < 0 ? quotient - 1 : quotient
  }

  /// When it begins; of a number that a file made up, the farthest time there is.
  static func start(ofQuarter quarter: Int64) -> Timestamp {
    let (start, isTooFar) = quarter.multipliedReportingOverflow(by: quarterLength)
    return Timestamp(milliseconds: isTooFar ? (quarter < 0 ? .min : .max) : start)
  }
}
