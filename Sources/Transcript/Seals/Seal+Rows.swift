import ChatCore
import ChatDigest

/// Seals in the tables `seal` and `seal_head`.
extension Connection {
  static let sealColumns =
    "id, at, kind, last_event, run_id, stopped_at, note, key, link, signature"

  /// Where the newest seal is, which is all that the next one needs of it; `nil` when
  /// there is none. What else its row holds is not read: whoever writes seals goes on
  /// whatever somebody has put there.
  func newestPlace() throws(TranscriptError) -> Seal.Place? {
    let select = try cached("SELECT id, last_event, link FROM seal ORDER BY id DESC LIMIT 1")
    defer { select.reset() }
    guard try select.step() else { return nil }
    return Seal.Place(
      id: select.integer(at: 0), lastEvent: select.integer(at: 1),
      link: Digest(select.blob(at: 2)) ?? .zero)
  }

  /// The newest seal; `nil` when there is none.
  package func newestSeal() throws(TranscriptError) -> Seal? {
    try seal("ORDER BY id DESC LIMIT 1", at: nil)
  }

  /// Whether anything was ever sealed with a key, or, with `key`, with that one.
  ///
  /// - Throws: what SQLite reports.
  package func isSealed(by key: [UInt8]? = nil) throws(TranscriptError) -> Bool {
    let select = try cached(
      "SELECT 1 FROM seal WHERE signature IS NOT NULL AND key = coalesce(?1, key) LIMIT 1")
    defer { select.reset() }
    select.bind(key, at: 1)
    return try select.step()
  }

  package func seal(_ id: Int64) throws(TranscriptError) -> Seal? {
    try seal("WHERE id = ?1", at: id)
  }

  /// The newest seal that has the head of a conversation; `nil` when it is in none.
  package func newestSeal(of conversation: Int64) throws(TranscriptError) -> Seal? {
    try seal(
      "WHERE id = (SELECT max(seal_id) FROM seal_head WHERE conversation_id = ?1)",
      at: conversation)
  }

  private func seal(_ condition: String, at id: Int64?) throws(TranscriptError) -> Seal? {
    let select = try cached("SELECT \(Self.sealColumns) FROM seal \(condition)")
    defer { select.reset() }
    if let id { select.bind(id, at: 1) }
    return try select.step() ? Seal(select) : nil
  }

  /// The heads in the seal `?1`, in the order of the conversations.
  static let selectSealHeads = """
    SELECT conversation_id, event_id, link FROM seal_head WHERE seal_id = ?1
    ORDER BY conversation_id
    """

  /// The heads in a seal, in the order of the conversations.
  package func sealHeads(of seal: Int64) throws(TranscriptError) -> [Seal.Head] {
    let select = try cached(Self.selectSealHeads)
    defer { select.reset() }
    select.bind(seal, at: 1)
    var heads: [Seal.Head] = []
    while try select.step() { heads.append(Seal.Head(select)) }
    return heads
  }

  /// The number of the seal after `newest`.
  ///
  /// - Throws: `corrupt` where no number is left: nobody has made so many.
  func nextSeal(after newest: Seal.Place?) throws(TranscriptError) -> Int64 {
    let (next, isTooMany) = (newest?.id ?? 0).addingReportingOverflow(1)
    if isTooMany { throw TranscriptError(.corrupt, path: path) }
    return next
  }

  /// To be called in the transaction in which it was found what the newest seal is.
  func insert(_ seal: Seal, _ heads: some Sequence<Seal.Head>) throws(TranscriptError) {
    let insert = try cached(
      """
      INSERT INTO seal (\(Self.sealColumns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
      """)
    insert.bind(seal.id, at: 1)
    insert.bind(seal.at.milliseconds, at: 2)
    insert.bind(seal.kind, at: 3)
    insert.bind(seal.lastEvent, at: 4)
    insert.bind(seal.run, at: 5)
    insert.bind(seal.stoppedAt?.milliseconds, at: 6)
    insert.bind(seal.note, at: 7)
    insert.bind(seal.key, at: 8)
    insert.bind(seal.link.bytes, at: 9)
    insert.bind(seal.signature, at: 10)
    try insert.run()
    for head in heads {
      let insert = try cached(
        """
        INSERT INTO seal_head (seal_id, conversation_id, event_id, link)
        VALUES (?1, ?2, ?3, ?4)
        """)
      insert.bind(seal.id, at: 1)
      insert.bind(head.conversation, at: 2)
      insert.bind(head.event, at: 3)
      insert.bind(head.link.bytes, at: 4)
      try insert.run()
    }
  }
}

extension Seal {
  /// What the next one goes on from.
  struct Place {
    var id: Int64
    var lastEvent: Int64
    var link: Digest
  }

  /// From a row with the columns of ``Connection/sealColumns``. A link of another
  /// length, which the table does not take, is one that fits nothing.
  init(_ row: Statement) {
    id = row.integer(at: 0)
    at = Timestamp(milliseconds: row.integer(at: 1))
    kind = row.text(at: 2)
    lastEvent = row.integer(at: 3)
    run = row.integerOrNil(at: 4)
    stoppedAt = row.integerOrNil(at: 5).map(Timestamp.init(milliseconds:))
    note = row.textOrNil(at: 6)
    key = row.bytesOrNil(at: 7)
    link = Digest(row.blob(at: 8)) ?? .zero
    signature = row.bytesOrNil(at: 9)
  }
}

extension Seal.Head {
  /// From a row with a conversation, an event and a link.
  init(_ row: Statement) {
    self.init(
      conversation: row.integer(at: 0), event: row.integer(at: 1),
      link: Digest(row.blob(at: 2)) ?? .zero)
  }
}
