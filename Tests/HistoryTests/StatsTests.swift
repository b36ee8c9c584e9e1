import ChatCore
import Testing
import Transcript

@testable import History

@Suite struct StatsTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture.samples()
    try fixture.say(2, at: "2026-03-03T09:00:00", .server, "back")
  }

  @Test func `totals, days, handles, lengths and replies`() throws {
    let result = try fixture.history("stats", "--ascii", columns: 40, environment: ["PAGER": ""])
    #expect(
      result.output == """
        4 messages in 2 conversations, 2026-03-01 to 2026-03-03

        Messages a day
          2026-03-01  3  #######################
          2026-03-02  0
          2026-03-03  1  ########

        Messages by hour of the day
                             #
                             #
                             #
                        #    #
                        #    #
               0     6     12    18

        Messages by weekday and hour
          Mon  ........................
          Tue  .........+..............
          Wed  ........................
          Thu  ........................
          Fri  ........................
          Sat  ........................
          Sun  ..............#.........
               0     6     12    18
               0 . - + * # 3

        Messages by handle
          SERVER      server  2 in 2 conversations
          mike        client  1 in 1 conversation
          tatyana     client  1 in 1 conversation

        Longest conversations
             2  42:49:48  mike        2 messages
             1      0:38  tatyana     2 messages

        Reply times
          server  half within 6.4 s, 9 of 10 within 43:06:30

        """)
  }

  @Test func `bars fit the width and the locale`() throws {
    for columns in [20, 40, 80, 200] {
      for locale in ["C.UTF-8", "en_US.utf8", "C"] {
        let output = try fixture.history(
          "stats", "--by", "hour", columns: columns, environment: ["LC_ALL": locale, "PAGER": ""]
        ).output
        let bars = output.split(separator: "\n").filter { $0.contains("█") || $0.contains("#") }
        #expect(!bars.isEmpty)
        #expect(output.allSatisfy(\.isASCII) == (locale == "C"))
        for bar in bars where columns >= 40 { #expect(bar.count <= columns, "\(bar)") }
      }
    }
  }

  private static func noHours(_ count: Int) -> String {
    [String](repeating: "0", count: count).joined(separator: ",")
  }

  private static func noDays(_ count: Int) -> String {
    [String](repeating: "[\(noHours(24))]", count: count).joined(separator: ",")
  }

  @Test func `a report as JSON`() throws {
    let result = try fixture.history("stats", "-o", "json", "--with", "tatyana")
    #expect(
      result.output == """
        {"v":1,"type":"stats","conversations":1,"messages":2,"from_client":1,"from_server":1,\
        "first_message":"2026-03-01T22:02:09.511Z","last_message":"2026-03-01T22:02:15.872Z",\
        "per":"day","spans":[{"start":"2026-03-01T00:00:00.000-08:00","messages":2}],\
        "handles":[{"handle":"SERVER","party":"server","conversations":1,"messages":1},\
        {"handle":"tatyana","party":"client","conversations":1,"messages":1}],\
        "longest":[{"conversation":1,"client":"tatyana","seconds":38,"messages":2}],\
        "server_reply_ms":{"count":1,"median":6399,"p90":6399},\
        "client_reply_ms":{"count":0,"median":null,"p90":null},"without_floor":0,"drops":0,"resumes":0,"week":[\(Self.noDays(6)),[\(Self.noHours(14)),2,\(Self.noHours(9))]]}

        """)
  }

  @Test func `percentiles are never too short, and right to four in a hundred`() {
    for value in [0, 1, 31, 32, 33, 63, 64, 1000, 6361, 99_999, 86_400_000, Int64.max] {
      var times = ReplyTimes()
      times.add(step: Reply(by: .client, after: value).step)
      let found = times.percentile(0.5) ?? -1
      #expect(found >= value)
      #expect(Double(found) <= Double(value) * 1.04, "\(value) \(found)")
    }
  }

  @Test func `whatever is not nothing is seen`() {
    let bars = Bars(isPlain: false, columns: 10)
    #expect(bars.bar(0, of: 10) == "")
    #expect(bars.bar(1, of: 1_000_000) == "▏")
    #expect(bars.bar(10, of: 10) == "██████████")
    #expect(bars.bar(5, of: 10) == "█████")
    #expect(Bars(isPlain: true, columns: 10).bar(1, of: 1_000_000) == "#")
  }
}

