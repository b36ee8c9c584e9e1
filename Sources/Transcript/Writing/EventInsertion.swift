import ChatCore

/// The events of one commit: one statement, bound anew for each.
struct EventInsertion {
  private let connection: Connection
  private let statement: Statement
  private var first: Int64?
  private var last: Int64?

  /// The numbers given so far. One writer at a time and AUTOINCREMENT leave
  /// no gap inside a commit (https://www.sqlite.org/autoinc.html).
  var ids: ClosedRange<Int64>? {
    guard let first, let last else { return nil }
    return first...last
  }

  init(_ connection: Connection) throws(TranscriptError) {
    self.connection = connection
    statement = try connection.cached(
      """
      INSERT INTO event
        (conversation_id, at, kind, party, number, text, raw, held, reason, detail, undelivered)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
      """)
  }

  mutating func open(_ conversation: Int64, at time: Timestamp) throws(TranscriptError) {
    clear()
    try insert(conversation, at: time, .open)
  }

  mutating func handle(
    _ conversation: Int64, at time: Timestamp, _ handle: Handle
  ) throws(TranscriptError) {
    clear()
    statement.bind(Party.client.stored, at: 4)
    statement.bind(handle.text, at: 6)
    try insert(conversation, at: time, .handle)
  }

  mutating func message(
    _ conversation: Int64, at time: Timestamp, _ party: Party, _ number: Int, _ message: Message,
    isHeld: Bool
  ) throws(TranscriptError) {
    clear()
    statement.bind(party.stored, at: 4)
    statement.bind(Int64(number), at: 5)
    statement.bind(message.text, at: 6)
    statement.bind(message.raw, at: 7)
    if isHeld { statement.bind(1, at: 8) }
    try insert(conversation, at: time, .message)
  }

  mutating func close(
    _ conversation: Int64, at time: Timestamp, _ party: Party?, _ reason: CloseReason,
    _ detail: String?, _ undelivered: Int
  ) throws(TranscriptError) {
    clear()
    statement.bind(party?.stored, at: 4)
    statement.bind(reason.rawValue, at: 9)
    statement.bind(detail, at: 10)
    statement.bind(Int64(undelivered), at: 11)
    try insert(conversation, at: time, .close)
  }

  private func clear() {
    statement.clear()
  }

  private mutating func insert(
    _ conversation: Int64, at time: Timestamp, _ kind: EventKind
  ) throws(TranscriptError) {
    statement.bind(conversation, at: 1)
    statement.bind(time.milliseconds, at: 2)
    statement.bind(kind.rawValue, at: 3)
    try statement.run()
    let id = connection.lastInsertedID
    if first == nil { first = id }
    last = id
  }
}
