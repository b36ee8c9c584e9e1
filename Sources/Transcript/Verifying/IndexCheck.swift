import CSQLite
import Schema

/// Compares the full-text index with the messages.
///
/// FTS5's own integrity-check has to be allowed to write, and of an index
/// that stores no text it checks only the inner order
/// (https://www.sqlite.org/fts5.html#the_integrity_check_command). This looks
/// at which messages are in it, and whether some of them are found.
struct IndexCheck {
  private let connection: Connection

  /// Enough to meet an index that was built by other rules, and every message
  /// of a small transcript; few enough to take a second at most.
  private static let samples: Int64 = 500
  /// Words of a message that are asked for: each common one is a long list to
  /// read, and eight of them name a message.
  private static let sampleWords = 8

  /// The tables that hold something, the one that is searched first.
  private let slots: [SearchSlot]

  init(_ connection: Connection) throws(TranscriptError) {
    self.connection = connection
    let (used, other) = try SearchSlot.both(connection)
    slots = [used, other].filter { !$0.isEmpty }
  }

  /// Messages that are not indexed yet.
  func unindexed() throws(TranscriptError) -> Int64 {
    let through = try SearchIndex.watermark(connection)
    return try connection.integer(
      "SELECT count(*) FROM event WHERE kind = 'message' AND id > \(through)") ?? 0
  }

  /// Of one whose emptying is under way, part is gone, and nobody asks it.
  func check() throws(TranscriptError) -> [Finding] {
    var findings: [Finding] = []
    for slot in slots where slot.isUsed || slot.form(of: SearchForm.known) != nil {
      findings += try check(slot)
    }
    return findings
  }

  private func check(_ slot: SearchSlot) throws(TranscriptError) -> [Finding] {
    var findings: [Finding] = []
    let through = slot.through
    let newest =
      try connection.integer("SELECT seq FROM sqlite_sequence WHERE name = 'event'") ?? 0
    if through > newest { findings.append(.indexAhead(through: through, newest: newest)) }

    // A row for each text in the index
    // (https://www.sqlite.org/fts5.html#fts5_data_structures).
    let missing = try connection.prepare(
      """
      SELECT count(*), min(id) FROM event WHERE kind = 'message' AND id <= \(through)
        AND NOT EXISTS (SELECT 1 FROM \(slot.table)_docsize AS d WHERE d.id = event.id)
      """)
    if try missing.step(), missing.integer(at: 0) > 0 {
      findings.append(.notIndexed(count: missing.integer(at: 0), first: missing.integer(at: 1)))
    }
    let extra =
      try connection.integer(
        """
        SELECT count(*) FROM \(slot.table)_docsize AS d WHERE NOT EXISTS (
          SELECT 1 FROM event WHERE event.id = d.id AND kind = 'message')
        """) ?? 0
    if extra > 0 { findings.append(.indexedWithoutMessage(count: extra)) }
    if findings.isEmpty, let form = slot.form(of: SearchForm.known) {
      findings = try sample(slot, form, through: min(through, newest))
    }
    return findings
  }

  private func sample(
    _ slot: SearchSlot, _ form: SearchForm, through: Int64
  ) throws(TranscriptError) -> [Finding] {
    let step = max(1, through / Self.samples)
    let select = try connection.cached(
      "SELECT id, text FROM event WHERE id >= ?1 AND id <= ?2 AND kind = 'message' ORDER BY id LIMIT 1"
    )
    let find = try connection.cached(
      "SELECT 1 FROM \(slot.table) WHERE \(slot.table) MATCH ?1 AND rowid = ?2")
    var findings: [Finding] = []
    for start in stride(from: 1, through: through, by: Int64.Stride(step)) {
      select.bind(start, at: 1)
      select.bind(min(through, start + step - 1), at: 2)
      defer { select.reset() }
      guard try select.step() else { continue }
      let seq = select.integer(at: 0)
      // All of its words: a message as a phrase may hold a NUL, where FTS5
      // counts otherwise.
      guard let query = form.query(Self.words(select.text(at: 1))) else { continue }
      find.bind(query, at: 1)
      find.bind(seq, at: 2)
      let isFound = try find.step()
      find.reset()
      if !isFound { findings.append(.notFound(seq: seq)) }
    }
    return findings
  }

  /// A message without what means something in a query, and no longer than
  /// FTS5 takes.
  private static func words(_ text: String) -> String {
    // The wide star, and the small one, fold to it.
    let plain = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { ["*", "\u{ff0a}", "\u{fe61}"].contains($0) ? " " : $0 }))
    return plain.split(whereSeparator: \.isWhitespace).prefix(sampleWords).joined(separator: " ")
  }
}

/// FTS5's own check of the full-text index
/// (https://www.sqlite.org/fts5.html#the_integrity_check_command), which is an
/// INSERT and so needs the right to write, and would keep the server waiting
/// for as long as it takes. It is run on a copy of the index in this
/// connection's own temporary tables, which are in memory: nothing of the
/// transcript is locked or changed, and one that is read-only is checked too.
extension IndexCheck {
  enum Structure: Hashable {
    case good
    case damaged
    /// The index is larger than what is copied.
    case tooLarge
  }

  /// Bytes of index that are copied at most, so that memory and time stay
  /// those of a look; a year of much talk.
  private static let copyLimit: Int64 = 256 << 20

  /// To be called in the transaction that the rest is checked in.
  func structure() throws(TranscriptError) -> Structure {
    for slot in slots where slot.isUsed || slot.form(of: SearchForm.known) != nil {
      let structure = try structure(slot)
      if structure != .good { return structure }
    }
    return .good
  }

  private func structure(_ slot: SearchSlot) throws(TranscriptError) -> Structure {
    let table = slot.table
    let size =
      try connection.integer("SELECT total(length(block)) + 0 FROM main.\(table)_data") ?? 0
    if size > Self.copyLimit { return .tooLarge }
    try connection.writingShadowTables { () throws(TranscriptError) in
      try connection.execute(
        """
        DROP TABLE IF EXISTS temp.checked;
        \(Schema.searchTable(named: "temp.checked"))
        DELETE FROM temp.checked_data;
        INSERT INTO temp.checked_data SELECT * FROM main.\(table)_data;
        INSERT INTO temp.checked_idx SELECT * FROM main.\(table)_idx;
        INSERT INTO temp.checked_docsize SELECT * FROM main.\(table)_docsize;
        """)
    }
    do throws(TranscriptError) {
      try connection.execute("INSERT INTO temp.checked (checked) VALUES ('integrity-check')")
      return .good
    } catch {
      // A file that is itself damaged gives the same code, and SQLite's own
      // check has looked at that before.
      guard let code = error.code, code & 0xff == SQLITE_CORRUPT else { throw error }
      return .damaged
    }
  }
}
