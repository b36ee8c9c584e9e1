import ChatCore
import Glibc
import Seeded
import Testing
import Transcript

@testable import History

/// One byte of the file changed, past SQLite: what the exports print is either
/// the same, or `verify` has something to say.
@Suite struct ByteFlipTests {
  private static let flips = 200

  let fixture: Fixture
  let original: [UInt8]
  private let path: String

  init() throws {
    fixture = try Fixture()
    try fixture.writeEverything()
    try fixture.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    original = try #require(SystemFile.bytes(at: fixture.path))
    path = fixture.directory + "/flipped.db"
  }

  @Test func `no exported byte changes unnoticed`() throws {
    try put(original)
    let before = try exports()
    #expect(before.exits == [0, 0])
    let clean = try verify()
    #expect(clean.exit == 0, "\(clean.output)")

    let seed = UInt64.random(in: .min ... .max)
    print("ByteFlipTests: seed \(seed)")
    var random = SeededRandom(seed: seed)
    let used = original.indices.filter { original[$0] != 0 }
    var named = 0
    var changed = 0
    for flip in 0..<Self.flips {
      // Half of them where something is stored: much of a small file is empty.
      let place =
        flip.isMultiple(of: 2) ? random.below(original.count) : used[random.below(used.count)]
      let value = UInt8(1 + random.below(255))
      var damaged = original
      damaged[place] ^= value
      try put(damaged)
      let after = try exports()
      let verdict = try verify()
      if verdict.exit != 0 { named += 1 }
      guard after != before else { continue }
      changed += 1
      #expect(
        verdict.exit != 0,
        "byte \(place) ^ \(value), seed \(seed): \(verdict.output)\(after.errors)")
    }
    print("ByteFlipTests: \(changed) of \(Self.flips) changed an export, \(named) were named")
    #expect(changed > Self.flips / 20, "seed \(seed)")
    #expect(named > Self.flips / 3, "seed \(seed)")
  }

  /// What the exports printed, and how they ended.
  private struct Exports: Equatable {
    var outputs: [String]
    var errors: String
    var exits: [Int32]
  }

  private func exports() throws -> Exports {
    let all = try [["export", "-o", "json"], ["list", "-o", "json"]].map { verb in
      try Fixture.history(verb + ["--database", path, "--tz", "utc"])
    }
    return Exports(
      outputs: all.map(\.output), errors: all.map(\.errors).joined(), exits: all.map(\.exit))
  }

  private func verify() throws -> Captured {
    try Fixture.history(["verify", "--database", path])
  }

  private func put(_ bytes: [UInt8]) throws {
    for neighbour in ["-wal", "-shm", "-journal"] { unlink(path + neighbour) }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw Fixture.FixtureError() }
    defer { Glibc.close(descriptor) }
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw Fixture.FixtureError()
    }
  }
}
