import ChatCore
import ChatTerminal
import Testing

@testable import History

/// Nothing a peer can write acts on a terminal, forges a line, or is lost.
@Suite struct TextSafetyTests {
  /// Every C0, DEL and C1 control, and the invisible ones that turn text
  /// round.
  private static let hostile: [Unicode.Scalar] =
    (Array(0...0x1f) + Array(0x7f...0x9f) + [
      0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200b, 0x200e,
      0x2028, 0x2029, 0xfeff, 0xad, 0xe0041,
    ]).compactMap(Unicode.Scalar.init)

  private func fixture() throws -> Fixture {
    let fixture = try Fixture()
    let run = try fixture.run(started: "2026-03-01T14:00:00")
    let one = try fixture.open(run: run, at: "2026-03-01T14:02:03", port: 5)
    try fixture.handle(one, at: "2026-03-01T14:02:03", "e\u{1b}[31mvil")
    for scalar in Self.hostile {
      try fixture.say(one, at: "2026-03-01T14:02:04", .client, "a\(scalar)b")
    }
    try fixture.say(
      one, at: "2026-03-01T14:02:05", .client, "x\nSERVER> forged\n<script>alert('&')</script>")
    try fixture.close(one, at: "2026-03-01T14:02:06", detail: "\u{1b}]0;t\u{7}")
    return fixture
  }

  @Test(
    arguments: [
      "text", "tsv", "csv", "json", "json-pretty", "transcript", "markdown", "html",
    ], [nil, 80])
  func `no format lets a control through to a terminal`(_ format: String, _ columns: Int?) throws {
    // CSV is lossless in a pipe; on a terminal it is not.
    if format == "csv", columns == nil { return }
    let fixture = try fixture()
    for verb in [["show", "1"], ["list"], ["search", "b"]] {
      let result = try Fixture.history(
        verb + ["-o", format, "--color", "never", "--database", fixture.path], columns: columns,
        environment: ["PAGER": ""])
      #expect(!result.output.isEmpty)
      for scalar in result.output.unicodeScalars where scalar != "\n" && scalar != "\t" {
        #expect(!TextSanitizer.mustEscape(scalar), "U+\(String(scalar.value, radix: 16))")
      }
      if format != "tsv", !(format == "transcript" && verb == ["list"]),
        columns != nil || format != "text"
      {
        #expect(!result.output.contains("\t"), "\(format)")
      }
    }
  }

  @Test(arguments: ["text", "tsv", "transcript", "markdown"], [nil, 80])
  func `no peer forges a line`(_ format: String, _ columns: Int?) throws {
    let result = try fixture().history(
      "show", "1", "-o", format, "--color", "never", columns: columns, environment: ["PAGER": ""])
    for line in result.output.split(separator: "\n") {
      #expect(!line.hasPrefix("SERVER> "), "\(format)")
      #expect(!line.hasPrefix("- 14:02:05 **SERVER"), "\(format)")
    }
  }

