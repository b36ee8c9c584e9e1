import FuzzTargets
import Seeded

/// Random mutations of known cases, for where no coverage-guided fuzzer runs.
public enum RandomCases {
  /// What the parsers have words for, so that random bytes get past the first
  /// comparison.
  private static let words: [[UInt8]] =
    [
      "say 1 ", "say 2 ", "ack 1", "quit user", "\\quit", "> ", "ann", "mode free", "wait 1",
      "floor", "ping", " ", "\r\n", "\\\\", "\u{1b}[", "\u{1b}[200~", "\u{1b}[201~", "\u{202e}",
      "\u{301}", "\u{200d}", "\u{1f3f4}\u{e0067}\u{e007f}", "SERVER",
    ].map { Array($0.utf8) } + [
      [0], [0], [10], [13], [13, 0], [255], [255, 251, 31], [255, 250], [255, 240], [0xc3], [0x80],
      [0x1b], [0xf0, 0x9f],
    ]

  /// Checks `count` mutations of `seeds`.
  public static func run(
    _ target: FuzzTarget, from seeds: [[UInt8]], count: Int, seed: UInt64
  ) throws {
    var random = SeededRandom(seed: seed)
    for index in 0..<count {
      let bytes = mutation(of: seeds.randomElement(using: &random) ?? [], &random)
      do throws(FuzzFinding) {
        try target.check(bytes)
      } catch {
        throw TortureFailure("\(target), seed \(seed), case \(index), \(bytes): \(error.what)")
      }
    }
  }

  private static func mutation(of seed: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = seed
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0...3, using: &random) {
      case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
      case 1: bytes.removeSubrange(place..<min(bytes.count, place + 3))
      default: bytes.insert(contentsOf: words.randomElement(using: &random) ?? [], at: place)
      }
    }
    return bytes
  }
}
