import ChatCore
import ChatWire
import Testing

struct GreetingDetectorTests {
  private var detector = GreetingDetector(connectedAt: at(1000))

  private mutating func feed(_ text: String, at now: Int64) -> GreetingDetector.Outcome {
    Array(text.utf8).withUnsafeBytes { detector.feed($0, at: at(now)) }
  }

  @Test mutating func nulIsNative() {
    #expect(feed("SERV", at: 2999) == .undecided)
    #expect(feed("ER\0mode", at: 3298) == .decided(.native, Array("SERVER\0mode".utf8)))
  }

  @Test mutating func noNulInTimeIsOriginal() {
    #expect(feed("SERV", at: 1100) == .undecided)
    #expect(feed("ER", at: 1399) == .undecided)
    #expect(detector.deadline == at(1400))
    #expect(detector.tick(at: at(1399)) == .undecided)
    #expect(detector.tick(at: at(1400)) == .decided(.original, Array("SERVER".utf8)))
  }

  @Test func silenceIsLine() {
    #expect(detector.deadline == at(3000))
    #expect(detector.tick(at: at(2999)) == .undecided)
    #expect(detector.tick(at: at(3000)) == .decided(.line, []))
  }

  @Test mutating func endOfFile() {
    #expect(detector.endOfFile() == .ended)
    #expect(feed("The line is full.\r\n", at: 1001) == .undecided)
    #expect(detector.endOfFile() == .refused("The line is full."))
  }

  @Test mutating func bounded() {
    #expect(feed(String(repeating: "a", count: 200_000), at: 1001) == .oversized)
  }
}
