import CSQLite
import ChatCore
import Foundation
import Schema
import Testing

@testable import Transcript

@Suite struct OpeningTests {
  let scratch = Scratch()

  @Test func everythingIsTheOwnersAlone() throws {
    let path = scratch.directory + "/state/chat/transcript.db"
    let writer = try TranscriptWriter(path: path)
    try talk(writer, ["hi"])
    #expect(try scratch.mode(scratch.directory + "/state") == 0o700)
    #expect(try scratch.mode(scratch.directory + "/state/chat") == 0o700)
    for neighbour in ["", "-wal", "-shm", "-lock"] {
      #expect(try scratch.mode(path + neighbour) == 0o600, "\(neighbour)")
    }
  }

  @Test func theSetUpHolds() throws {
    let connection = try Connection.forWriting(scratch.path, busyTimeout: .milliseconds(1234))
    let mode = try connection.prepare("PRAGMA journal_mode")
    #expect(try mode.step() && mode.text(at: 0) == "wal")
    mode.reset()
    #expect(try connection.integer("PRAGMA synchronous") == 2)
    #expect(try connection.integer("PRAGMA foreign_keys") == 1)
    #expect(try connection.integer("PRAGMA busy_timeout") == 1234)
    #expect(try connection.integer("PRAGMA wal_autocheckpoint") == 1000)
    #expect(try connection.integer("PRAGMA journal_size_limit") == 16 * 1024 * 1024)
    #expect(try connection.integer("PRAGMA user_version") == Connection.schemaVersion)
    #expect(try connection.integer("PRAGMA application_id") == Connection.applicationID)
  }

