import ChatWire
import Seeded
import Testing

struct RecordFramerTests {
  private func records(
    _ chunks: [[UInt8]], framer: inout RecordFramer
  ) throws(WireError) -> [[UInt8]] {
    var records: [[UInt8]] = []
    for chunk in chunks {
      let result = chunk.withUnsafeBytes { buffer in
        Result { () throws(WireError) in
          try framer.feed(buffer) { record in
            records.append(Array(record))
            return true
          }
        }
      }
      try result.get()
    }
    return records
  }

  private static let stream = Array("a\0\0bcdefghijklmnop\0né\0\u{1f44d}\r\n\0rest".utf8)

  @Test(arguments: 1...stream.count)
  func everyChunkSize(_ size: Int) throws {
    var framer = RecordFramer()
    let expected = ["a", "", "bcdefghijklmnop", "né", "\u{1f44d}\r\n"].map { Array($0.utf8) }
    #expect(try records(pieces(Self.stream, of: size), framer: &framer) == expected)
    #expect(framer.partial == Array("rest".utf8))
  }

  @Test func randomStreams() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      let bytes = (0..<300).map { _ in UInt8.random(in: 0...9, using: &random) &* 28 }
      let expected = bytes.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
      var framer = RecordFramer()
      let found = try records(random.pieces(bytes, upTo: 40), framer: &framer)
      #expect(found + [framer.partial] == expected, "seed \(seed)")
    }
  }

  @Test(arguments: [1, 7, 4096, 65536])
  func theLimitHolds(_ size: Int) throws {
    let limit = RecordFramer.maximumRecordLength
    let longest = [UInt8](repeating: 0x61, count: limit - 1)
    var framer = RecordFramer()
    #expect(try records(pieces(longest + [0], of: size), framer: &framer) == [longest])
    var other = RecordFramer()
    #expect(throws: WireError.oversized(limit: limit)) {
      try records(pieces(longest + [0x61, 0], of: size), framer: &other)
    }
    #expect(other.partial.count < limit)
  }

  @Test func whatCameBeforeAnOversizedRecordIsGiven() {
    var framer = RecordFramer()
    var given = 0
    let bytes = Array("a\0b\0".utf8) + [UInt8](repeating: 0x61, count: 200_000)
    _ = bytes.withUnsafeBytes { buffer in
      #expect(throws: WireError.oversized(limit: 32768)) {
        try framer.feed(buffer) { _ in
          given += 1
          return true
        }
      }
    }
    #expect(given == 2)
  }
}
