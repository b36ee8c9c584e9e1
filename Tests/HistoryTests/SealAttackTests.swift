import ChatCore
import ChatSecure
import Relinking
import Testing
import Transcript

@testable import History

/// What somebody does to a sealed transcript who may write the file, and has all that the
/// program has but the key: each is named.
@Suite struct SealAttackTests {
  private let fixture: Fixture
  private let owner: KeySigner

  init() throws {
    fixture = try Fixture.talks()
    owner = try KeySigner()
    _ = try fixture.history(["seal"], as: owner)
    try fixture.connection.execute("PRAGMA foreign_keys = OFF")
  }

  /// The damage that is found.
  private func damage(_ arguments: [String] = [], as signer: KeySigner? = nil) throws -> [String] {
    let result = try fixture.history(["verify"] + arguments, as: signer ?? owner)
    let damage = result.output.split(separator: "\n").filter { $0.hasPrefix("damage: ") }
      .map { String($0.dropFirst(8)) }
    #expect(result.exit == (damage.isEmpty ? 0 : 1), "\(result)")
    return damage
  }

  @Test func `a sealed transcript is not accused`() throws {
    let result = try fixture.history(["verify"], as: owner)
    #expect(result.exit == 0, "\(result)")
    #expect(
      result.output.contains(
        "note: sealed until event 11, 2026-03-06T00:00:00.000-08:00, by \(owner.fingerprint)\n"))
    #expect(!result.output.contains("not sealed"))
  }

  /// What is done, after which every link and digest is made anew, and what is said.
  private static let forgeries: [(sql: String, damage: [String])] = [
    (
      "UPDATE event SET text = 'ho' WHERE id = 3",
      ["conversation 1: its head is not the one in seal 1"]
    ),
    (
      "UPDATE event SET at = at + 1 WHERE id = 8",
      ["conversation 2: its head is not the one in seal 1"]
    ),
    (
      "UPDATE conversation SET peer_address = '192.0.2.8' WHERE id = 2",
      ["conversation 2: its head is not the one in seal 1"]
    ),
    (
      "UPDATE server_run SET handle = 'OTHER' WHERE id = 1",
      [
        "conversation 1: its head is not the one in seal 1",
        "conversation 2: its head is not the one in seal 1",
      ]
    ),
    // One conversation in the place of another.
    (
      """
      UPDATE event SET conversation_id = 99 WHERE id = 5;
      UPDATE event SET conversation_id = 1 WHERE id = 8;
      UPDATE event SET conversation_id = 2 WHERE id = 5
      """, ["conversation 1: its head is not the one in seal 1"]
    ),
    // A prune that never was.
    (
      """
      DELETE FROM event WHERE conversation_id = 2; DELETE FROM conversation WHERE id = 2;
      INSERT INTO pruning (at, before, conversations, messages, events, first_id, last_id)
      VALUES (1, 1, 1, 0, 3, 2, 2)
      """,
      [
        "conversation 2 is in seal 1 and not in the transcript, and no removal took it",
        "the prunes took 1 conversation, but seals name 0",
      ]
    ),
    // A link that is lost was never there.
    (
      """
      DELETE FROM event WHERE id = 4; UPDATE event SET id = 4 WHERE id = 5;
      """, ["conversation 1: its head is not the one in seal 1"]
    ),
    (
      "UPDATE server_run SET stopped_at = stopped_at + 1 WHERE id = 1",
      []
    ),
  ]

  @Test(arguments: forgeries.indices)
  func `links made anew differ from the sealed head`(_ index: Int) throws {
    let forgery = Self.forgeries[index]
    try fixture.connection.execute(forgery.sql)
    try relink(fixture.connection)
    let damage = try damage()
    for expected in forgery.damage { #expect(damage.contains(expected), "\(damage)") }
  }

  /// Each column of each row of a seal, and rows that come, go and change places.
  @Test(arguments: [
    "UPDATE seal SET id = 2", "UPDATE seal SET at = at + 1", "UPDATE seal SET kind = 'removal'",
    "UPDATE seal SET kind = 'key'", "UPDATE seal SET kind = 'usual '",
    "UPDATE seal SET last_event = last_event - 1", "UPDATE seal SET last_event = last_event + 1",
    "UPDATE seal SET run_id = 1, stopped_at = (SELECT stopped_at FROM server_run WHERE id = 1)",
    "UPDATE seal SET note = ''", "UPDATE seal SET key = zeroblob(32)", "UPDATE seal SET key = NULL",
    "UPDATE seal SET link = zeroblob(32)", "UPDATE seal SET signature = zeroblob(64)",
    "UPDATE seal SET signature = NULL", "UPDATE seal SET key = NULL, signature = NULL",
    "UPDATE seal SET key = NULL, signature = NULL, kind = 'removal'",
    "UPDATE seal_head SET conversation_id = 9 WHERE conversation_id = 3",
    "UPDATE seal_head SET event_id = 10 WHERE conversation_id = 3",
    "UPDATE seal_head SET link = zeroblob(32) WHERE conversation_id = 2",
    "DELETE FROM seal_head WHERE conversation_id = 2", "DELETE FROM seal_head",
    "INSERT INTO seal_head VALUES (1, 4, 11, zeroblob(32))", "DELETE FROM seal",
    """
    UPDATE seal_head SET link = (SELECT link FROM event WHERE id = 4) WHERE conversation_id = 1;
    UPDATE seal_head SET event_id = 4 WHERE conversation_id = 1
    """,
  ])
  func `a seal that was changed is named`(_ sql: String) throws {
    try fixture.connection.execute(sql)
    let damage = try damage()
    #expect(
      damage.contains { $0.hasPrefix("seal 1 ") || $0.hasPrefix("conversation ") }, "\(damage)")
  }

  @Test(
    arguments: ["id", "at", "last_event", "run_id", "stopped_at"], [Int64.min, -1, .max - 1, .max])
  func `absurd numbers in a seal are named, and nothing traps`(
    _ column: String, _ number: Int64
  ) throws {
    try fixture.connection.execute("UPDATE seal SET \(column) = \(number)")
    if column == "id" {
      try fixture.connection.execute("UPDATE seal_head SET seal_id = \(number)")
    }
    #expect(try !damage().isEmpty)
    let line = "seal=\(number),event=1,time=,\(owner.fingerprint)"
    #expect(try !damage(["--seal", line]).isEmpty)
    for arguments in [["export", "--proof"], ["delete", "2", "-y"], ["seal"]] {
      #expect(try fixture.history(arguments, as: owner).exit < 128, "\(arguments)")
    }
    #expect(try !damage().isEmpty)
  }

  @Test func `the stop of a run is sealed`() throws {
    try seal(stopOf: 1)
    #expect(try damage().isEmpty)
    try fixture.connection.execute("UPDATE server_run SET stopped_at = NULL WHERE id = 1")
    try relink(fixture.connection)
    #expect(try damage() == ["run 1 of the server did not stop when seal 2 says"])
  }

  @Test func `seals by another key are named`() throws {
    let thief = try KeySigner()
    try fixture.connection.execute("UPDATE event SET text = 'ho' WHERE id = 3")
    try relink(fixture.connection)
    try fixture.connection.execute("DELETE FROM seal_head; DELETE FROM seal")
    _ = try fixture.history(["seal"], as: thief)
    let foreign =
      "seal 1 is by \(thief.fingerprint), which is not trusted, nor named by a key that is"
    // One's own key need not be that of this transcript; one that is named must be.
    let other = try fixture.history(["verify"], as: owner)
    #expect(other.exit == 0, "\(other)")
    #expect(other.output.contains("by \(thief.fingerprint), whom nobody here knows"))
    #expect(try damage(["--key", owner.fingerprint]) == [foreign])
    #expect(try damage(["--key-file", "k"]) == [foreign])
    // A server that goes on after it does not make it good.
    try say("more")
    try seal()
    #expect(try damage() == [foreign])
    // Whom nobody knows is named, and that nobody knows him.
    let unknown = try fixture.history(["verify"], as: nil)
    #expect(unknown.output.contains("seal 2 is by \(owner.fingerprint)"))
    try fixture.connection.execute(
      """
      DELETE FROM seal_head WHERE seal_id = 2; DELETE FROM seal WHERE id = 2;
      UPDATE sqlite_sequence SET seq = 1 WHERE name = 'seal'
      """)
    let alone = try fixture.history(["verify"], as: nil)
    #expect(alone.exit == 0, "\(alone)")
    #expect(alone.output.contains("by \(thief.fingerprint), whom nobody here knows"))
  }

  @Test func `an event in the midst of what is sealed is named`() throws {
    // Numbers are free where something was removed.
    _ = try fixture.history(["delete", "2", "-y"], as: owner)
    #expect(try damage().isEmpty)
    try fixture.connection.execute(
      """
      INSERT INTO conversation (id, run_id, opened_at, peer_address, peer_port, mode)
      SELECT 2, run_id, opened_at, peer_address, peer_port, mode FROM conversation WHERE id = 1;
      INSERT INTO event (id, link, conversation_id, at, kind)
      VALUES (6, zeroblob(32), 2, 1772402410000, 'open');
      DELETE FROM pruning
      """)
    try relink(fixture.connection)
    let damage = try damage()
    #expect(damage.contains("conversation 2: its head is not the one in seal 1"), "\(damage)")
    try fixture.connection.execute(
      """
      UPDATE conversation SET id = 4 WHERE id = 2;
      UPDATE event SET conversation_id = 4 WHERE id = 6
      """)
    try relink(fixture.connection)
    let later = try self.damage()
    #expect(
      later.contains("conversation 4: it was not there, or not so, at the time of seal 1"),
      "\(later)")
  }

  @Test func `who was removed and is back is named`() throws {
    try fixture.connection.execute(
      """
      CREATE TEMP TABLE c AS SELECT * FROM conversation WHERE id = 2;
      CREATE TEMP TABLE e AS SELECT * FROM event WHERE conversation_id = 2
      """)
    _ = try fixture.history(["delete", "2", "-y"], as: owner)
    #expect(try damage().isEmpty)
    try fixture.connection.execute(
      """
      INSERT INTO conversation SELECT * FROM c; INSERT INTO event SELECT * FROM e;
      DELETE FROM pruning
      """)
    let damage = try damage()
    #expect(damage.contains("conversation 2 is there, which seal 2 says was removed"), "\(damage)")
  }

  /// Of what was never sealed too.
  @Test func `a removal that nobody noted in a seal is named`() throws {
    try say("never sealed")
    try fixture.connection.execute(
      """
      INSERT INTO conversation (run_id, opened_at, peer_address, peer_port, mode)
      VALUES (1, 1772402410000, '::1', 1, 'free');
      INSERT INTO event (link, conversation_id, at, kind)
      VALUES (zeroblob(32), 4, 1772402410000, 'open')
      """)
    try relink(fixture.connection)
    #expect(try damage().isEmpty)
    try fixture.connection.execute(
      """
      DELETE FROM event WHERE conversation_id = 4; DELETE FROM conversation WHERE id = 4;
      INSERT INTO pruning (at, before, conversations, messages, events, first_id, last_id)
      VALUES (1, 1, 1, 0, 1, 4, 4)
      """)
    #expect(try damage() == ["the prunes took 1 conversation, but seals name 0"])
  }

  /// As a server does.
  private func seal(stopOf run: Int64? = nil) throws {
    let draft = try #require(
      try SealDraft.make(
        fixture.connection, at: Timestamp(milliseconds: 5), key: owner.publicKey, stopOf: run))
    let isSealed = try fixture.connection.write { () throws(TranscriptError) in
      try draft.insert(
        fixture.connection, signature: owner.signature(of: draft.statement) ?? [])
    }
    #expect(isSealed)
  }

  // MARK: What the line shows, and nothing else does

  private func line(as signer: KeySigner) throws -> String {
    let result = try fixture.history(["seal"], as: signer)
    #expect(result.exit == 0, "\(result)")
    return String(result.output.dropLast())
  }

  private func say(_ text: String) throws {
    try fixture.insert(
      """
      INSERT INTO event (link, conversation_id, at, kind, party, number, text)
      SELECT zeroblob(32), 3, 1772402440000, 'message', 0,
        1 + max(number), ?1 FROM event WHERE conversation_id = 3
      """, text)
    try relink(fixture.connection)
  }

  private func lost(_ seal: Int64) -> [String] {
    ["seal \(seal), as it was kept elsewhere, is not in this transcript"]
  }

  @Test func `an old copy that was put back is found with the line alone`() throws {
    let old = fixture.directory + "/old.db"
    try fixture.connection.execute("VACUUM INTO '\(old)'")
    let first = try line(as: owner)
    try say("more")
    let newest = try line(as: owner)
    #expect(first != newest)
    #expect(try damage(["--seal", newest, "--seal", first]).isEmpty)
    let copy = try fixture.history(["verify"], as: owner, database: old)
    #expect(copy.exit == 0, "\(copy)")
    #expect(copy.output.contains("sealed until event 11, "))
    let found = try fixture.history(["verify", "--seal", newest], as: owner, database: old)
    #expect(found.exit == 1)
    #expect(found.output.contains("damage: \(lost(2)[0])\n"))
    #expect(try fixture.history(["verify", "--seal", first], as: owner, database: old).exit == 0)
  }

  @Test func `a tail that was cut at a seal is found with the line alone`() throws {
    let before = try line(as: owner)
    try say("more")
    let newest = try line(as: owner)
    try fixture.connection.execute(
      """
      DELETE FROM seal_head WHERE seal_id = 2; DELETE FROM seal WHERE id = 2;
      DELETE FROM event WHERE id > 11
      """)
    #expect(try damage().contains("seal 2 is missing"))
    try fixture.connection.execute(
      """
      UPDATE sqlite_sequence SET seq = 1 WHERE name = 'seal';
      UPDATE sqlite_sequence SET seq = 11 WHERE name = 'event'
      """)
    #expect(try damage().isEmpty)
    #expect(try damage(["--seal", before]).isEmpty)
    #expect(try damage(["--seal", newest]) == lost(2))
  }

  @Test func `the owner who seals something else is found with the line alone`() throws {
    let kept = try line(as: owner)
    try fixture.connection.execute("UPDATE event SET text = 'ho' WHERE id = 3")
    try relink(fixture.connection)
    try fixture.connection.execute("DELETE FROM seal_head; DELETE FROM seal")
    try fixture.connection.execute("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'seal'")
    _ = try line(as: owner)
    #expect(try damage().isEmpty)
    #expect(try damage(["--seal", kept]) == lost(1))
  }

  @Test func `a line that is none is not taken`() throws {
    let line = try line(as: owner)
    for wrong in ["", "1", line + "x", line + ",", String(line.dropLast()), "x " + line] {
      #expect(try fixture.history(["verify", "--seal", wrong], as: owner).exit == 64, "\(wrong)")
    }
    let other = line.replacing("event=11", with: "event=10")
    #expect(try damage(["--seal", other]) == lost(1))
    #expect(try damage(["--seal", line.replacing("seal=1,", with: "seal=7,")]) == lost(7))
  }
}
