import ChatCore

/// The events of one commit, written many rows to a statement.
///
/// A statement opens the table, its indexes and the counter of AUTOINCREMENT
/// once, however many rows it has: with 32 of them a row costs a third of what
/// it does alone, with 64 a tenth less than that.
struct EventInsertion {
  static let insertOne = insert(rows: 1)
  /// Statements by how many rows they have: long ones for a flood, short ones
  /// for what it leaves over. Each is compiled when it is first needed.
  private static let statements = [
    (rows: 64, sql: insert(rows: 64)), (rows: 8, sql: insert(rows: 8)), (rows: 1, sql: insertOne),
  ]

  private let connection: Connection
  private var waiting: [EventValues] = []
  private var first: Int64?
  private var last: Int64?

  /// The numbers given by ``finish()``. One writer at a time and AUTOINCREMENT
  /// leave no gap inside a commit (https://www.sqlite.org/autoinc.html).
  var ids: ClosedRange<Int64>? {
    guard let first, let last else { return nil }
    return first...last
  }

  init(_ connection: Connection, capacity: Int = 1) {
    self.connection = connection
    waiting.reserveCapacity(capacity)
  }

  /// `row` is the checksum of the conversation's own row.
  mutating func open(_ conversation: Int64, at time: Timestamp, _ row: RowChecksum) {
    var values = EventValues(conversation, at: time, .open)
    values.described = row
    waiting.append(values)
  }

  mutating func handle(
    _ conversation: Int64, at time: Timestamp, _ handle: Handle, _ dialect: Dialect
  ) {
    var values = EventValues(conversation, at: time, .handle)
    values.described.add(dialect.rawValue)
    values.party = .client
    values.text = handle.text
    waiting.append(values)
  }

  mutating func message(
    _ conversation: Int64, at time: Timestamp, _ party: Party, _ number: Int, _ message: Message,
    isHeld: Bool
  ) {
    var values = EventValues(conversation, at: time, .message)
    values.party = party
    values.number = number
    values.text = message.text
    values.raw = message.raw
    values.isHeld = isHeld
    waiting.append(values)
  }

  mutating func close(
    _ conversation: Int64, at time: Timestamp, _ party: Party?, _ reason: CloseReason,
    _ detail: String?, _ undelivered: Int
  ) {
    var values = EventValues(conversation, at: time, .close)
    values.party = party
    values.reason = reason
    values.detail = detail
    values.undelivered = undelivered
    waiting.append(values)
  }

  /// Writes what was given, in its order; to be called before the commit.
  ///
  /// - Throws: what SQLite reports; the transaction is to be undone then.
  mutating func finish() throws(TranscriptError) {
    var rest = waiting[...]
    for statement in Self.statements {
      while rest.count >= statement.rows {
        try insert(rest.prefix(statement.rows), statement.sql)
        rest = rest.dropFirst(statement.rows)
      }
    }
    waiting.removeAll()
  }

  private mutating func insert(
    _ rows: ArraySlice<EventValues>, _ sql: String
  ) throws(TranscriptError) {
    let statement = try connection.cached(sql)
    statement.clear()
    for (row, values) in rows.enumerated() { values.bind(to: statement, row: row) }
    try statement.run()
    let id = connection.lastInsertedID
    if first == nil { first = id - Int64(rows.count) + 1 }
    last = id
  }

  private static func insert(rows: Int) -> String {
    let columns = EventValues.columns
    let values = (0..<rows).map { row in
      let parameters = columns.indices.map { "?\(row * columns.count + $0 + 1)" }
      return "(" + parameters.joined(separator: ", ") + ")"
    }
    return """
      INSERT INTO event (\(columns.joined(separator: ", ")))
      VALUES \(values.joined(separator: ", "))
      """
  }
}
