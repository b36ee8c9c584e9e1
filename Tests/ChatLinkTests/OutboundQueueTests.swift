import Seeded
import Testing

@testable import ChatLink

@Suite struct OutboundQueueTests {
  /// Beside a queue that keeps every byte and every message for ever.
  @Test func whatIsTakenIsInOrderAndReportedOnce() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<8 {
      var queue = OutboundQueue()
      var all: [UInt8] = []
      var ends: [Int] = []
      var written = 0
      var taken = 0
      for _ in 0..<200 {
        if Bool.random(using: &random) {
          let longest = random.below(10) == 0 ? 40_000 : 200
          let letter = UInt8.random(in: 0 ... .max, using: &random)
          let piece = [UInt8](repeating: letter, count: random.below(longest))
          all += piece
          // An empty piece is nothing that could be taken.
          if !piece.isEmpty { ends.append(all.count) }
          queue.append(piece, receipt: ends.count)
        }
        let joined = Bool.random(using: &random)
        guard let next = queue.next(joined: joined) else { continue }
        let end = joined ? all.count : ends.first { $0 > written } ?? 0
        #expect(next == all[written..<end], "seed \(seed)")
        let count = 1 + random.below(next.count)
        written += count
        let receipt = queue.drop(count)
        let now = ends.count { $0 <= written }
        #expect(receipt == (now > taken ? now : nil), "seed \(seed)")
        taken = now
        #expect(queue.byteCount == all.count - written, "seed \(seed)")
        #expect(queue.isEmpty == (written == all.count), "seed \(seed)")
      }
    }
  }
}
