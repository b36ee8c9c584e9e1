import CSQLite

/// One of the two full-text tables, and what is in it.
struct SearchSlot: Hashable {
  let id: Int64
  /// Whether it is the one that is searched.
  var isUsed: Bool
  /// The ``SearchForm/version`` that texts were put in; ``emptying`` while it is
  /// emptied, 0 when it is empty.
  var form: Int64
  /// Every message up to this event number is in it.
  var through: Int64

  /// While parts of it are gone already.
  private static let emptying: Int64 = -1

  var table: String { id == 1 ? "message_fts" : "message_fts_2" }

  /// A new one; whatever form it is said to have, it has none yet.
  var isEmpty: Bool { through == 0 }

  /// Both, the one that is searched first.
  ///
  /// - Throws: what SQLite reports; `corrupt` where they are not there.
  static func both(
    _ connection: Connection
  ) throws(TranscriptError) -> (used: SearchSlot, other: SearchSlot) {
    let select = try connection.cached(
      """
      SELECT id, is_used, form, indexed_through FROM message_fts_state
      ORDER BY is_used DESC, id LIMIT 2
      """)
    defer { select.reset() }
    var slots: [SearchSlot] = []
    while try select.step() {
      slots.append(
        SearchSlot(
          id: select.integer(at: 0), isUsed: select.integer(at: 1) == 1,
          form: select.integer(at: 2), through: select.integer(at: 3)))
    }
    guard slots.count == 2 else {
      throw TranscriptError(.corrupt, path: connection.path, sql: select.sql)
    }
    return (slots[0], slots[1])
  }

  /// The one of `forms` that it can be asked in; `nil` where that is none of
  /// them.
  func form(of forms: [SearchForm]) -> SearchForm? {
    isEmpty ? nil : forms.first { $0.version == form }
  }

  func save(_ connection: Connection) throws(TranscriptError) {
    let update = try connection.cached(
      "UPDATE message_fts_state SET is_used = ?2, form = ?3, indexed_through = ?4 WHERE id = ?1")
    update.bind(id, at: 1)
    update.bind(isUsed ? 1 : 0, at: 2)
    update.bind(form, at: 3)
    update.bind(through, at: 4)
    try update.run()
  }

  /// Puts the next messages in, in the caller's transaction.
  ///
  /// - Returns: how many; fewer than `limit` when it holds all there are.
  mutating func fill(
    _ form: SearchForm, limit: Int, _ connection: Connection
  ) throws(TranscriptError) -> Int {
    let select = try connection.cached(
      "SELECT id, text FROM event WHERE id > ?1 AND kind = 'message' ORDER BY id LIMIT ?2")
    select.bind(through, at: 1)
    select.bind(Int64(limit), at: 2)
    defer { select.reset() }
    let insert = try connection.cached("INSERT INTO \(table) (rowid, body) VALUES (?1, ?2)")
    var count = 0
    while try select.step() {
      through = select.integer(at: 0)
      insert.bind(through, at: 1)
      insert.bind(form.indexed(select.text(at: 1)), at: 2)
      try insert.run()
      count += 1
    }
    // Past what is no message too, or every look would walk over it again.
    if count < limit { through = try connection.integer("SELECT max(id) FROM event") ?? through }
    self.form = form.version
    try save(connection)
    return count
  }

  /// Takes a conversation's messages out, in the transaction that deletes them.
  func remove(
    conversation: Int64, _ form: SearchForm, _ connection: Connection
  ) throws(TranscriptError) {
    let select = try connection.cached(
      "SELECT id, text FROM event WHERE conversation_id = ?1 AND kind = 'message' AND id <= ?2")
    select.bind(conversation, at: 1)
    select.bind(through, at: 2)
    defer { select.reset() }
    // https://www.sqlite.org/fts5.html#the_delete_command
    let delete = try connection.cached(
      "INSERT INTO \(table) (\(table), rowid, body) VALUES ('delete', ?1, ?2)")
    while try select.step() {
      delete.bind(select.integer(at: 0), at: 1)
      delete.bind(form.indexed(select.text(at: 1)), at: 2)
      try delete.run()
    }
  }

  /// Empties it at once, in the caller's transaction: a second or so for ten
  /// million messages. https://www.sqlite.org/fts5.html#the_delete_all_command
  mutating func empty(_ connection: Connection) throws(TranscriptError) {
    try connection.execute("INSERT INTO \(table) (\(table)) VALUES ('delete-all')")
    (form, through) = (0, 0)
    try save(connection)
  }

  /// Takes a little of it away, in the caller's transaction.
  ///
  /// FTS5 can only empty the whole, so the tables behind it are: what is gone is
  /// marked so before, and nobody looks at it any more.
  ///
  /// - Returns: whether that was not all.
  mutating func emptyPart(_ connection: Connection) throws(TranscriptError) -> Bool {
    form = Self.emptying
    try save(connection)
    // https://www.sqlite.org/fts5.html#fts5_data_structures; 1 and 10 are the
    // records about the others.
    try connection.writingShadowTables { () throws(TranscriptError) in
      try connection.execute(
        """
        DELETE FROM \(table)_data
        WHERE id IN (SELECT id FROM \(table)_data WHERE id > 10 LIMIT \(Self.partRows));
        DELETE FROM \(table)_docsize
        WHERE id IN (SELECT id FROM \(table)_docsize LIMIT \(16 * Self.partRows));
        """)
    }
    let isMore =
      try connection.integer(
        """
        SELECT EXISTS (SELECT 1 FROM \(table)_data WHERE id > 10)
          OR EXISTS (SELECT 1 FROM \(table)_docsize)
        """) == 1
    if !isMore { try empty(connection) }
    return isMore
  }

  /// Rows of 4 KB each, and of the small table sixteen times as many: a few
  /// milliseconds.
  private static let partRows = 128
}
