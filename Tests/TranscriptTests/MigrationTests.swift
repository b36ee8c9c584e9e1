import CSQLite
import ChatCore
import Schema
import Testing

@testable import Transcript

/// A transcript that version 1 made, under this version.
@Suite struct MigrationTests {
  let scratch = Scratch()

  /// As version 1 wrote it: a conversation with a close, and one without.
  private func makeVersionOne() throws {
    let connection = try Connection(
      path: scratch.path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    try connection.execute("PRAGMA journal_mode = WAL")
    try connection.execute(String(decoding: Schema.migrations[0], as: UTF8.self))
    try connection.execute(
      """
      PRAGMA application_id = \(Connection.applicationID);
      PRAGMA user_version = 1;
      INSERT INTO server_run (started_at, pid, boot_id, version, port, handle)
      VALUES (1000, 1, 'boot', '0.9', 1027, 'SERVER');
      INSERT INTO handle (name) VALUES ('tatyana');
      INSERT INTO conversation (run_id, opened_at, peer_address, peer_port, mode, dialect, handle_id)
      VALUES (1, 2000, '127.0.0.1', 50112, 'turns', 'native', 1),
        (1, 3000, '127.0.0.1', 50113, 'free', 'line', 1);
      INSERT INTO event (conversation_id, at, kind, party, number, text, reason)
      VALUES (1, 2000, 1, NULL, NULL, NULL, NULL), (1, 2001, 2, 0, NULL, 'tatyana', NULL),
        (1, 2002, 3, 0, 1, 'hi', NULL), (1, 2003, 4, 0, NULL, NULL, 'quit'),
        (2, 3000, 1, NULL, NULL, NULL, NULL), (2, 3001, 2, 0, NULL, 'tatyana', NULL),
        (2, 3002, 3, 0, 1, 'ho', NULL);
      """)
  }

  private func verified() throws -> Verification {
    var verifier = Verifier(try Connection.forReading(scratch.path))
    return try verifier.verify { _ in }
  }

  @Test func itIsReadAsItIs() throws {
    try makeVersionOne()
    let result = try verified()
    #expect(result.findings.isEmpty)
    #expect((result.events, result.coveredEvents) == (7, 0))
    let reader = try TranscriptReader(path: scratch.path)
    #expect(try reader.summaries(newest: 9).map(\.messages) == [1, 1])
    #expect(try reader.connection.integer("PRAGMA user_version") == 1)
  }

  @Test func itIsMigratedAndGoesOn() throws {
    try makeVersionOne()
    let before = try TranscriptReader(path: scratch.path).events(conversation: 2)
    let writer = try TranscriptWriter(path: scratch.path)
    #expect(
      try writer.connection.integer("PRAGMA user_version") == Int64(Schema.migrations.count))
    // The conversation that version 1 left without a close, and its run.
    #expect(
      try writer.recordClose(conversation: 2, at: .ms(4000), by: nil, reason: .crashed))
    try writer.stopRun(1, at: .ms(4001))
    try talk(writer, ["later"])

    let reader = try TranscriptReader(path: scratch.path)
    #expect(try reader.events(conversation: 2).prefix(3) == before[...])
    #expect(try reader.summaries(newest: 9).map(\.messages) == [1, 1, 1])
    let result = try verified()
    #expect(result.findings.isEmpty)
    #expect((result.events, result.coveredEvents) == (11, 4))

    try writer.connection.execute("UPDATE event SET text = 'latet' WHERE id = 11")
    #expect(try verified().findings == [.checksum(conversation: 3, seq: 11)])
  }
}
