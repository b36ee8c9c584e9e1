/// The SQL of the transcript, embedded at build time so that a moved binary
/// still works; the same file can be given to sqlite3(1).
package enum Schema {
  /// Until the first release there is one migration, and it is edited in place.
  package static let sql = String(
    decoding: PackageResources.migration_001_transcript_sql, as: UTF8.self)

  /// The statement that makes a full-text table like `message_fts`, under
  /// another name: what is indexed apart from it is found by the same rules.
  package static func searchTable(named name: String) -> String {
    let head = "CREATE VIRTUAL TABLE "
    guard let start = sql.firstRange(of: head + "message_fts"),
      let end = sql[start.upperBound...].firstIndex(of: ";")
    else { preconditionFailure("the schema has no message_fts") }
    return head + name + sql[start.upperBound...end]
  }
}
