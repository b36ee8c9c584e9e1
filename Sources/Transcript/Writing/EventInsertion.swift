import ChatCore

/// The events of one commit, written many rows to a statement.
///
/// A statement opens the table, its indexes and the counter of AUTOINCREMENT
/// once, however many rows it has: with 32 of them a row costs a third of what
/// it does alone, with 64 a tenth less than that.
struct EventInsertion {
  static let insertOne = insert(rows: 1)
  private static let insertSome = insert(rows: some)
  private static let insertMany = insert(rows: many)
  /// Rows of a statement: many for a flood, some for what it leaves over.
  private static let many = 64, some = 8

  /// Makes the texts that nearly every conversation needs, so that processes
  /// forked from this one have them. That of many rows takes a tenth of what a
  /// whole short conversation does, and waits for a flood.
  static func prepareTexts() {
    _ = insertOne
    _ = insertSome
  }

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
    while rest.count >= Self.many { try insert(&rest, rows: Self.many, Self.insertMany) }
    while rest.count >= Self.some { try insert(&rest, rows: Self.some, Self.insertSome) }
    while !rest.isEmpty { try insert(&rest, rows: 1, Self.insertOne) }
    waiting.removeAll()
  }

  /// Writes the first `count` of `rest` and takes them off.
  private mutating func insert(
    _ rest: inout ArraySlice<EventValues>, rows count: Int, _ sql: String
  ) throws(TranscriptError) {
    let rows = rest.prefix(count)
    rest = rest.dropFirst(count)
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