  @Test(arguments: ["?", "#", "%41", "ö", "file:x", ":memory:", "two words"])
  func anyNameIsAFile(_ name: String) throws {
    let path = scratch.directory + "/" + name
    _ = try TranscriptWriter(path: path)
    #expect(FileManager.default.fileExists(atPath: path))
    #expect(try Archive(path: path).summaries(newest: 1).isEmpty)
    // The way in for a directory that cannot be written.
    let immutable = try Connection(
      path: path, name: DatabaseFile.immutableURI(path),
      flags: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
    #expect(try immutable.integer("PRAGMA user_version") == Connection.schemaVersion)
  }

  @Test func whatIsNoTranscriptIsRefusedAndLeftAlone() throws {
    #expect(try kind { _ = try Connection.forReading(scratch.path) } == .missing)
    #expect(!FileManager.default.fileExists(atPath: scratch.path))
    for open in [{ _ = try Connection.forReading($0) }, { _ = try Connection.forWriting($0) }]
      as [(String) throws -> Void]
    {
      #expect(try kind { try open(scratch.directory) } == .notAFile)
      #expect(try kind { try open("/dev/null") } == .notAFile)
    }
    #expect(
      try kind { _ = try Connection.forWriting("/dev/null/x") } == .cannotCreate)

    try "Dear diary, this is a text of more than a hundred bytes. ".appending(
      String(repeating: "x", count: 200)
    ).write(toFile: scratch.path, atomically: false, encoding: .utf8)
    let before = try Data(contentsOf: URL(fileURLWithPath: scratch.path))
    #expect(try kind { _ = try Connection.forReading(scratch.path) } == .notADatabase)
    #expect(try kind { _ = try Connection.forWriting(scratch.path) } == .notADatabase)
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path)) == before)
  }

  /// All that it holds may be in its log, beside one small page.
  @Test(
    arguments: [512, 1024, 2048, 4096],
    ["PRAGMA user_version = 7", "PRAGMA application_id = 7", "SELECT 1"])
  func anotherProgramsSmallPagesAreNotTakenForAnEmptiedTranscript(
    _ pageSize: Int, _ mark: String
  ) throws {
    let other = try Connection(
      path: scratch.path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    try other.execute("PRAGMA page_size = \(pageSize)")
    try other.execute(mark)
    try other.execute("PRAGMA journal_mode = WAL")
    try other.execute("CREATE TABLE recipe (id INTEGER); INSERT INTO recipe VALUES (1), (2)")
    let page = try Data(contentsOf: URL(fileURLWithPath: scratch.path))
    let log = try Data(contentsOf: URL(fileURLWithPath: scratch.path + "-wal"))
    #expect(log.count > pageSize)
    #expect(try kind { _ = try Connection.forWriting(scratch.path) } == .foreign)
    #expect(try kind { _ = try Connection.forReading(scratch.path) } == .foreign)
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path)) == page)
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path + "-wal")) == log)
    #expect(try other.integer("SELECT count(*) FROM recipe") == 2)
  }

  /// Neither is a short text with a file beside it that only has the name of a log,
  /// nor what is left of another program's database.
  @Test func whatIsLeftOfAnotherProgramsFileIsNotRemoved() throws {
    var header = Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0, count: 84)
    header[16] = 16
    header[71] = 7
    for bytes in [Array("buy milk".utf8), header] {
      for suffix in ["", "-wal"] {
        try Data(bytes).write(to: URL(fileURLWithPath: scratch.path + suffix))
      }
      #expect(try kind { _ = try Connection.forWriting(scratch.path) } != nil)
      #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path)) == Data(bytes))
    }
  }

  @Test func anotherProgramsDatabaseIsRefusedAndLeftAlone() throws {
    let other = try Connection(
      path: scratch.path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    try other.execute("CREATE TABLE recipe (id INTEGER)")
    #expect(try kind { _ = try Connection.forWriting(scratch.path) } == .foreign)
    #expect(try kind { _ = try Connection.forReading(scratch.path) } == .foreign)
    let mode = try other.prepare("PRAGMA journal_mode")
    #expect(try mode.step() && mode.text(at: 0) == "delete")
  }

  /// Builds before this one had versions 1 and 2; a later schema has another
  /// checksum.
  @Test(arguments: [1, 2, Connection.schemaVersion - 1, Connection.schemaVersion + 1])
  func aTranscriptOfAnotherBuildIsRefusedAndLeftAlone(_ version: Int64) throws {
    do {
      let writer = try TranscriptWriter(path: scratch.path)
      try talk(writer, ["hi"])
      try writer.connection.execute(
        "PRAGMA user_version = \(version); PRAGMA wal_checkpoint(TRUNCATE)")
    }
    let before = try Data(contentsOf: URL(fileURLWithPath: scratch.path))
    #expect(try kind { _ = try Connection.forWriting(scratch.path) } == .otherBuild)
    #expect(try kind { _ = try Connection.forReading(scratch.path) } == .otherBuild)
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path)) == before)
  }

  @Test func anEmptyFileHoldsNothingToReadAndMayBecomeATranscript() throws {
    let empty = scratch.directory + "/empty.db"
    #expect(FileManager.default.createFile(atPath: empty, contents: nil))
    chmod(empty, 0o600)
    #expect(try kind { _ = try Connection.forReading(empty) } == .empty)
    #expect(try kind { _ = try Connection.forWriting(empty) } == nil)
    #expect(try kind { _ = try Connection.forReading(empty) } == nil)
  }

  @Test func aTableLikeTheIndexIsDeclaredAsTheIndexIs() throws {
    let connection = try Connection.forWriting(scratch.path)
    try connection.execute(Schema.searchTable(named: "temp.other"))
    let select = try connection.prepare(
      """
      SELECT m.sql, t.sql FROM main.sqlite_schema AS m, temp.sqlite_schema AS t
      WHERE m.name = 'message_fts' AND t.name = 'other'
      """)
    #expect(try select.step())
    func tail(_ sql: String) -> Substring {
      sql[(sql.firstRange(of: "USING")?.lowerBound ?? sql.endIndex)...]
    }
    #expect(tail(select.text(at: 0)).contains("tokenize"))
    #expect(tail(select.text(at: 0)) == tail(select.text(at: 1)))
  }

  @Test func twoThatMakeItAtOnceBothSucceed() throws {
    let path = scratch.path
    let results = Results()
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      do {
        let writer = try TranscriptWriter(path: path)
        results.add(try writer.startRun(.sample(), at: .ms(1)))
      } catch {
        Issue.record(error)
      }
    }
    #expect(results.all.sorted() == Array(1...8))
    // Without the queue too, which is only a courtesy.
    let second = scratch.directory + "/second.db"
    try DatabaseFile.create(second)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      do {
        let connection = try Connection(path: second, flags: SQLITE_OPEN_READWRITE)
        connection.setBusyTimeout(.seconds(5))
        try connection.createTables()
      } catch {
        Issue.record(error)
      }
    }
    let version = try Connection.forReading(second).integer("PRAGMA user_version")
    #expect(version == Connection.schemaVersion)
  }

  // Root may write what its mode forbids; see also the read-only file system
  // in FailureTests.
  @Test(.enabled(if: geteuid() != 0))
  func readingNeedsNoRightToWriteTheDirectory() throws {
    try talk(TranscriptWriter(path: scratch.path), ["hi"])
    chmod(scratch.directory, 0o500)
    defer { chmod(scratch.directory, 0o700) }
    #expect(try Archive(path: scratch.path).summaries(newest: 2).map(\.messages) == [1])
    #expect(
      try kind { _ = try TranscriptWriter(path: scratch.directory + "/new.db") } == .notPermitted)
  }

  @Test func aFileThatMayNotBeWrittenIsReadOnly() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try writer.connection.execute("PRAGMA query_only = ON")
    #expect(try kind { try talk(writer, ["hi"]) } == .readOnly)
    try writer.connection.execute("PRAGMA query_only = OFF")
    #expect(try kind { try talk(writer, ["hi"]) } == nil)
  }
}

/// Numbers from several threads.
final class Results: @unchecked Sendable {
  // Guards `values`.
  private let lock = NSLock()
  private var values: [Int64] = []

  func add(_ value: Int64) { lock.withLock { values.append(value) } }
  var all: [Int64] { lock.withLock { values } }
}
