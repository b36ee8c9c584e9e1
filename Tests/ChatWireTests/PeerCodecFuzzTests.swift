import ChatCore
import ChatWire
import Seeded
import Testing

struct PeerCodecFuzzTests {
  private static let words: [[UInt8]] =
    ["say 1 ", "say ", "quit ", "\\quit", "> ", "ann", "hi", "mode free", " ", "\r\n", "\\\\"]
    .map { Array($0.utf8) } + [
      [0], [0], [10], [13], [255], [255, 250], [255, 240], [0xc3], [0x80],
    ]

  private static func isLast(_ incoming: Incoming) -> Bool {
    switch incoming {
    case .quit, .refused, .malformed, .endOfFile: true
    default: false
    }
  }

  /// Whatever comes, and whenever: the dialect is told before anything that
  /// depends on it, and the end is told once and is the last.
  @Test(arguments: Party.allCases)
  func anything(_ side: Party) {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<2000 {
      var now: Int64 = 0
      var codec = PeerCodec(side: side, connectedAt: at(now))
      var all: [Incoming] = []
      for _ in 0..<Int.random(in: 0...20, using: &random) {
        now += Int64.random(in: 0...400, using: &random)
        let count = Int.random(in: 0...4, using: &random)
        let chunk = (0..<count).flatMap { _ in
          Self.words[Int.random(in: 0..<Self.words.count, using: &random)]
        }
        all += codec.receive(chunk, at: at(now))
        if Bool.random(using: &random), let deadline = codec.deadline, deadline >= at(now) {
          now = deadline.milliseconds
          all += codec.tick(at: at(now))
          #expect(codec.deadline == nil, "seed \(seed)")
        }
      }
      all += codec.endOfFile(at: at(now))
      #expect(all.count(where: Self.isLast) == 1, "seed \(seed)")
      #expect(all.last.map(Self.isLast) == true, "seed \(seed)")
      let values = all.filter { if case .reply = $0 { false } else { !Self.isLast($0) } }
      if let first = values.first {
        #expect(codec.dialect.map(Incoming.dialect) == first, "seed \(seed)")
      }
      #expect(codec.receive([0x61, 0, 0x0a], at: at(now)) == [], "seed \(seed)")
    }
  }
}