/// The hours and the week, drawn.
@Suite struct StatsPlotTests {
  private let fixture: Fixture

  init() throws {
    fixture = try Fixture.samples()
    // A Sunday, and a Monday at its last hour.
    for second in 10..<40 { try fixture.say(2, at: "2026-03-01T09:00:\(second)", .client, "x") }
    try fixture.say(2, at: "2026-03-02T23:59:59", .server, "late")
  }

  private func stats(
    _ arguments: String..., columns: Int? = nil, environment: [String: String] = [:]
  ) throws -> String {
    try Fixture.history(
      ["stats"] + arguments + ["--database", fixture.path, "--tz", "-08:00"], columns: columns,
      environment: environment.merging(["PAGER": ""]) { one, _ in one }
    ).output
  }

  @Test func `in ASCII`() throws {
    let output = try stats("--plots", "--ascii")
    let start = try #require(output.firstRange(of: "\nMessages by hour"))
    let end = try #require(output.firstRange(of: "\nMessages by handle"))
    #expect(
      output[start.lowerBound..<end.lowerBound] == """

        Messages by hour of the day
                                 ##
                                 ##
                                 ##
                                 ##
                                 ##        ##                ##
               0           6           12          18

        Messages by weekday and hour
          Mon  ..............................................--
          Tue  ................................................
          Wed  ................................................
          Thu  ................................................
          Fri  ................................................
          Sat  ................................................
          Sun  ..................##........--..................
               0           6           12          18
               0 .. -- ++ ** ## 30

        """)
  }

  @Test func `in blocks, as wide as there is room`() throws {
    for columns in [20, 30, 31, 40, 54, 55, 80, 200] {
      let output = try stats(columns: columns, environment: ["LC_ALL": "C.UTF-8"])
      let rows = output.split(separator: "\n").filter { $0.contains("·") }
      #expect(rows.count == (columns < 31 ? 0 : 8), "\(columns)")
      for row in rows where !row.contains("0 ·") {
        #expect(row.count == (columns < 55 ? 31 : 55), "\(row)")
        #expect(row.count <= columns)
      }
    }
    let output = try stats(columns: 80, environment: ["LC_ALL": "C.UTF-8"])
    #expect(output.contains("  Mon  " + String(repeating: "·", count: 46) + "░░\n"))
    // Whatever is not nothing is seen.
    #expect(output.contains("▃▃") || output.contains("▁▁"))
  }

  @Test func `in a pipe when they are asked for, and in ASCII where nothing else is known`() throws
  {
    #expect(try !stats().contains("weekday"))
    #expect(try stats("--plots").contains("weekday"))
    #expect(try stats(columns: 80).allSatisfy(\.isASCII))
    #expect(
      try stats(columns: 80, environment: ["LC_ALL": "C.UTF-8", "TERM": "dumb"])
        .allSatisfy(\.isASCII))
  }

  @Test func `on a page that stands alone`() throws {
    try fixture.handle(2, at: "2026-03-02T23:59:59", "<b>&")
    let page = try stats("-o", "html")
    #expect(page.hasPrefix("<!DOCTYPE html>\n") && page.hasSuffix("</html>\n"))
    for word in ["http:", "https:", "src=", "href=", "<script", "url(", "<b>&"] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.contains("default-src 'none'"))
    #expect(page.contains("<td title=\"Sun 9:00, 30 messages\" style=\"--share:100%\">"))
    #expect(page.contains("<td title=\"Mon 23:00, 1 message\" style=\"--share:3%\">"))
    #expect(page.contains("&lt;b&gt;&amp;"))
    #expect(page.contains("<tr><th>2026-03-02<td>1<td><div style=\"width:3%\"></div>"))
  }

  @Test func `nothing said is nothing drawn`() throws {
    let output = try stats("--plots", "-o", "html", "--with", "nobody")
    #expect(output.contains("<h1>0 messages in 0 conversations</h1>"))
    #expect(!output.contains("<table"))
    #expect(try !stats("--plots", "--with", "nobody").contains("weekday"))
  }
}
