import ChatCore
import ChatWire
import Testing

struct DialectDetectorTests {
  private var detector = DialectDetector()
  private var replies: [UInt8] = []

  private mutating func feed(_ text: String, at now: Int64) -> DialectDetector.Outcome {
    feed(Array(text.utf8), at: now)
  }

  private mutating func feed(_ bytes: [UInt8], at now: Int64) -> DialectDetector.Outcome {
    bytes.withUnsafeBytes { detector.feed($0, at: at(now), replies: &replies) }
  }

  @Test mutating func nulIsNative() {
    #expect(feed("taty", at: 0) == .undecided)
    #expect(
      feed("ana\0say 1 a\n", at: 299) == .decided(.native, [Array("tatyana\0say 1 a\n".utf8)]))
  }

  @Test(arguments: ["tatyana\n", "tatyana\r\n", "tatyana\r\0", "a\r\0b\0", "a\nb\0", "\n"])
  mutating func lineEndIsLine(_ text: String) {
    #expect(feed(text, at: 0) == .decided(.line, [Array(text.utf8)]))
  }

  @Test mutating func carriageReturnAndNulInTwoReads() {
    #expect(feed("a\r", at: 0) == .undecided)
    #expect(feed("\0", at: 1) == .decided(.line, [Array("a\r\0".utf8)]))
  }

  @Test mutating func quietIsOriginal() {
    #expect(detector.deadline == nil)
    #expect(detector.tick(at: at(.max)) == .undecided)
    #expect(feed("taty", at: 1000) == .undecided)
    #expect(feed("ana", at: 1200) == .undecided)
    #expect(detector.deadline == at(1500))
    #expect(detector.tick(at: at(1499)) == .undecided)
    #expect(
      detector.tick(at: at(1500)) == .decided(.original, [Array("taty".utf8), Array("ana".utf8)]))
  }

  @Test mutating func telnetOptionsAreAnsweredAndAreNoText() {
    #expect(feed([255, 251, 1, 255, 250, 31, 10, 0], at: 0) == .undecided)
    #expect(replies == [255, 254, 1])
    #expect(detector.deadline == nil)
    #expect(detector.tick(at: at(.max)) == .undecided)
    #expect(feed([255, 240, 0x61], at: 5) == .undecided)
    // Typed a character at a time, by a telnet: never the original program.
    #expect(detector.tick(at: at(.max)) == .undecided)
    #expect(feed([0x62, 13, 10], at: 900) == .decided(.line, [Array("ab\r\n".utf8)]))
  }

  @Test(arguments: [1, 1000, 40_000])
  mutating func bounded(_ size: Int) {
    var received = 0
    while feed([UInt8](repeating: 0x61, count: size), at: 0) == .undecided {
      received += size
      if received > 40_000 { break }
    }
    #expect(received < DialectDetector.limit)
  }

  @Test mutating func endOfFile() {
    #expect(detector.endOfFile() == .undecided)
    #expect(feed("bob> hi", at: 0) == .undecided)
    #expect(detector.endOfFile() == .decided(.line, [Array("bob> hi".utf8)]))
  }
}
