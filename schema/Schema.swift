/// The SQL of the transcript, embedded at build time so that a moved binary
/// still works; the same files can be fed to sqlite3(1).
public enum Schema {
  /// Every migration as UTF-8 SQL, in order: the first makes version 1 of
  /// `PRAGMA user_version`, the second version 2, and so on.
  public static let migrations: [[UInt8]] = [
    PackageResources.migration_001_transcript_sql,
    PackageResources.migration_002_checksums_sql,
  ]
}
