import ChatDigest

/// The events of one commit, written many rows to a statement.
///
/// A statement opens the table, its indexes and the counter of AUTOINCREMENT
/// once, however many rows it has: with 32 of them a row costs a third of what
/// it does alone, with 64 a tenth less than that.
struct EventInsertion: ~Copyable {
  private static let insertOne = insert(rows: 1)
  private static let insertSome = insert(rows: some)
  private static let insertMany = insert(rows: many)
  /// Rows of a statement: many for a flood, some for what it leaves over.
  private static let many = 64, some = 8

  private let connection: Connection
  private var links = LinkBuilder()
  /// The last id that was given; `nil`: it was not needed yet.
  private var lastID: Int64?
  /// The values of each row, and its link.
  private var waiting: [(values: [SQLValue], link: Digest)] = []

  init(_ connection: Connection) {
    self.connection = connection
  }

  /// Takes an event to be written.
  ///
  /// - Parameters:
  ///   - event: the next one; its `seq` is given here, since the link is over it.
  ///   - link: of the event before it in its conversation, and then its own.
  ///   - described: what other rows say of it, to be covered by its link.
  /// - Returns: its `seq`.
  /// - Throws: what SQLite reports; the transaction is to be undone then.
  @discardableResult
  mutating func add(
    _ event: Event, after link: inout Digest, describing described: [SQLValue] = []
  ) throws(TranscriptError) -> Int64 {
    var event = event
    event.seq = try nextID()
    let values = event.values
    links.begin(after: link)
    links.add(values)
    links.add(described)
    link = links.finish()
    waiting.append((values, link))
    return event.seq
  }

  /// The id that AUTOINCREMENT would give (https://www.sqlite.org/autoinc.html): nobody
  /// else gives one until this transaction is over.
  private mutating func nextID() throws(TranscriptError) -> Int64 {
    let last: Int64
    if let lastID {
      last = lastID
    } else {
      last =
        try connection.integer(
          """
          SELECT max(
            coalesce((SELECT s.seq FROM sqlite_sequence AS s WHERE s.name = 'event'), 0),
            coalesce((SELECT max(e.id) FROM event AS e), 0))
          """) ?? 0
    }
    // Whatever a file holds there.
    guard last < .max else { throw TranscriptError(.corrupt, path: connection.path) }
    lastID = last + 1
    return last + 1
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
    _ rest: inout ArraySlice<(values: [SQLValue], link: Digest)>, rows count: Int, _ sql: String
  ) throws(TranscriptError) {
    let statement = try connection.cached(sql)
    var index = 1
    for (values, link) in rest.prefix(count) {
      for value in values {
        statement.bind(value, at: index)
        index += 1
      }
      statement.bind(link, at: index)
      index += 1
    }
    rest = rest.dropFirst(count)
    try statement.run()
  }

  private static func insert(rows: Int) -> String {
    let columns = Event.columns + ["link"]
    let row = "(" + columns.map { _ in "?" }.joined(separator: ", ") + ")"
    return """
      INSERT INTO event (\(columns.joined(separator: ", ")))
      VALUES \(Array(repeating: row, count: rows).joined(separator: ", "))
      """
  }
}
