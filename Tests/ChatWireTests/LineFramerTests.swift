import ChatWire
import Seeded
import Testing
import WireSamples

struct LineFramerTests {
  private func lines(_ chunks: [[UInt8]], limit: Int = 1000) -> [LineFramer.Line] {
    var framer = LineFramer(maximumLineLength: limit)
    var lines: [LineFramer.Line] = []
    for chunk in chunks {
      lines += framer.feed(chunk)
      #expect(framer.partial.count <= limit + 1)
    }
    return lines + framer.endOfFile()
  }

  private func complete(_ lines: String...) -> [LineFramer.Line] {
    lines.map { .complete(Array($0.utf8)[...]) }
  }

  private static let stream = Array("a\nb\r\nc\r\0\r\n\n né \0x\ry\r\r\n\u{1f44d}last".utf8)

  @Test(arguments: 1...stream.count)
  func everyChunkSize(_ size: Int) {
    let expected = complete("a", "b", "c", "", "", " né \0x\ry", "\u{1f44d}last")
    #expect(lines(pieces(Self.stream, of: size)) == expected)
  }

  @Test func endOfFile() {
    #expect(lines([]) == [])
    #expect(lines([Array("a\n".utf8)]) == complete("a"))
    #expect(lines([Array("a".utf8)]) == complete("a"))
    #expect(lines([Array("a\r".utf8)]) == complete("a"))
  }

  private static let overlong = Array(
    "12345\n123456\n1234\r\n12345\r\n123456\r\n1234567890\nok\n123456".utf8)

  @Test(arguments: 1...overlong.count)
  func anOverlongLineIsReportedOnce(_ size: Int) {
    let expected: [LineFramer.Line] =
      complete("12345") + [.tooLong] + complete("1234", "12345") + [.tooLong, .tooLong]
      + complete("ok") + [.tooLong]
    #expect(lines(pieces(Self.overlong, of: size), limit: 5) == expected)
  }

  @Test func memoryIsBounded() {
    var framer = LineFramer(maximumLineLength: 100)
    let chunk = [UInt8](repeating: 0x61, count: 1000)
    var lines: [LineFramer.Line] = []
    for _ in 0..<200 {
      lines += framer.feed(chunk)
      #expect(framer.partial.count <= 101)
    }
    lines += framer.feed(Array("\nok\n".utf8))
    #expect(lines == [.tooLong] + complete("ok"))
  }

  @Test func randomSplits() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededRandom(seed: seed)
    let alphabet: [UInt8] = [0x0a, 0x0d, 0, 0x61, 0x62, 0xc3]
    for _ in 0..<300 {
      let bytes = (0..<80).map { _ in alphabet[Int.random(in: 0..<6, using: &random)] }
      let whole = lines([bytes], limit: 4)
      #expect(lines(random.pieces(bytes, upTo: 9), limit: 4) == whole, "seed \(seed)")
    }
  }
}
