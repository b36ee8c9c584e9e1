import ChatCore
import ChatPosix
import ChatSecure
import ChatServer
import Glibc
import Relinking
import Testing
import Transcript

@testable import History

/// What somebody does who may write the transcript, has not the key, and takes seals out
/// before a server, or `history`, seals what is left: the newest one is kept beside the key.
@Suite struct KeptSealTests {
  private let fixture: Fixture
  private let owner: KeySigner
  private let place: KeptSealFile

  init() throws {
    fixture = try Fixture.talks()
    owner = try KeySigner()
    let key = KeyFile(path: fixture.directory + "/config/key")
    place = try #require(KeptSealFile(of: fixture.path, beside: key))
    try fixture.connection.execute("PRAGMA foreign_keys = OFF")
  }

  private func history(
    _ arguments: [String], as signer: KeySigner? = nil, database: String? = nil
  ) throws -> Captured {
    let key = KeyFile(path: fixture.directory + "/config/key")
    return try fixture.history(arguments, as: signer ?? owner, database: database) {
      $0.keptSeal = { database, _ in KeptSealFile(of: database, beside: key) }
    }
  }

  private func damage(_ arguments: [String] = []) throws -> [String] {
    let result = try history(["verify"] + arguments)
    let damage = result.output.split(separator: "\n").filter { $0.hasPrefix("damage: ") }
      .map { String($0.dropFirst(8)) }
    #expect(result.exit == (damage.isEmpty ? 0 : 1), "\(result)")
    return damage
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

  /// Other words, and no seal that knows of the first ones.
  private func forge(removing seals: String = "1") throws {
    try fixture.connection.execute(
      """
      UPDATE event SET text = 'ho' WHERE id = 3;
      DELETE FROM seal_head WHERE seal_id >= \(seals); DELETE FROM seal WHERE id >= \(seals);
      UPDATE sqlite_sequence SET seq = \(seals) - 1 WHERE name = 'seal'
      """)
    try relink(fixture.connection)
  }

  private let why =
    "an older copy was put in its place, or seals were taken out "
    + "(\"chatserve history seal --accept\" accepts it)"

  private func missing(_ seal: Int64) -> String {
    "seal \(seal), which is kept beside the key, is not in this transcript: \(why)"
  }

  private func lost(_ seal: Int64, by other: Int64) -> String {
    "seal \(seal) was not in this transcript when seal \(other) was made: \(why)"
  }

  @Test func `the newest seal is kept, and is there`() throws {
    #expect(try history(["seal"]).exit == 0)
    #expect(try place.read() == fixture.connection.newestMark())
    let result = try history(["verify"])
    #expect(result.exit == 0)
    #expect(
      result.output.contains("note: seal 1, which is kept beside the key, is in this transcript\n"))
    let json = try history(["verify", "-o", "json"])
    #expect(json.output.contains("\"seal_beside_key\":1,\"accepted_losses\":[]"), "\(json)")
    try say("more")
    #expect(try damage().isEmpty)
    _ = try history(["seal"])
    _ = try history(["delete", "2", "-y"])
    #expect(try place.read()?.seal == 3)
    #expect(try damage().isEmpty)
  }

  @Test(arguments: [1, 2])
  func `seals that were taken out are missed, and by the next seal for ever`(_ first: Int) throws {
    _ = try history(["seal"])
    try say("more")
    _ = try history(["seal"])
    try forge(removing: "\(first)")
    #expect(try damage().contains(missing(2)))
    // With all seals away nothing else says so.
    if first == 1 { #expect(try damage() == [missing(2)]) }
    let next = try history(["seal"])
    #expect(next.exit == 1 && next.errors.contains(missing(2)), "\(next)")
    #expect(try damage().contains(lost(2, by: Int64(first))))
    try say("and more")
    #expect(try history(["seal"]).exit == 0)
    #expect(try damage().contains(lost(2, by: Int64(first))))
    // Nor can that be taken out.
    try forge(removing: "\(first)")
    #expect(try damage().contains(missing(Int64(first) + 2)))
  }

  @Test func `an old copy that was put back is found, and can be accepted`() throws {
    let old = fixture.directory + "/old.db"
    _ = try history(["seal"])
    try fixture.connection.execute("VACUUM INTO '\(old)'")
    try say("more")
    _ = try history(["seal"])
    // At another place it is another transcript.
    #expect(try history(["verify"], database: old).exit == 0)
    try put(old)
    #expect(try damage() == [missing(2)])
    let accepted = try history(["seal", "--accept"])
    #expect(accepted.exit == 0, "\(accepted)")
    #expect(accepted.errors == "chatserve: accepted: seal 2 is not in this transcript\n")
    let verified = try history(["verify"])
    #expect(verified.exit == 0, "\(verified)")
    #expect(
      verified.output.contains(
        """
        note: seal 2, made 2026-03-06T00:00:00.000-08:00, is not here, which was accepted \
        2026-03-06T00:00:00.000-08:00 (no damage)
        """), "\(verified)")
    let json = try history(["verify", "-o", "json"])
    #expect(json.output.contains("\"accepted_losses\":[2]"), "\(json)")
    let again = try history(["seal", "--accept"])
    #expect(again.exit == 0 && again.errors.contains("nothing to accept"), "\(again)")
  }

