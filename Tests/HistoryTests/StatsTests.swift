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
        "client_reply_ms":{"count":0,"median":null,"p90":null},"without_floor":0}

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
