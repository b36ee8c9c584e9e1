import ChatWire
import Seeded
import Testing
import WireSamples

struct RecordFramerTests {
  /// The records of `chunks`; `nil` for one that is too long.
  private func records(_ chunks: [[UInt8]], _ framer: inout RecordFramer) -> [[UInt8]?] {
    chunks.flatMap { framer.feed($0) }.map { record in
      switch record {
      case .complete(let bytes): Array(bytes)
      case .tooLong: nil
      }
    }
  }

  private static let stream = Array("a\0\0bcdefghijklmnop\0né\0\u{1f44d}\r\n\0rest".utf8)

  @Test(arguments: 1...stream.count)
  func everyChunkSize(_ size: Int) {
    var framer = RecordFramer()
    let expected = ["a", "", "bcdefghijklmnop", "né", "\u{1f44d}\r\n"].map { Array($0.utf8) }
    #expect(records(pieces(Self.stream, of: size), &framer) == expected)
    #expect(framer.partial == Array("rest".utf8))
  }

  @Test func randomStreams() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      let bytes = (0..<300).map { _ in UInt8.random(in: 0...9, using: &random) &* 28 }
      let expected = bytes.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
      var framer = RecordFramer()
      let found = records(random.pieces(bytes, upTo: 40), &framer)
      #expect(found + [framer.partial] == expected, "seed \(seed)")
    }
  }

  @Test(arguments: [1, 7, 4096, 65536])
  func theLimitHolds(_ size: Int) {
    let limit = RecordFramer.maximumRecordLength
    let longest = [UInt8](repeating: 0x61, count: limit - 1)
    var framer = RecordFramer()
    #expect(records(pieces(longest + [0], of: size), &framer) == [longest])
    var other = RecordFramer()
    #expect(records(pieces(longest + [0x61, 0, 0x62, 0], of: size), &other) == [nil])
    #expect(other.partial.count < limit)
  }

  @Test func whatCameBeforeAnOversizedRecordIsGiven() {
    var framer = RecordFramer()
    let bytes = Array("a\0b\0".utf8) + [UInt8](repeating: 0x61, count: 200_000)
    #expect(records([bytes], &framer) == [[0x61], [0x62], nil])
    #expect(framer.feed([0, 0x61, 0]) == [])
  }
}
