import CSQLite
import Schema

/// Compares the declarations of tables, indexes and views with what the
/// migrations make. A name that changed there makes a whole column unreadable,
/// and no row shows it.
struct SchemaCheck {
  private let connection: Connection

  init(_ connection: Connection) {
    self.connection = connection
  }

  /// The tables that FTS5 makes for itself are left out: their declarations
  /// belong to the SQLite that made them. What somebody added is no finding.
  private static let select = """
    SELECT type, name, tbl_name, sql FROM sqlite_schema
    WHERE name NOT IN ('message_fts_data', 'message_fts_idx', 'message_fts_docsize',
      'message_fts_config', 'message_fts_content')
    """

  /// - Returns: the declarations that are missing or other ones.
  /// - Throws: what SQLite reports.
  func check() throws(TranscriptError) -> [Finding] {
    let version = Int(try connection.integer("PRAGMA user_version") ?? 0)
    // https://www.sqlite.org/inmemorydb.html
    let model = try Connection(
      path: connection.path, name: ":memory:", flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    for migration in Schema.migrations.prefix(version) {
      try model.execute(String(decoding: migration, as: UTF8.self))
    }
    let found = Set(try declarations(connection))
    return try declarations(model).filter { !found.contains($0) }.map { .schema($0[1]) }
  }

  private func declarations(_ connection: Connection) throws(TranscriptError) -> [[String]] {
    let select = try connection.prepare(Self.select)
    var declarations: [[String]] = []
    while try select.step() { declarations.append((0..<4).map { select.text(at: $0) }) }
    return declarations
  }
}
