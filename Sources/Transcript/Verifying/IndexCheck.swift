import CSQLite

/// Compares the full-text index with the messages: which of them are in it, whether
/// some are found, and whether it is whole inside.
struct IndexCheck {
  private let connection: Connection
  /// Of the tables that hold something, the one that is searched first.
  private var coverages: [IndexCoverage] = []
  private let watermark: Int64
  /// Messages that are not indexed yet.
  private(set) var unindexed: Int64 = 0

  /// Enough to meet an index that was built by other rules, and every message
  /// of a small transcript; few enough to take a second at most.
  private static let samples: Int64 = 500
  /// Words of a message that are asked for: each common one is a long list to
  /// read, and eight of them name a message.
  private static let sampleWords = 8

  init(_ connection: Connection) throws(TranscriptError) {
    self.connection = connection
    watermark = try SearchIndex.watermark(connection)
    let (used, other) = try SearchSlot.both(connection)
    // Of one whose emptying is under way, part is gone, and nobody asks it.
    for slot in [used, other]
    where !slot.isEmpty && (slot.isUsed || slot.form(of: SearchForm.known) != nil) {
      coverages.append(try IndexCoverage(slot, connection))
    }
  }

  /// To be given every message, in their order.
  mutating func see(message seq: Int64) throws(TranscriptError) {
    if seq > watermark { unindexed += 1 }
    for index in coverages.indices { try coverages[index].see(message: seq) }
  }

  /// After the last message.
  mutating func findings() throws(TranscriptError) -> [Finding] {
    var findings: [Finding] = []
    let newest =
      try connection.integer("SELECT seq FROM sqlite_sequence WHERE name = 'event'") ?? 0
    for index in coverages.indices {
      let slot = coverages[index].slot
      var found = try coverages[index].findings()
      if slot.through > newest { found.append(.indexAhead(through: slot.through, newest: newest)) }
      if try !isWhole(slot, words: coverages[index].words) {
        // What it finds, or does not, proves nothing.
        return [.indexStructure]
      }
      if found.isEmpty, let form = slot.form(of: SearchForm.known) {
        found = try sample(slot, form, through: min(slot.through, newest))
      }
      findings += found
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

/// Whether the full-text index is whole inside.
///
/// FTS5's own check is an INSERT and so needs the right to write, and would keep
/// the server waiting for as long as it takes
/// (https://www.sqlite.org/fts5.html#the_integrity_check_command). This reads every
/// term with all its places, as a query would, through a table of FTS5's that only
/// looks (https://www.sqlite.org/fts5.html#the_fts5vocab_virtual_table_module):
/// in place, whatever the size, and of one that is read-only too.
extension IndexCheck {
  /// `words` is how many it is said to have.
  private func isWhole(_ slot: SearchSlot, words: Int64) throws(TranscriptError) -> Bool {
    do throws(TranscriptError) {
      try connection.execute(
        """
        DROP TABLE IF EXISTS temp.terms;
        CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', '\(slot.table)', 'row');
        """)
      return try countTerms() == words
    } catch {
      // A file that is itself damaged gives the same code, and SQLite's own
      // check has looked at that before.
      guard let code = error.code, code & 0xff == SQLITE_CORRUPT else { throw error }
      return false
    }
  }

  /// Terms that are looked up: the first so many, and one of so many after them.
  private static let lookups = 250

  /// Reads all terms. They have to be in their order, which a search for one relies
  /// on, and those that are looked up have to be found as they are found among all.
  ///
  /// - Returns: how many words they are; `nil` where they are not so.
  private func countTerms() throws(TranscriptError) -> Int64? {
    let all = try connection.prepare("SELECT term, doc, cnt FROM temp.terms")
    let one = try connection.prepare("SELECT doc, cnt FROM temp.terms WHERE term = ?1")
    var words: Int64 = 0
    var last: [UInt8] = []
    var number = 0
    while try all.step() {
      let term = Array(all.bytes(at: 0))
      if number > 0, !last.lexicographicallyPrecedes(term) { return nil }
      last = term
      words &+= all.integer(at: 2)
      number += 1
      guard number <= Self.lookups || number.isMultiple(of: Self.lookups) else { continue }
      one.bind(all.text(at: 0), at: 1)
      defer { one.reset() }
      guard try one.step(), one.integer(at: 0) == all.integer(at: 1),
        one.integer(at: 1) == all.integer(at: 2)
      else { return nil }
    }
    return words
  }
}