  /// As a restore is, while no server runs.
  private func put(_ copy: String) throws {
    for neighbour in ["-wal", "-shm"] { unlink(fixture.path + neighbour) }
    #expect(chmod(copy, 0o600) == 0 && rename(copy, fixture.path) == 0)
  }

  @Test func `a loss that a seal names is accepted by name, and no other`() throws {
    _ = try history(["seal"])
    try forge()
    _ = try history(["seal"])
    #expect(try damage() == [lost(1, by: 1)])
    // Without the key nobody accepts anything.
    let stranger = try KeySigner()
    for signer in [stranger] {
      _ = try Fixture.history(
        ["seal", "--accept", "--database", fixture.path], now: "2026-03-06T00:00:00"
      ) { $0.startSigner = { _ in .signer(signer) } }
    }
    #expect(try damage() == [lost(1, by: 1)])
    #expect(try history(["seal", "--accept"]).exit == 0)
    #expect(try damage().isEmpty)
    try forge()
    #expect(try damage().contains(missing(3)))
  }

  /// As somebody without the key writes it.
  @Test func `an acceptance that is not signed is named`() throws {
    _ = try history(["seal"])
    try forge()
    _ = try history(["seal"])
    try fixture.connection.execute(
      """
      INSERT INTO seal (at, kind, last_event, note, link)
      SELECT at, 'accepted', last_event, note, zeroblob(32) FROM seal WHERE kind = 'lost'
      """)
    let damage = try damage()
    #expect(damage.contains("seal 3 is not signed"), "\(damage)")
    try fixture.connection.execute("UPDATE seal SET note = 'x' WHERE id = 1")
    #expect(try self.damage().contains("seal 1 is not as it was sealed"))
  }

  @Test func `a deletion says first that seals are missing`() throws {
    _ = try history(["seal"])
    try forge()
    let deleted = try history(["delete", "2", "-y"])
    #expect(deleted.exit == 0 && deleted.errors.contains(missing(1)), "\(deleted)")
    #expect(try damage() == [lost(1, by: 1)])
    #expect(try place.read()?.seal == 2)
  }

  @Test func `seals by another key in the place of all are missed`() throws {
    _ = try history(["seal"])
    try forge()
    let thief = try KeySigner()
    _ = try fixture.history(["seal"], as: thief)
    #expect(try damage() == [missing(1)])
    _ = try history(["seal"])
    #expect(try damage().contains(lost(1, by: 2)))
  }

  @Test func `seals under other numbers are missed`() throws {
    _ = try history(["seal"])
    try fixture.connection.execute(
      "UPDATE seal_head SET seal_id = 2; UPDATE seal SET id = 2; UPDATE seal SET at = at")
    #expect(try damage().contains(missing(1)))
  }

  @Test func `a transcript that went is missed until that is accepted`() throws {
    _ = try history(["seal"])
    let away = fixture.directory + "/away.db"
    try fixture.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    rename(fixture.path, away)
    func nowhere(_ arguments: [String]) throws -> Captured {
      let key = KeyFile(path: fixture.directory + "/config/key")
      let path = fixture.path
      return try Fixture.history(arguments, environment: ["HOME": fixture.directory]) {
        $0.startSigner = { _ in .signer(owner) }
        $0.keptSeal = { _, _ in KeptSealFile(of: path, beside: key) }
      }
    }
    let verified = try nowhere(["verify"])
    #expect(verified.exit == 1)
    #expect(verified.output.contains("damage: \(missing(1))\n"), "\(verified)")
    #expect(try nowhere(["seal"]).exit == 1)
    #expect(try nowhere(["verify"]).exit == 1)
    let accepted = try nowhere(["seal", "--accept"])
    #expect(accepted.errors.contains("accepted: seal 1"), "\(accepted)")
    #expect(try nowhere(["verify"]).exit == 0)
    // Where it is now, it is as it was.
    #expect(try history(["verify"], database: away).exit == 0)
  }

  // MARK: The file

  @Test(arguments: ["", "x", "seal", String(repeating: "1 ", count: 64)])
  func `a file that holds something else is named, and nothing traps`(_ text: String) throws {
    _ = try history(["seal"])
    try write(text)
    let result = try history(["verify"])
    #expect(result.exit == 0, "\(result)")
    #expect(result.errors.contains("where the newest seal is kept, is damaged") == !text.isEmpty)
    try say("more")
    #expect(try history(["seal"]).exit == 0)
    #expect(try damage().isEmpty)
  }

  @Test func `a file that others may write is not believed`() throws {
    _ = try history(["seal"])
    chmod(place.path.string, 0o666)
    let result = try history(["verify"])
    #expect(result.exit == 0 && result.errors.contains("is not yours alone"), "\(result)")
    chmod(place.path.string, 0o600)
    link(place.path.string, fixture.directory + "/other")
    #expect(try history(["verify"]).errors.contains("is not yours alone"))
  }

  @Test func `where it is not known, all begins with what is there`() throws {
    _ = try history(["seal"])
    unlink(place.path.string)
    #expect(try damage().isEmpty)
    #expect(try history(["seal"]).exit == 0)
    #expect(try place.read()?.seal == 1)
  }

  private func write(_ text: String) throws {
    let file = open(place.path.string, O_WRONLY | O_TRUNC)
    #expect(file >= 0)
    #expect(Glibc.write(file, text, text.utf8.count) == text.utf8.count)
    Glibc.close(file)
  }
}
