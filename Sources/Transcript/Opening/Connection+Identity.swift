import Schema

extension Connection {
  /// "chat" in ASCII: what `PRAGMA application_id` says of a transcript, so
  /// that no other program's database is taken for one
  /// (https://www.sqlite.org/pragma.html#pragma_application_id).
  static let applicationID: Int64 = 0x6368_6174

  /// Makes sure that the database is a transcript, or empty.
  ///
  /// - Returns: the version of its schema, from 1; 0 when it is empty.
  /// - Throws: `foreign` when another program made it, `newer` when a later
  ///   version of this one did, and what SQLite reports.
  func identify() throws(TranscriptError) -> Int {
    // At one moment: another server's migration may commit between two looks.
    let (version, isOurs) =
      isInTransaction
      ? try marks() : try read { () throws(TranscriptError) in try marks() }
    guard isOurs else { throw TranscriptError(.foreign, path: path) }
    let known = Schema.migrations.count
    if version > known { throw TranscriptError(.newer(found: version, known: known), path: path) }
    if version < 0 { throw TranscriptError(.foreign, path: path) }
    return version
  }

  /// The schema's version, and whether this program made the database or may
  /// make something of it: nobody has said whose it is, and it holds nothing.
  private func marks() throws(TranscriptError) -> (version: Int, isOurs: Bool) {
    let version = Int(try integer("PRAGMA user_version") ?? 0)
    let application = try integer("PRAGMA application_id") ?? 0
    if application == Self.applicationID { return (version, true) }
    guard application == 0, version == 0 else { return (version, false) }
    return (version, try integer("SELECT count(*) FROM sqlite_schema") == 0)
  }
}
