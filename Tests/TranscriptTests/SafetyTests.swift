import ChatPosix
import Foundation
import Schema
import Testing

@testable import Transcript

/// A file that others prepared, or can reach, is not used.
@Suite struct SafetyTests {
  let scratch = Scratch()

  private func made() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try talk(writer, ["hi"])
  }

  /// How opening fails, for writing and for reading.
  private func kinds(
    _ path: String? = nil
  ) throws -> (TranscriptError.Kind?, TranscriptError.Kind?) {
    let path = path ?? scratch.path
    return (
      try kind { _ = try Connection.forWriting(path) },
      try kind { _ = try Connection.forReading(path) }
    )
  }

  @Test(arguments: [
    (0o600, false, false), (0o400, false, false), (0o640, true, false), (0o604, true, false),
    (0o644, true, false), (0o610, true, false), (0o620, true, true), (0o602, true, true),
    (0o666, true, true),
  ])
  func aModeThatLetsOthersIn(_ mode: Int, _ noWriting: Bool, _ noReading: Bool) throws {
    try made()
    chmod(scratch.path, mode_t(mode))
    let (writing, reading) = try kinds()
    #expect((writing == .exposed) == noWriting, "\(String(mode, radix: 8))")
    #expect(reading == (noReading ? .exposed : nil), "\(String(mode, radix: 8))")
    // Nothing was changed.
    #expect(try scratch.mode(scratch.path) == UInt32(mode))
  }

  @Test func anEmptyFileIsHeldToTheSame() throws {
    #expect(FileManager.default.createFile(atPath: scratch.path, contents: nil))
    chmod(scratch.path, 0o666)
    #expect(try kind { _ = try Connection.forWriting(scratch.path) } == .exposed)
    #expect(DatabaseFile.size(FilePath(scratch.path)) == 0)
  }

  @Test(arguments: ["-wal", "-shm", "-journal", "-lock"])
  func whatLiesBesideItIsLookedAtToo(_ suffix: String) throws {
    try made()
    let beside = scratch.path + suffix
    // Without its side file it goes on; see FailureTests.
    let expected: TranscriptError.Kind? = suffix == "-lock" ? nil : .neighbourNotAFile
    unlink(beside)
    mkfifo(beside, 0o600)
    #expect(try kinds() == (expected, expected))
    unlink(beside)
    symlink("/dev/null", beside)
    #expect(try kinds() == (expected, expected))
    unlink(beside)
    // SQLite gives an empty log, and the shared memory, the transcript's own mode.
    if suffix == "-wal" || suffix == "-shm" { return }
    #expect(FileManager.default.createFile(atPath: beside, contents: nil))
    chmod(beside, 0o666)
    #expect(try kind { _ = try Connection.forWriting(scratch.path) } == .exposed)
    chmod(beside, 0o600)
    link(beside, scratch.directory + "/other")
    #expect(try kind { _ = try Connection.forWriting(scratch.path) } == .linked)
  }

  /// Without waiting for who writes to the pipe.
  @Test func aPipeIsNoLockFile() throws {
    let path = scratch.directory + "/lock"
    mkfifo(path, 0o600)
    for isCreating in [false, true] {
      #expect(throws: SystemCallError.self) {
        try LockFile(FilePath(path), isCreating: isCreating)
      }
    }
  }

  @Test func aSecondNameIsRefusedForWriting() throws {
    try made()
    link(scratch.path, scratch.directory + "/other.db")
    #expect(try kinds() == (.linked, nil))
  }

  @Test(
    arguments: [
      (0o700, nil), (0o755, nil), (0o1777, nil), (0o1775, nil), (0o777, .exposedDirectory),
      (0o702, .exposedDirectory), (0o775, .exposedDirectory), (0o720, .exposedDirectory),
    ] as [(Int, TranscriptError.Kind?)])
  func aDirectoryThatOthersMayWrite(_ mode: Int, _ expected: TranscriptError.Kind?) throws {
    try made()
    chmod(scratch.directory, mode_t(mode))
    #expect(try kinds() == (expected, expected))
    // By a link from elsewhere too.
    let elsewhere = Scratch()
    symlink(scratch.path, elsewhere.path)
    #expect(try kinds(elsewhere.path) == (expected, expected))
  }

  @Test(.enabled(if: geteuid() == 0))
  func anotherUsersFileIsRefused() throws {
    try made()
    chown(scratch.path, 12345, 12345)
    // Root reads everybody's.
    #expect(try kinds() == (.notOurs, nil))
  }

  @Test(arguments: [
    ("CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM event; END", "trigger t"),
    ("CREATE TRIGGER t AFTER UPDATE ON message_fts_state BEGIN SELECT 1; END", "trigger t"),
    ("CREATE TABLE o (x); CREATE TRIGGER t AFTER INSERT ON o BEGIN SELECT 1; END", "trigger t"),
    ("CREATE VIEW v AS SELECT * FROM event", "view v"),
    ("CREATE INDEX i ON event (at)", "index i"),
    ("CREATE INDEX i ON message_fts_docsize (sz)", "index i"),
    ("CREATE UNIQUE INDEX i ON event (conversation_id, number)", "index i"),
    ("ALTER TABLE event ADD COLUMN more TEXT", "table event"),
    ("ALTER TABLE handle RENAME COLUMN name TO nom", "view conversations"),
    ("DROP INDEX event_close", "index event_close"),
    (
      """
      DROP VIEW conversations; CREATE VIEW conversations AS
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n
      """, "view conversations"
    ),
    (
      """
      PRAGMA foreign_keys = OFF; DROP TABLE pruning; CREATE VIEW pruning AS
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n
      """, "view pruning"
    ),
  ])
  func whatWasAddedToTheTablesIsRefusedAndNamed(_ sql: String, _ name: String) throws {
    try made()
    try Connection.forWriting(scratch.path).execute(sql)
    for open in [{ _ = try Connection.forReading($0) }, { _ = try Connection.forWriting($0) }]
      as [(String) throws -> Void]
    {
      let error = #expect(throws: TranscriptError.self) { try open(scratch.path) }
      #expect(error?.kind == .altered)
      #expect(error?.message == name)
    }
    var verifier = Verifier(try Connection.forReading(scratch.path, checksSchema: false))
    #expect(try !verifier.verify { _ in }.findings.isEmpty)
  }

  @Test func tablesOfOthersAreLeftAloneAndNamed() throws {
    try made()
    try Connection.forWriting(scratch.path).execute(
      """
      CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER);
      CREATE TABLE _litestream_lock (id INTEGER);
      CREATE TABLE notes (conversation INTEGER UNIQUE, note TEXT);
      CREATE INDEX notes_note ON notes (note);
      ANALYZE;
      """)
    #expect(try kinds() == (nil, nil))
    var verifier = Verifier(try Connection.forReading(scratch.path))
    let result = try verifier.verify { _ in }
    #expect(result.findings.isEmpty)
    #expect(result.otherTables == ["_litestream_lock", "_litestream_seq", "notes"])
  }

  @Test func bothKindsOfConnectionTrustNoSchema() throws {
    try made()
    for connection in [
      try Connection.forReading(scratch.path), try Connection.forWriting(scratch.path),
    ] {
      #expect(try connection.integer("PRAGMA trusted_schema") == 0)
      // What defensive forbids is passed over in silence.
      try connection.execute("PRAGMA writable_schema = ON")
      let write = "UPDATE sqlite_schema SET sql = sql"
      #expect(throws: TranscriptError.self) { try connection.execute(write) }
      #expect(throws: TranscriptError.self) {
        try connection.execute("DELETE FROM message_fts_data")
      }
    }
  }

  /// The declarations are read from the script as SQLite keeps them.
  @Test func theScriptSaysWhatTheDatabaseHas() throws {
    try made()
    let found = try Declarations.found(try Connection.forReading(scratch.path))
    #expect(Declarations.missing(in: found).isEmpty)
    #expect(Declarations.foreign(in: found).isEmpty)
    #expect(Declarations.others(in: found).isEmpty)
    let lines = Schema.sql.split(separator: "\n")
    #expect(Declarations.own.count == lines.count { $0.hasPrefix("CREATE ") })
  }
}
