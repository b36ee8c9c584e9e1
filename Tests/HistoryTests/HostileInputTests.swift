import ChatCore
import Seeded
import Testing
import Transcript

@testable import History

/// Whatever a user types or a file holds is refused or shown, and never ends
/// the process.
@Suite struct HostileInputTests {
  private let now = Timestamp(milliseconds: 1_772_407_800_000)

  private static let zones: [Zone] = [.utc, .local, .fixed(seconds: 14 * 3600)]

  /// What is read has a first and a last moment, in order, and a day.
  private func tryTime(_ text: String, _ zone: Zone) {
    guard let form = try? TimeForm(text, now: now, zone: zone) else { return }
    #expect(form.first(in: zone) <= form.last(in: zone), "\(text)")
    let day = form.day(in: zone)
    #expect(zone.start(of: day) <= zone.end(of: day), "\(text)")
    #expect(!Stamp.full(form.first(in: zone), in: zone).isEmpty)
  }

  @Test func `spans end where stamps do`() throws {
    let zone = Zone.utc
    let weeks = String(repeating: "999999999w", count: 16)
    for text in [weeks, weeks + " ago", "-" + weeks, "999999999w", "53000y"] {
      #expect(throws: TimeFormError(text: text)) { try TimeForm(text, now: now, zone: zone) }
    }
    tryTime("999999999s", zone)
    tryTime("1653439w", zone)
    tryTime("@999999999999.999", zone)
    tryTime("@-999999999999", zone)
  }

  @Test(arguments: ["America/Los_Angeles", "Asia/Kathmandu"])
  func `random times are read or refused`(_ place: String) throws {
    try PlaceZone.run(place) { _ in try tryRandomTimes() }
  }

  private func tryRandomTimes() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    let parts = [
      "0", "9", "12", "31", "60", "99", "2026", "0000", "9999", "999999999", "-", "--", "+", ":",
      "T", "t", "Z", "z", " ", ".", "@", "s", "m", "h", "d", "w", "ago", "now", "today", "é", "\0",
      "yesterday", "2026-03-01", "14:02", "00:00:00", "+23:59", "-23:59", "٣", "\u{202e}",
    ]
    for _ in 0..<4000 {
      var text = ""
      for _ in 0..<Int.random(in: 0...8, using: &random) {
        text += parts.randomElement(using: &random) ?? ""
      }
      tryTime(text, Self.zones.randomElement(using: &random) ?? .utc)
      let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      let noise = String(decoding: bytes, as: UTF8.self)
      tryTime(noise, .utc)
      _ = try? ZoneName(noise)
      _ = ConversationRange(noise)
    }
  }

  @Test func `random ids are references or none`() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    let fixture = try Fixture.samples()
    let archive = Archive(try Connection.forReading(fixture.path))
    let parts = [
      "@", "~", "..", ".", "0", "1", "2", "9223372036854775807", "9223372036854775808", "-", "x",
      "@~1", "@~9223372036854775807",
    ]
    for _ in 0..<2000 {
      let text = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        parts.randomElement(using: &random) ?? ""
      }.joined()
      guard let ranges = try? archive.resolve([text]) else { continue }
      var filter = EventFilter()
      filter.conversations = ranges
      #expect(try archive.events(filter, newestFirst: false).next() != nil, "\(text), seed \(seed)")
    }
  }

  @Test func `random patterns match, do not, or are refused`() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    let parts = [
      "a", "B", "é", "日", "(", ")", "[", "]", "{", "}", "*", "+", "?", ".", "|", "^", "$", "\\",
      "\\d", "\\S", "\\p{L}", "\\1", "(?i)", "(?:", "(?<n>", "(?=", "(?!", "[^", "a-z", "{2,3}",
      "{9}", "\\x{41}", "\\b", "\\", "-", ",", "\\Q", "\\E", "&&", "[:alpha:]", "(?>", "\0",
    ]
    for _ in 0..<1500 {
      let pattern = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        parts.randomElement(using: &random) ?? ""
      }.joined()
      for isLiteral in [true, false] {
        let matcher = try? TextMatcher(
          [pattern], isLiteral: isLiteral, caseRule: .smart, isInverted: false)
        _ = matcher?.matches("A message, ébé 日本 aaB 12")
      }
      _ = SearchQuery(pattern)
    }
  }

  @Test func `absurd numbers in the file are shown, and named by verify`() throws {
    let fixture = try Fixture.samples()
    for at in [Int64.min, -1, 0, Int64.max] {
      try fixture.insert(
        """
        INSERT INTO event (link, conversation_id, at, kind, party, number, text)
        VALUES (zeroblob(32), 2, ?1, 'message', 1, ?1, 'x')
        """, at)
    }
    try fixture.connection.execute(
      """
      INSERT INTO pruning (at, before, conversations, messages, events, first_id, last_id)
      VALUES (0, 0, 9223372036854775807, 9223372036854775807, 9223372036854775807, 1,
        9223372036854775807);
      UPDATE message_fts_state SET indexed_through = 9223372036854775807;
      INSERT INTO event (link, id, conversation_id, at, kind, party, number, text)
      VALUES (zeroblob(32), 9223372036854775807, 2, 9223372036854775807, 'message', 1, 1, 'last');
      UPDATE conversation SET opened_at = -9223372036854775808 WHERE id = 1;
      """)
    for format in ["text", "tsv", "csv", "json", "transcript", "markdown", "html"] {
      #expect(try fixture.history("show", "1..@", "-o", format).exit == 0, "\(format)")
      #expect(try fixture.history("list", "-o", format, columns: 80) { _ in }.exit == 0)
    }
    #expect(try fixture.history("stats", "--ascii", "-n", "3", "-P", columns: 60).exit == 0)
    #expect(try fixture.history("show", "-S", "1h", "-U", "now").exit == 0)
    #expect(try fixture.history("show", "0..9223372036854775807", "-c").output == "13\n")
    #expect(try fixture.history("tail", "-n", "1").output.contains("SERVER> last"))
    #expect(try fixture.history("verify").exit == 1)
  }
}
