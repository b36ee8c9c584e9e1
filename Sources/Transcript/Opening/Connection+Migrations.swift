import Schema

extension Connection {
  /// Brings the database to the version this program knows: each migration in
  /// one transaction, with its number.
  ///
  /// - Throws: `foreign`, `newer`, and what SQLite reports; the database is
  ///   then at the last version that was reached.
  func migrate() throws(TranscriptError) {
    while try identify() < Schema.migrations.count {
      try write { () throws(TranscriptError) in
        // Asked again under the lock: of two servers that start at once, the
        // second finds the work done.
        let version = try identify()
        guard version < Schema.migrations.count else { return }
        try execute(String(decoding: Schema.migrations[version], as: UTF8.self))
        try execute("PRAGMA application_id = \(Self.applicationID)")
        try execute("PRAGMA user_version = \(version + 1)")
      }
    }
  }
}
