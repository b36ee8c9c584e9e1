import ChatCore
import ChatWire
import Seeded
import Testing
import WireSamples

struct PeerCodecFuzzTests {
  private static let words: [[UInt8]] =
    ["say 1 ", "say ", "quit ", "\\quit", "> ", "ann", "hi", "mode free", " ", "\r\n", "\\\\"]
    .map { Array($0.utf8) } + [
      [0], [0], [10], [13], [255], [255, 250], [255, 240], [0xc3], [0x80],
    ]

  /// Whatever comes, and whenever: the dialect is known before anything that
  /// depends on it, and there is one end, which is the last.
  @Test(arguments: Party.allCases)
  func anything(_ side: Party) {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<2000 {
      var now: Int64 = 0
      var codec = PeerCodec(side: side)
      var all: [Conversation.Event] = []
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
        #expect(all.isEmpty || codec.dialect != nil || all.last?.isLast == true, "seed \(seed)")
      }
      all += codec.endOfFile(at: at(now), isTruncated: Bool.random(using: &random))
      #expect(all.count(where: \.isLast) == 1, "seed \(seed)")
      #expect(all.last?.isLast == true, "seed \(seed)")
      #expect(codec.receive([0x61, 0, 0x0a], at: at(now)) == [], "seed \(seed)")
      #expect(codec.deadline == nil, "seed \(seed)")
    }
  }
}
