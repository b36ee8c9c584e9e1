import ChatCore
import Testing
import Transcript

@testable import History

@Suite struct VerifyTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture.samples()
    let run = try fixture.run(started: "2026-03-05T10:00:00")
    let three = try fixture.open(run: run, at: "2026-03-05T10:00:01", port: 9)
    try fixture.handle(three, at: "2026-03-05T10:00:02", "zoe")
    for text in ["one", "two", "three"] {
      try fixture.say(three, at: "2026-03-05T10:00:03", .client, text)
    }
    try fixture.close(three, at: "2026-03-05T10:00:04")
    _ = try fixture.history("search", "hi")
  }

  private func findings() throws -> [String] {
    let result = try fixture.history("verify")
    let damage = result.output.split(separator: "\n").filter { $0.hasPrefix("damage: ") }
      .map { String($0.dropFirst(8)) }
    #expect(result.exit == (damage.isEmpty ? 0 : 1))
    return damage
  }

  @Test func `a good transcript is not accused`() throws {
    let result = try fixture.history("verify")
    #expect(
      result.output == """
        note: 3 runs of the server ended without a stop being recorded (no damage)
        note: no seal: who can write the file could have made all of it anew (no damage)
        3 conversations, 14 events, 6 messages: no damage found

        """)
    #expect(
      try fixture.history("verify", "-o", "json").output == """
        {"v":1,"type":"verify","ok":true,"complete":true,"conversations":3,"events":14,\
        "messages":6,"unended_runs":3,"pruned_conversations":0,"unindexed":0,\
        "seals":0,"sealed_through":null,"sealed_at":null,"sealed_by":null,\
        "sealed_by_trusted":false,"sealed_by_former_key":false,"unsealed_events":14,\
        "unsigned_removals":0,"kept_seals":[],"seal_beside_key":null,\
        "accepted_losses":[],"damage":[],"other_tables":[]}

        """)
  }

  @Test func `an index that lags is no damage`() throws {
    try fixture.say(2, at: "2026-03-01T14:11:00", .server, "later")
    #expect(try fixture.history("verify").output.contains("note: 1 message not indexed yet"))
    #expect(try findings().isEmpty)
  }

  @Test func `a message that begins with a later number is no damage`() throws {
    let four = try fixture.open(run: 3, at: "2026-03-06T10:00:01", port: 9)
    for number in 7...9 {
      try fixture.insert(
        """
        INSERT INTO event (link, conversation_id, at, kind, party, number, text)
        VALUES (zeroblob(32), ?1, 1772800000000, 'message', 0, ?2, 'x')
        """, four, number)
    }
    #expect(try findings().isEmpty)
  }

  /// What is done to a good transcript, and what has to be said of it.
  private static let damages: [(String, [String])] = [
    (
      "DELETE FROM event WHERE id = 5",
      ["event 5 is missing, and no prune took it"]
    ),
    (
      "DELETE FROM event WHERE id IN (11, 12)",
      [
        "events 11..12 are missing, and no prune took them",
        "2 of the full-text index's entries have no message",
      ]
    ),
    (
      "DELETE FROM event WHERE id = 12",
      [
        "event 12 is missing, and no prune took it",
        "1 of the full-text index's entries have no message",
      ]
    ),
    (
      "DELETE FROM event WHERE id = 14",
      ["event 14 is missing, and no prune took it"]
    ),
    (
      "DELETE FROM event WHERE conversation_id = 2; DELETE FROM conversation WHERE id = 2",
      [
        "events 6..8 are missing, and no prune took them",
        "conversation 2 is missing, and no prune took it",
        "1 of the full-text index's entries have no message",
      ]
    ),
    (
      "INSERT INTO event (link, conversation_id, at, kind, party, number, text) VALUES (zeroblob(32), 1, 0, 'message', 0, 2, 'x')",
      ["conversation 1: event 15 comes after the close"]
    ),
    (
      "DELETE FROM event WHERE id = 1",
      [
        "conversation 1: its first event is not its open",
        "event 1 is missing, and no prune took it",
      ]
    ),
    (
      "UPDATE message_fts_state SET indexed_through = 99",
      ["the full-text index claims to reach event 99; the newest is 14"]
    ),
    (
      "INSERT INTO message_fts (message_fts, rowid, body) VALUES ('delete', 3, 'hi')",
      ["1 message not in the full-text index, the first is event 3"]
    ),
    (
      "UPDATE message_fts_data SET block = zeroblob(length(block)) WHERE id > 10",
      ["the full-text index is damaged inside"]
    ),
    (
      "DELETE FROM message_fts_data WHERE id > 10",
      ["the full-text index is damaged inside"]
    ),
    (
      "UPDATE message_fts_idx SET pgno = pgno + 2",
      ["the full-text index is damaged inside"]
    ),
    (
      "UPDATE message_fts_docsize SET sz = x'7f' WHERE id = 3",
      ["the full-text index is damaged inside"]
    ),
    (
      "UPDATE event SET text = 'changed' WHERE id = 4",
      ["the full-text index does not find event 4 by its words"]
    ),
    (
      "PRAGMA foreign_keys = OFF; DELETE FROM handle WHERE name = 'zoe'; PRAGMA foreign_keys = ON",
      [
        "conversation 3 refers to a handle that is not there",
        "conversation 3: its handle is not the one that its events have",
      ]
    ),
    (
      """
      INSERT INTO pruning (at, before, conversations, messages, events, first_id, last_id)
      VALUES (0, 0, 1, 1, 4, 3, 3)
      """,
      [
        "the prunes took 1 conversation, but 0 are missing",
        "the prunes took 1 conversation, but seals name 0",
      ]
    ),
  ]

  @Test(arguments: damages)
  func `damage is named`(_ sql: String, _ expected: [String]) throws {
    try fixture.connection.writingShadowTables { () throws(TranscriptError) in
      try fixture.connection.execute(sql)
    }
    #expect(try Set(findings()) == Set(expected))
  }

  @Test func `what others keep in the file is named, and what they added to ours is damage`() throws
  {
    try fixture.connection.execute(
      "CREATE TABLE _litestream_seq (id INTEGER); CREATE TABLE notes (note TEXT)")
    let good = try fixture.history("verify")
    #expect(good.exit == 0)
    #expect(good.output.contains("note: table _litestream_seq: of Litestream, and left alone"))
    #expect(good.output.contains("note: table notes: not of chatserve, and left alone"))
    try fixture.connection.execute(
      "CREATE TRIGGER gone AFTER INSERT ON event BEGIN DELETE FROM event WHERE id = new.id; END")
    let bad = try fixture.history("verify")
    #expect(bad.exit == 1)
    #expect(bad.output.contains("damage: the trigger gone was not made by chatserve"))
    let refused = try fixture.history("list")
    #expect(refused.exit == 74)
    #expect(
      refused.errors.hasSuffix(
        """
         has something in it that chatserve did not make (trigger gone); \
        "chatserve history verify" names it all; remove it with sqlite3, or move the file away

        """))
  }

  @Test func `a page that is overwritten is found`() throws {
    // More than the schema's pages, so that a table's can be hit.
    for number in 0..<2000 {
      try fixture.say(2, at: "2026-03-01T14:11:00", .client, "message \(number)")
    }
    try fixture.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let root = try #require(
      try fixture.connection.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'event'"))
    try fixture.overwrite(page: Int(root))
    let result = try fixture.history("verify")
    #expect(result.exit == 1)
    #expect(result.output.contains("damage: SQLite: "), "\(result.errors)")
  }
}