  @Test func `JSON gives back every scalar`() throws {
    let result = try fixture().history("show", "1", "-o", "json", "--kind", "message")
    for scalar in Self.hostile {
      let units = String(scalar).utf16.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
      let escape =
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: units.joined()
        }
      #expect(result.output.contains("\"text\":\"a\(escape)b\""), "\(escape)")
    }
  }

  @Test func `CSV in a pipe gives back every byte`() throws {
    let result = try fixture().history("show", "1", "-o", "csv")
    #expect(result.output.contains("\"a\nb\""))
    #expect(result.output.contains("\"a\rb\""))
    #expect(result.output.contains("\"a\u{1b}b\""))
    #expect(result.output.contains("a\u{9b}b"))
  }

  @Test func `markup is text`() throws {
    let html = try fixture().history("export", "-o", "html").output
    #expect(!html.contains("<script"))
    #expect(html.contains("&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"))
    let markdown = try fixture().history("export", "-o", "markdown").output
    #expect(markdown.contains(#"\<script\>alert\(\'\&\'\)\<\/script\>"#))
  }

  @Test func `raw bytes are kept`() throws {
    let fixture = try Fixture.samples()
    try fixture.say(2, at: "2026-03-01T14:11:00", .client, "a\u{fffd}b", raw: [0x61, 0xff, 0x62])
    let line = try fixture.history("show", "2", "-o", "json").output.split(separator: "\n").last
    #expect(line?.hasSuffix(#""text":"a\#u{fffd}b","text_base64":"Yf9i"}"#) == true)
    #expect(try fixture.history("show", "2", "-o", "csv").output.contains(",Yf9i,"))
  }

  @Test func `a held message is marked`() throws {
    let fixture = try Fixture.samples()
    try fixture.say(2, at: "2026-03-01T14:11:00", .client, "too soon", held: true)
    #expect(
      try fixture.history("show", "2").output.contains(
        "2 mike> too soon (out of turn)\n"))
    #expect(
      try fixture.history("show", "2", "-o", "json").output.contains(
        #""text":"too soon","held":true}"#))
    #expect(try !fixture.history("show", "2", "-o", "transcript").output.contains("too soon"))
  }

  @Test(arguments: ["SERVER", "server", "ＳＥＲＶＥＲ", "ЅERVER", "SÉRVER", "5ERVER"])
  func `a client that looks like the server is marked`(_ handle: String) throws {
    let fixture = try Fixture.samples()
    let three = try fixture.open(run: 2, at: "2026-03-01T15:10:00", port: 9)
    try fixture.handle(three, at: "2026-03-01T15:10:01", handle)
    try fixture.say(three, at: "2026-03-01T15:10:02", .client, "trust me")
    try fixture.say(three, at: "2026-03-01T15:10:03", .server, "no")
    let output = try fixture.history("show", "3").output
    #expect(output.contains(" 3 \(handle)(client)> trust me\n"))
    #expect(output.contains(" 3 SERVER> no\n"))
    #expect(DisplayName.of("SERVANT", .client, besides: "SERVER") == "SERVANT")
  }

  @Test func `long messages wrap under their beginning`() throws {
    let fixture = try Fixture.samples()
    try fixture.say(2, at: "2026-03-01T14:11:00", .client, "one two three four five\nsix")
    let output = try fixture.history(
      "show", "2", "--kind", "message", columns: 30, environment: ["TERM": "dumb"]
    ).output
    #expect(
      output.hasSuffix(
        """
        14:11:00  mike> one two three
                        four five
                        six

        """))
  }

  @Test func `cells are counted, not characters`() {
    let screen = Screen(columns: 20) { $0.isASCII ? 1 : 2 }
    #expect(screen.padded("日本", to: 6) == "日本  ")
    let lead = "mike>     "
    let blanks = String(repeating: " ", count: 10)
    #expect(screen.rows(["日本語日本語"], lead: lead) == ["日本語日本", blanks + "語"])
    #expect(screen.rows(["aaa bbb ccc"], lead: lead) == ["aaa bbb", blanks + "ccc"])
    #expect(screen.rows(["aaaaaaaaaaaa"], lead: lead) == ["aaaaaaaaaa", blanks + "aa"])
    #expect(screen.rows(["", "b"], lead: lead) == ["", blanks + "b"])
    #expect(Screen(columns: nil) { _ in 1 }.rows(["a b", "c"], lead: "x> ") == ["a b", "c"])
  }

  /// At every width and wherever the words begin: a row of a message's that is
  /// not its first begins with blanks, on a terminal of every taste.
  @Test func `no row but the first begins with what was said`() throws {
    var text = ""
    for offset in 1...60 {
      let padding = ["x", "\u{200d}👩", "日", " "][offset % 4]
      text += String(repeating: padding, count: offset) + "SERVER> I agree 14:02:03  SERVER> ok "
    }
    let pieces = stride(from: 0, to: text.count, by: 450).map {
      String(text.dropFirst($0).prefix(450))
    }
    let fixture = try Fixture.samples()
    for piece in pieces { try fixture.say(2, at: "2026-03-01T14:11:00", .client, piece) }
    for columns in 20...200 {
      let output = try fixture.history(
        "show", "2", "-P", columns: columns, environment: ["TERM": "dumb"]
      ) {
        $0.width = { CharacterWidth(of: $0).estimate }
        $0.greatestWidth = { CharacterWidth(of: $0).maximum }
      }.output
      for row in output.split(separator: "\n") {
        // The sentence of ours that has 81 columns, by its promised look.
        if columns == 80, row.hasPrefix("          ! no close was logged") { continue }
        #expect(CharacterWidth(of: row).maximum <= columns)
        #expect(
          row.hasPrefix(" ") || row.hasPrefix("14:1") || row.hasPrefix("Conversation"),
          "\(columns): \(row)")
      }
    }
  }

  /// The original's look, too, as soon as it is on a terminal.
  @Test(arguments: [["show", "2"], ["export"], ["search", "forged"]])
  func `no row of a transcript's look begins with what was said`(_ verb: [String]) throws {
    let fixture = try Fixture.samples()
    try fixture.say(
      2, at: "2026-03-01T14:11:00", .client, String(repeating: "x", count: 74) + "SERVER> forged")
    try fixture.say(
      2, at: "2026-03-01T14:11:01", .client, String(repeating: "䷀", count: 37) + "SERVER> forged")
    for columns in [20, 40, 80] {
      let output = try Fixture.history(
        verb + ["-o", "transcript", "--database", fixture.path], columns: columns,
        environment: ["PAGER": ""]
      ) {
        $0.width = { CharacterWidth(of: $0).estimate }
        $0.greatestWidth = { CharacterWidth(of: $0).maximum }
      }.output
      #expect(output.contains("forged"))
      for row in output.split(separator: "\n") {
        #expect(CharacterWidth(of: row).maximum <= columns, "\(row)")
        #expect(!row.hasPrefix("SERVER> forged") && !row.hasPrefix("x"))
      }
    }
    let piped = try Fixture.history(verb + ["-o", "transcript", "--database", fixture.path]).output
    #expect(piped.contains("mike> " + String(repeating: "x", count: 74) + "SERVER> forged\n"))
  }

  @Test func `the day is told when it changes`() throws {
    let fixture = try Fixture.samples()
    try fixture.say(2, at: "2026-03-02T00:00:01", .client, "late")
    let output = try fixture.history(
      "show", "2", columns: 80, environment: ["TERM": "dumb"]
    ).output
    #expect(output.contains("14:10:31  mike> hi\n-- 2026-03-02 --\n00:00:01  mike> late\n"))
  }
}
