import Seeded
import Testing

@testable import ChatProgram

/// What a configuration file's bytes say.
@Suite struct ConfigEntryTests {
  private func entries(_ text: String) throws -> [String] {
    try ConfigEntry.entries(in: Array(text.utf8)).map { "\($0.line) \($0.name)=\($0.value)" }
  }

  @Test(arguments: [
    ("", []), ("\n\n", []), ("# all\n  # of it", []), ("\u{feff}", []),
    ("mode = free", ["1 mode=free"]), ("mode=free\n", ["1 mode=free"]),
    ("\u{feff}mode = free\r\n\r\nplain = yes\r\n", ["1 mode=free", "3 plain=yes"]),
    ("\t mode\t=  free \t", ["1 mode=free"]), ("mode = free # both", ["1 mode=free"]),
    ("database = /a b#c/d = e.db", ["1 database=/a b#c/d = e.db"]),
    ("handle = é\u{301}", ["1 handle=é\u{301}"]), ("handle = it's", ["1 handle=it's"]),
    ("#mode = free\n#\n\nmode = turns", ["4 mode=turns"]),
  ])
  func `lines that are understood`(text: String, expected: [String]) throws {
    #expect(try entries(text) == expected)
  }

  private static let faults: [(String, Int?, ConfigFault.Kind)] = [
    ("plain", 1, .noValue("plain")), ("\nplain =", 2, .noValue("plain")),
    ("plain = # yes", 1, .noValue("plain")), ("free talk", 1, .noValue("free talk")),
    ("handle = \"bob\"", 1, .quoted("handle")), ("handle = 'bob'", 1, .quoted("handle")),
    ("mode = free\n\nmode = free", 3, .twice("mode", before: 1)),
    ("a = b\rc = d", 1, .controlCharacter), ("handle = b\u{0}b", 1, .controlCharacter),
    ("handle = b\u{1b}[1m", 1, .controlCharacter), ("handle = b\u{9b}1m", 1, .controlCharacter),
    (String(repeating: "#", count: 64 * 1024 + 1), nil, .tooLong),
  ]

  @Test(arguments: 0..<12)
  func `lines that are not`(index: Int) throws {
    let (text, line, kind) = Self.faults[index]
    let fault = #expect(throws: ConfigFault.self) { try entries(text) }
    #expect(fault == ConfigFault(line, kind))
  }

  @Test func `a line that is not UTF-8 is named`() {
    let bytes = Array("mode = free\nhandle = ".utf8) + [0xc3, 0x28]
    let fault = #expect(throws: ConfigFault.self) { try ConfigEntry.entries(in: bytes) }
    #expect(fault == ConfigFault(2, .notUTF8))
  }

  @Test func `no bytes at all trap`() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededRandom(seed: seed)
    let pieces: [[UInt8]] = [
      Array("mode".utf8), Array("=".utf8), Array(" ".utf8), [0x0a], [0x0d], [0x23], [0x22], [0],
      [0xef, 0xbb, 0xbf], [0xff], Array("é".utf8), Array("\u{301}".utf8),
    ]
    for _ in 0..<5000 {
      let bytes = (0..<random.below(12)).flatMap { _ in pieces[random.below(pieces.count)] }
      let entries = (try? ConfigEntry.entries(in: bytes)) ?? []
      #expect(entries.allSatisfy { !$0.value.isEmpty && $0.line > 0 }, "seed \(seed)")
    }
  }
}
