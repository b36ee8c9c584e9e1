import Seeded
import Testing

@testable import ChatClient

/// The last line of the user's own file, which anybody may have changed.
@Suite struct SavedEventTests {
  private func read(_ line: String) -> SavedEvent? { SavedEvent(line: Array(line.utf8)) }

  private static let line =
    #"{"v":1,"type":"event","seq":7,"conversation":1790000000123,"time":"2026-11-28T10:00:00.000Z","kind":"message","from":"client","handle":"bob","text":"hi"}"#

  @Test func eventsAreRead() {
    let event = read(Self.line)
    #expect(event?.number == 7 && event?.conversation == 1_790_000_000_123)
    #expect(event?.isClose == false)
    #expect(read(Self.line.replacing("message", with: "close"))?.isClose == true)
  }

  @Test func whatIsNoneIsNot() {
    let wrong = [
      "", "{}", #"{"v":1,"type":"event","seq":0"#,
      Self.line.replacing("\"seq\":7", with: "\"seq\":-7"),
      Self.line.replacing("\"seq\":7", with: "\"seq\":99999999999999999999"),
      Self.line.replacing("\"seq\":7", with: "\"seq\":"),
      Self.line.replacing("1790000000123", with: "9223372036854775807"),
      Self.line.replacing("\"v\":1", with: "\"v\":2"),
      #"{"v":1,"type":"conversation","id":1}"#,
    ]
    for line in wrong { #expect(read(line) == nil, "\(line)") }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func nothingTraps(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<1_000 {
      var bytes = Array(Self.line.utf8.prefix(random.below(Self.line.utf8.count + 1)))
      for _ in 0..<random.below(4) where !bytes.isEmpty {
        bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
      }
      _ = SavedEvent(line: bytes)
    }
  }
}
