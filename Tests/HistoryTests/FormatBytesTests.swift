import ChatCore
import Foundation
import Seeded
import Testing
import Transcript

@testable import History

/// Rows that are written as bytes, against the same put together of strings.
@Suite struct FormatBytesTests {
  private static let scalars: [Unicode.Scalar] =
    Array("ab z,;\"'\\<>&*_#|`~[](){}!\n\t\r".unicodeScalars)
    + ["\u{1b}", "\u{7f}", "\u{9b}", "\u{202e}", "é", "ß", "日", "語", "👍", "\u{301}", "\u{200d}"]

  private func text(_ random: inout SeededRandom) -> String {
    // Of plain letters alone every other time: these take the short way.
    let choice = Bool.random(using: &random) ? Self.scalars[...] : Self.scalars.prefix(4)
    let scalars = (0..<random.below(30)).compactMap { _ in choice.randomElement(using: &random) }
    return String(String.UnicodeScalarView(scalars))
  }

  private func conversation(_ client: String?) -> ConversationSummary {
    ConversationSummary(
      id: 7, client: client, server: "SERVER", peerAddress: "127.0.0.1", peerPort: 50112,
      port: 1027, mode: .known(.turns), dialect: .known(.native),
      opened: Timestamp(milliseconds: 0), floor: nil, ending: .open,
      lastEvent: Timestamp(milliseconds: 0), messages: 0)
  }

  private func row(_ format: any HistoryFormat, _ client: String?, _ text: String) -> String {
    var format = format
    let sink = MemorySink()
    var output = OutputBuffer(sink)
    let said = Event.Said(by: .client, number: 1, text: text)
    let event = Event(
      seq: 12, conversation: 7, time: Timestamp(milliseconds: 1_772_402_523_120), .message(said))
    format.event(event, of: conversation(client), .plain, into: &output)
    output.flush()
    return sink.text
  }

  /// A client and a text of each kind; a failure shows both.
  private func each(_ body: (String, String) throws -> Void) throws {
    var random = SeededRandom(seed: .random(in: .min ... .max))
    for _ in 0..<2000 {
      let client = random.below(4) == 0 ? text(&random) : "mike"
      try body(client, text(&random))
    }
  }

  @Test(arguments: [false, true])
  func `JSON is that of the object`(_ isPretty: Bool) throws {
    try each { client, text in
      var object = JSONObject()
      object["v"] = .integer(1)
      object["type"] = .string("event")
      object["seq"] = .integer(12)
      object["conversation"] = .integer(7)
      object["time"] = .string("2026-03-01T22:02:03.120Z")
      object["kind"] = .string("message")
      object["from"] = .string("client")
      object["handle"] = .string(client)
      object["text"] = .string(text)
      var expected = ""
      object.write(isPretty: isPretty, into: &expected)
      let row = row(JSONFormat(isPretty: isPretty), client, text)
      try #require(row == expected + "\n")
      let parsed = try JSONSerialization.jsonObject(with: Data(row.utf8)) as? [String: Any]
      let found = parsed?["text"] as? String
      try #require(found.map { Array($0.utf8) } == Array(text.utf8))
    }
  }

  @Test func `CSV is that of RFC 4180`() throws {
    func quoted(_ field: String) -> String {
      let mustQuote = field.utf8.contains { $0 == 0x2c || $0 == 0x22 || $0 < 0x20 }
      let doubled = field.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
      return mustQuote ? "\"\(doubled)\"" : field
    }
    try each { client, text in
      let row = row(CSVFormat(), client, text).split(
        separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      let expected =
        "12,7,2026-03-01T22:02:03.120Z,message,client,\(quoted(client)),\(quoted(text)),,,,,\n"
      try #require(row.last.map { Array($0.utf8) } == Array(expected.utf8))
    }
  }

  private func replaced(_ text: String, _ replace: (Unicode.Scalar) -> String?) -> String {
    TextSanitizer.escapedOnOneLine(text).unicodeScalars.map { replace($0) ?? String($0) }.joined()
  }

  @Test func `text and tab-separated rows are those of strings`() throws {
    try each { client, text in
      let name = EventWording.name(of: .client, in: conversation(client))
      let safe = TextSanitizer.escapedOnOneLine(text)
      try #require(
        row(LineFormat(zone: .fixed(seconds: -8 * 3600)), client, text)
          == "2026-03-01T14:02:03.120-08:00 7 \(name)> \(safe)\n")
      try #require(
        row(TSVFormat(zone: .utc), client, text)
          == "12\t2026-03-01T22:02:03.120Z\t7\tmessage\tclient\t"
          + "\(TextSanitizer.escapedOnOneLine(client))\t\(safe)\n")
    }
  }

  @Test func `no character is markup`() throws {
    let entities: [Unicode.Scalar: String] = [
      "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;",
    ]
    func html(_ text: String) -> String { replaced(text) { entities[$0] } }
    func markdown(_ text: String) -> String {
      replaced(text) { scalar in
        let isPunctuation =
          scalar.isASCII && "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".contains("\(scalar)")
        return isPunctuation ? "\\\(scalar)" : nil
      }
    }
    try each { client, text in
      let name = EventWording.name(of: .client, in: conversation(client))
      let lines = TextSanitizer.escapedLines(text)
      try #require(
        row(HTMLFormat(zone: .utc), client, text)
          == "<li class=\"client\"><time datetime=\"2026-03-01T22:02:03.120Z\">22:02:03</time>"
          + " <b><bdi>\(html(name))</bdi></b> <bdi class=\"text\">"
          + lines.map(html).joined(separator: "<br>") + "</bdi></li>\n")
      try #require(
        row(MarkdownFormat(zone: .utc), client, text)
          == "- 22:02:03 **\(markdown(name)):** "
          + lines.map(markdown).joined(separator: "\\\n  ") + "\n")
    }
  }

  @Test(arguments: [
    "America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Monrovia",
  ])
  func `stamps of a row are those of the zone`(_ place: String) throws {
    let seed = UInt64.random(in: .min ... .max)
    try PlaceZone.run(place) { zone in
      var random = SeededRandom(seed: seed)
      var stamps = StampWriter(zone: zone)
      for number in 0..<3000 {
        // Far apart, close together, and around a change of clocks.
        let span: ClosedRange<Int64> =
          switch number % 3 {
          case 0: -9_000_000_000_000...9_000_000_000_000
          case 1: 1_772_960_000_000...1_772_990_000_000
          default: .min ... .max
          }
        let time = Timestamp(milliseconds: Int64.random(in: span, using: &random))
        let sink = MemorySink()
        var output = OutputBuffer(sink)
        stamps.full(time, into: &output)
        output.add(ours: " ")
        stamps.clock(time, into: &output)
        output.flush()
        #expect(
          sink.text == Stamp.full(time, in: zone) + " " + Stamp.clock(time, in: zone),
          "\(time.milliseconds), seed \(seed)")
      }
    }
  }

  @Test func `numbers are written as they are`() {
    for number in [0, 1, 9, 10, 99, 100, -1, -10, .max, .max - 1, .min, 1_000_000_000] as [Int64] {
      let sink = MemorySink()
      var output = OutputBuffer(sink)
      output.add(number)
      output.flush()
      #expect(sink.text == String(number))
    }
  }
}
