import ChatCore
import Seeded
import Testing

@testable import ChatSecure

@Suite struct KnownServerTests {
  private func samples() throws -> [KnownServer] {
    let print = try PrivateKey.random().publicKey.fingerprint
    return try [
      KnownServer(.pinned(print), since: "2026-11-02", ownKey: .random()),
      KnownServer(.pinned(print), since: "2026-11-02"),
      KnownServer(.clear, since: "2026-12-31"),
    ].map { try #require($0) }
  }

  @Test func whatIsWrittenIsRead() throws {
    for sample in try samples() {
      let read = try KnownServer(text: Array(sample.text.utf8))
      #expect(read.trust == sample.trust)
      #expect(read.since == sample.since)
      #expect(read.ownKey?.publicKey == sample.ownKey?.publicKey)
    }
  }

  /// Cut anywhere, changed anywhere: damaged, or in the end the same pin.
  @Test func everyDamageIsSeen() throws {
    var random = SeededRandom(seed: 22)
    for sample in try samples() {
      let whole = Array(sample.text.utf8)
      for cut in whole.indices {
        let part = Array(whole[..<cut])
        #expect(throws: KnownServer.Damage.self, "cut at \(cut)") { try KnownServer(text: part) }
        var changed = whole
        changed[cut] ^= 1 << UInt8(random.below(8))
        // Another valid key, day or pin cannot be told from a good one; that it
        // is never an absent one can.
        if let read = try? KnownServer(text: changed) {
          #expect((read.trust == .clear) == (sample.trust == .clear))
          #expect((read.ownKey == nil) == (sample.ownKey == nil))
        }
      }
      for extra in ["\n", "x\n", "own none\n", "clear\n", "\0"] {
        #expect(throws: KnownServer.Damage.self) {
          try KnownServer(text: whole + Array(extra.utf8))
        }
      }
    }
  }

  @Test(
    arguments: [
      ("", .line(1)), ("chatclient server 2\n", .otherVersion), ("chatclient server 1\n", .line(2)),
      ("chatclient server 1\nkey SHA256:x\n", .line(2)),
      ("chatclient server 1\r\nclear\r\nsince 2026-11-02\r\n", .otherVersion),
      ("chatclient server 1\nclear\nsince 2026-13-02\n", .line(3)),
      ("chatclient server 1\nclear\nsince 2026-11-02", .line(4)),
      ("chatclient server 1\nclear\nsince 2026-11-02\nown AAAA\n", .line(4)),
      ("chatclient server 1\nclear\nsince 2026-11-02\n\u{e9}\n", .line(1)),
      (String(repeating: "a", count: 1025), .tooLong),
    ] as [(String, KnownServer.Damage)])
  func theDamageIsNamed(_ text: String, _ damage: KnownServer.Damage) {
    #expect(throws: damage) { try KnownServer(text: Array(text.utf8)) }
  }

  @Test func dayIsADay() {
    for day in [
      "", "2026-1-02", "2026-00-01", "2026-01-32", "26-01-01", "2026-01-01 ", "+026-01-01",
    ] {
      #expect(KnownServer(.clear, since: day) == nil, "\(day)")
    }
  }

  @Test func aFileIsNamedAfterItsServerAlone() {
    #expect(KnownServer.fileName(host: "LocalHost", port: 1027) == "[localhost]:1027")
    #expect(KnownServer.fileName(host: "FE80::1%eth0", port: 1) == "[fe80::1%25eth0]:1")
    #expect(KnownServer.fileName(host: "../../x", port: 65_535) == "[..%2f..%2fx]:65535")
    #expect(KnownServer.fileName(host: "]:1[", port: 2) == "[%5d:1%5b]:2")
    #expect(KnownServer.fileName(host: "a\0\n\u{e9}", port: 2) == "[a%00%0a%c3%a9]:2")
    #expect(KnownServer.fileName(host: "", port: 2) == nil)
    #expect(KnownServer.fileName(host: String(repeating: "a", count: 251), port: 2) != nil)
    #expect(KnownServer.fileName(host: String(repeating: "a", count: 252), port: 2) == nil)
  }
}
