import CSQLite

/// FTS5's own check of the full-text index
/// (https://www.sqlite.org/fts5.html#the_integrity_check_command), which is an
/// INSERT and so needs the right to write, and would keep the server waiting
/// for as long as it takes. It is run on a copy of the index in this
/// connection's own temporary tables, which are in memory: nothing of the
/// transcript is locked or changed, and one that is read-only is checked too.
struct IndexStructureCheck {
  private let connection: Connection

  /// Bytes of index that are copied at most, so that memory and time stay
  /// those of a look; a year of much talk.
  private static let limit: Int64 = 256 << 20

  init(_ connection: Connection) {
    self.connection = connection
  }

  enum Outcome: Hashable {
    case good
    case damaged
    /// The index is larger than what is copied.
    case tooLarge
  }

  /// To be called in the transaction that the rest is checked in.
  func check() throws(TranscriptError) -> Outcome {
    let size =
      try connection.integer("SELECT total(length(block)) + 0 FROM main.message_fts_data") ?? 0
    if size > Self.limit { return .tooLarge }
    try connection.execute(
      """
      CREATE VIRTUAL TABLE temp.checked USING fts5 (
        body, content = '',
        tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co So Mn'"
      );
      DELETE FROM temp.checked_data;
      INSERT INTO temp.checked_data SELECT * FROM main.message_fts_data;
      INSERT INTO temp.checked_idx SELECT * FROM main.message_fts_idx;
      INSERT INTO temp.checked_docsize SELECT * FROM main.message_fts_docsize;
      """)
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
