/// The events of one commit, written many rows to a statement.
///
/// A statement opens the table, its indexes and the counter of AUTOINCREMENT
/// once, however many rows it has: with 32 of them a row costs a third of what
/// it does alone, with 64 a tenth less than that.
struct EventInsertion {
  private static let insertOne = insert(rows: 1)
  private static let insertSome = insert(rows: some)
  private static let insertMany = insert(rows: many)
  /// Rows of a statement: many for a flood, some for what it leaves over.
  private static let many = 64, some = 8

  private let connection: Connection
  /// The values of each row.
  private var waiting: [[SQLValue]] = []

  init(_ connection: Connection) {
    self.connection = connection
  }

  /// Takes an event to be written.
  ///
  /// - Parameters:
  ///   - event: the next one.
  ///   - described: what it says of its conversation's row, to be covered by its
  ///     checksum. The id is not: SQLite gives it only with the row, and that
  ///     ids have an order and no gaps covers it.
  mutating func add(_ event: Event, describing described: [SQLValue] = []) {
    var checksum = RowChecksum()
    checksum.add(described)
    let values = event.values
    checksum.add(values)
    waiting.append(values + [.integer(checksum.stored)])
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
    _ rest: inout ArraySlice<[SQLValue]>, rows count: Int, _ sql: String
  ) throws(TranscriptError) {
    let statement = try connection.cached(sql)
    var index = 1
    for values in rest.prefix(count) {
      for value in values {
        statement.bind(value, at: index)
        index += 1
      }
    }
    rest = rest.dropFirst(count)
    try statement.run()
  }

  private static func insert(rows: Int) -> String {
    let columns = Event.columns.dropFirst() + ["checksum"]
    let row = "(" + columns.map { _ in "?" }.joined(separator: ", ") + ")"
    return """
      INSERT INTO event (\(columns.joined(separator: ", ")))
      VALUES \(Array(repeating: row, count: rows).joined(separator: ", "))
      """
  }
}
