import ChatCore
import Testing
import Transcript

@testable import History

@Suite struct SearchTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture.samples()
  }

  @Test func `a match stands among its neighbours`() throws {
    let result = try fixture.history(
      "search", "-C1", "--from", "server", "hi", columns: 80, environment: ["TERM": "dumb"])
    #expect(
      result.output == """
        Conversation 1: tatyana with SERVER, 2026-03-01
          14:02:09  tatyana> hi
        > 14:02:15  SERVER> hi
          14:02:41  * connection closed: client quit

        """)
  }

  @Test func `matches are lines in a pipe`() throws {
    #expect(
      try fixture.history("search", "hi").output == """
        2026-03-01T14:02:09.511-08:00 1 tatyana> hi
        2026-03-01T14:02:15.872-08:00 1 SERVER> hi
        2026-03-01T14:10:31.440-08:00 2 mike> hi

        """)
  }

  @Test func `no match is told on standard error`() throws {
    let result = try fixture.history("search", "bye")
    #expect(result.output.isEmpty)
    #expect(
      result.errors
        == "chatserve: no message matches \"bye\" (2 conversations searched, oldest 2026-03-01)\n")
    #expect(result.exit == 1)
  }

  private static let talk = [
    "The quick brown fox", "naïve café crème", "東京都に住んでいます", "한국어 메시지", "see 👍🏽 there",
    "write to user@host.example", "power loss at noon", "loss of power", "C++ :-)", "NULL OR NOT",
    "tomorrow to together", "日本", "flag 🇫🇷 here", "a \"quoted\" word", "ПРИВЕТ мир",
  ]

  @Test(arguments: [
    (["quick"], [0]), (["QUICK", "fox"], [0]), (["fox", "quick"], [0]), (["cafe"], [1]),
    (["café"], [1]), (["NAIVE"], [1]), (["東京"], [2]), (["京都"], [2]), (["住ん"], [2]),
    (["국어"], [3]), (["메시"], [3]), (["👍"], [4]), (["user@host"], [5]),
    (["power", "loss"], [6, 7]), (["power loss"], [6]), (["\"power loss\""], [6]),
    (["tog*"], [10]), (["to*"], [5, 10]), (["to"], [5, 10]), (["日本"], [11]), ([":-)"], [8]),
    (["OR"], [9]), (["привет"], [14]), (["quoted"], [13]), (["NEAR("], []), (["*"], []),
    (["-F", "C++"], [8]), (["body:quick"], []), (["\""], [13]), (["AND"], []), (["🇫"], [12]),
  ])
  func `words, phrases, prefixes and scripts are found`(
    _ words: [String], _ expected: [Int]
  ) throws {
    let fixture = try Fixture()
    let run = try fixture.run(started: "2026-03-01T14:00:00")
    let one = try fixture.open(run: run, at: "2026-03-01T14:02:03", port: 5)
    for text in Self.talk { try fixture.say(one, at: "2026-03-01T14:02:04", .client, text) }
    let found = try Fixture.history(["search", "--database", fixture.path, "-o", "tsv"] + words)
    let texts = found.output.split(separator: "\n").map {
      String($0.split(separator: "\t").last ?? "")
    }
    #expect(texts == expected.map { Self.talk[$0] }, "\(found.errors)")
    #expect(found.exit == (expected.isEmpty ? 1 : 0))
  }

  @Test func `what is not indexed yet is found all the same`() throws {
    let reader = Archive(try Connection.forReading(fixture.path))
    #expect(try reader.isIndexBehind())
    let query = try #require(SearchQuery("hi"))
    let found = try reader.unindexed(query, EventFilter(), past: 0, newestFirst: true)
    #expect(found.map(\.seq) == [8, 4, 3])
    _ = try fixture.history("search", "hi")
    #expect(try !reader.isIndexBehind())
    let border = try reader.indexWatermark()
    #expect(try reader.unindexed(query, EventFilter(), past: border, newestFirst: true).isEmpty)
    let cursor = try reader.indexed(query, EventFilter(), through: border, newestFirst: true)
    #expect(try cursor.next()?.seq == 8)
  }

  @Test func `-n gives the newest matches, in order`() throws {
    #expect(
      try fixture.history("search", "hi", "-n", "2", "-o", "tsv").output
        .split(separator: "\n").map { $0.prefix(1) } == ["4", "8"])
    #expect(
      try fixture.history("search", "hi", "-r", "-n2", "-o", "tsv").output
        .split(separator: "\n").map { $0.prefix(1) } == ["8", "4"])
  }

  @Test(arguments: [
    (["-g", "^h.$"], 3), (["-g", "H"], 0), (["-g", "H", "-i"], 3),
    (["-g", "h", "--case-sensitive"], 3),
    (["-g", "hi", "-v"], 0), (["-g", "x", "-v"], 3), (["-g", "x", "-g", "i"], 3),
    (["-F", "-g", "h."], 0), (["-F", "-g", "hi"], 3),
  ])
  func `-g takes a regular expression`(_ options: [String], _ count: Int) throws {
    let result = try Fixture.history(
      ["show", "1..@", "-c", "--database", fixture.path] + options)
    #expect(result.output == "\(count)\n")
    #expect(result.exit == (count == 0 ? 1 : 0))
  }

  @Test func `a bad expression is named`() throws {
    let result = try fixture.history("show", "-g", "(")
    #expect(
      result.errors
        == "chatserve: \"(\" is not a regular expression; -F takes it literally\n")
    #expect(result.exit == 64)
  }

  @Test func `groups are parted as grep parts them`() throws {
    let run = try fixture.run(started: "2026-03-01T16:00:00")
    let three = try fixture.open(run: run, at: "2026-03-01T16:00:01", port: 7)
    for text in ["one", "x", "y", "z", "one", "w"] {
      try fixture.say(three, at: "2026-03-01T16:00:02", .client, text)
    }
    let lines = try fixture.history("search", "-C1", "one").output.split(separator: "\n")
    #expect(
      lines.map { $0 == "--" ? "--" : String($0.split(separator: " ").last ?? "") } == [
        "1027", "one", "x", "--", "z", "one", "w",
      ])
    let reversed = try fixture.history("search", "-B1", "-r", "one").output.split(separator: "\n")
    #expect(
      reversed.map { $0 == "--" ? "--" : String($0.split(separator: " ").last ?? "") } == [
        "one", "z", "--", "one", "1027",
      ])
    let near = try fixture.history("search", "-C2", "one").output.split(separator: "\n")
    #expect(!near.contains("--"))
    #expect(near.count == 7)
  }
}
