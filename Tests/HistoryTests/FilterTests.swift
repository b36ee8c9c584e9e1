import ChatCore
import ChatPosix
import Testing
import Transcript

@testable import History

@Suite struct FilterTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture.samples()
  }

  /// The seqs that a command shows.
  private func seqs(_ arguments: String...) throws -> [Int] { try seqs(arguments) }

  private func seqs(_ arguments: [String]) throws -> [Int] {
    let result = try Fixture.history(
      arguments + ["-o", "tsv", "--database", fixture.path, "--tz", "-08:00"])
    return result.output.split(separator: "\n").compactMap {
      $0.split(separator: "\t").first.flatMap { Int($0) }
    }
  }

  @Test func `filters choose events`() throws {
    #expect(try seqs("show", "1..@") == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(try seqs("show") == [6, 7, 8])
    #expect(try seqs("show", "@~1") == [1, 2, 3, 4, 5])
    #expect(try seqs("show", "2", "1") == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(try seqs("show", "1..@", "--kind", "message") == [3, 4, 8])
    #expect(try seqs("show", "1..@", "--kind", "open,close") == [1, 5, 6])
    #expect(try seqs("show", "1..@", "--from", "server") == [4])
    #expect(try seqs("show", "1..@", "--from", "tatyana") == [2, 3, 5])
    #expect(try seqs("show", "1..@", "--from", "SERVER", "--from", "mike") == [4, 7, 8])
    #expect(try seqs("show", "--with", "mike") == [6, 7, 8])
    #expect(try seqs("export", "--with", "mike") == [6, 7, 8])
    #expect(try seqs("show", "--state", "lost") == [6, 7, 8])
    #expect(try seqs("export", "--state", "closed") == [1, 2, 3, 4, 5])
    #expect(try seqs("show", "--state", "open") == [])
    #expect(try seqs("show", "--on", "2026-03-01", "--kind", "open") == [1, 6])
    #expect(try seqs("show", "--on", "today", "--kind", "open") == [1, 6])
    #expect(try seqs("show", "--on", "yesterday") == [])
    #expect(try seqs("show", "-S", "14:10:15") == [7, 8])
    #expect(try seqs("show", "-U", "14:02:06") == [1, 2])
    #expect(try seqs("show", "-U", "2026-03-01").count == 8)
    #expect(try seqs("show", "-S", "2026-03-02") == [])
    #expect(try seqs("show", "-S", "-2h").count == 8)
    #expect(
      try seqs("show", "--since", "2026-03-01T14:02:15.872-08:00", "-U", "14:10:12") == [4, 5, 6])
    #expect(try seqs("show", "-n", "2") == [7, 8])
    #expect(try seqs("show", "1..@", "-n", "4") == [5, 6, 7, 8])
    #expect(try seqs("show", "-r") == [8, 7, 6])
    #expect(try seqs("show", "1..@", "-n", "3", "-r", "--kind", "message") == [8, 4, 3])
    #expect(try seqs("list") == [2, 1])
    #expect(try seqs("list", "-r") == [1, 2])
    #expect(try seqs("list", "-n1") == [2])
    #expect(try seqs("list", "-n1", "-r") == [2])
    #expect(try seqs("list", "--from", "server") == [1])
    #expect(try seqs("list", "-g", "hi") == [2, 1])
    #expect(try seqs("list", "--with", "tatyana") == [1])
    #expect(try seqs("list", "--state", "lost") == [2])
    #expect(try seqs("list", "-S", "14:05") == [2])
    #expect(try seqs("list", "-U", "14:05") == [1])
  }

  @Test func `the cursor is exclusive, and honest under filters`() throws {
    #expect(try seqs("export", "--after-event", "3") == [4, 5, 6, 7, 8])
    #expect(try seqs("export", "--after-event", "8") == [])
    #expect(try seqs("export", "--after-event", "3", "--kind", "message") == [4, 8])
    #expect(try seqs("show", "1", "--after-event", "4") == [5])
    #expect(try seqs("search", "hi", "--after-event", "4") == [8])
    // Bit by bit, nothing twice and nothing left out.
    var all: [Int] = []
    while true {
      let next = try seqs("export", "--after-event", "\(all.last ?? 0)")
      guard let first = next.first else { break }
      all.append(first)
    }
    #expect(all == [1, 2, 3, 4, 5, 6, 7, 8])
  }

  @Test func `times are looked for where they can lie, and clocks may step`() throws {
    let run = try fixture.run(started: "2026-04-01T10:00:00")
    // A conversation of weeks, with the clock a day ahead for a while, opened
    // long before the next; then one by a clock that began in 1970.
    let three = try fixture.open(run: run, at: "2026-04-01T10:00:00", port: 1)
    try fixture.say(three, at: "2026-04-20T10:00:00", .client, "three weeks later")
    try fixture.say(three, at: "2026-05-02T10:00:00", .client, "ahead")
    try fixture.say(three, at: "2026-05-01T10:00:00", .client, "right again")
    let four = try fixture.open(run: run, at: "1970-01-02T10:00:00", port: 2)
    try fixture.say(four, at: "1970-01-02T10:00:01", .client, "no battery")
    try fixture.say(four, at: "2026-06-01T10:00:00", .client, "time has come")
    let five = try fixture.open(run: run, at: "2026-06-02T10:00:00", port: 3)
    try fixture.say(five, at: "2026-06-02T10:00:01", .client, "last")
    let all = try seqs("export", "-n", "100")
    func times(_ options: String...) throws -> [Int] {
      try seqs(["export", "--kind", "message"] + options)
    }
    #expect(all.count == 17)
    #expect(try times("-S", "2026-04-10", "-U", "2026-04-30") == [10])
    #expect(try times("-S", "2026-05-02", "-U", "2026-05-03") == [11])
    #expect(try times("-S", "2026-05-01", "-U", "2026-05-01") == [12])
    #expect(try times("-U", "1971-01-01") == [14])
    #expect(try times("-S", "2026-05-20") == [15, 17])
    #expect(try times("-S", "2026-06-02") == [17])
    #expect(try times("-S", "2027-01-01") == [])
    #expect(try times("-U", "2026-03-02").count == 4)
  }

  @Test func `counts are counts`() throws {
    #expect(try fixture.history("-c").output == "2\n")
    #expect(try fixture.history("list", "-c", "-n1").output == "1\n")
    #expect(try fixture.history("show", "1", "-c").output == "5\n")
    #expect(try fixture.history("search", "-c", "hi").output == "3\n")
    let none = try fixture.history("search", "-c", "bye")
    #expect(none.output == "0\n")
    #expect(none.exit == 1)
  }

  @Test(arguments: [
    (
      ["show", "9"], 1,
      "there is no conversation 9; \"chatserve history list\" shows those there are"
    ),
    (
      ["show", "@~5"], 1,
      "there is no conversation @~5; \"chatserve history list\" shows those there are"
    ),
    (
      ["show", "x"], 64,
      "\"x\" names no conversation; give an ID, @ (the newest), @~1 (the one before) or 3..7"
    ),
    (
      ["list", "-S", "soon"], 64,
      "--since cannot read \"soon\" as a time; it takes \(HistoryMessages.timeForms)"
    ),
    (["list", "--state", "gone"], 64, nil),
    (["list", "-n", "-1"], 64, nil),
    (["list", "-n=-1"], 64, nil),
    (["list", "--tz", "Mars/Base"], 64, nil),
    (["frobnicate"], 64, nil),
    (["list", "--no-such"], 64, nil),
    (["list", "-o", "xml"], 64, nil),
  ])
  func `mistakes have their sentence and their code`(
    _ arguments: [String], _ exit: Int, _ sentence: String?
  ) throws {
    let result = try Fixture.history(arguments + ["--database", fixture.path])
    #expect(result.exit == Int32(exit))
    #expect(result.output.isEmpty)
    #expect(!result.errors.isEmpty)
    if let sentence { #expect(result.errors == "chatserve: \(sentence)\n") }
  }

  @Test(arguments: [
    ("list", "--state", "--state", "open, closed, lost"),
    ("show", "--kind", "--kind", kinds),
    ("verify", "-o", "verify -o", "text, json, json-pretty"),
    ("stats", "-o", "stats -o", "text, json, json-pretty, html"),
    ("verify", "--key", "--key", "SHA256:… as the first line of \"chatserve key\" has it"),
    ("verify", "--seal", "--seal", "a line that \"history seal\" printed"),
  ])
  func `what an option takes is listed where it is given something else`(
    _ verb: String, _ option: String, _ named: String, _ takes: String
  ) throws {
    let result = try Fixture.history([verb, option, "csv", "--database", fixture.path])
    #expect(result.exit == 64)
    #expect(result.errors == "chatserve: \(named) cannot be \"csv\"; it takes \(takes)\n")
  }

  private static let kinds = Event.Kind.allCases.map(\.rawValue).joined(separator: ", ")

  @Test func `a database that is not there`() throws {
    let named = try Fixture.history(["list", "--database", "/nowhere/at.db"])
    #expect(named.exit == 66)
    #expect(named.errors == "chatserve: there is no transcript at /nowhere/at.db\n")
    let byDefault = try Fixture.history(["list"], environment: ["HOME": fixture.directory])
    #expect(byDefault.exit == 0)
    #expect(byDefault.output.isEmpty)
    #expect(
      byDefault.errors.hasPrefix("chatserve: no conversation has been recorded yet (there is no "))
    #expect(
      try Fixture.history(["path"], environment: ["HOME": "/h"]).output
        == "/h/.local/state/chatserve/transcript.db\n")
    #expect(
      try Fixture.history(["path"], environment: ["XDG_STATE_HOME": "/s", "HOME": "/h"]).output
        == "/s/chatserve/transcript.db\n")
    #expect(
      try Fixture.history(["path"], environment: ["CHATSERVE_DATABASE": "/d.db"]).output
        == "/d.db\n")
    let other = try Fixture.history(["list", "--database", "/etc/passwd"])
    #expect(other.exit == 74)
    #expect(other.errors == "chatserve: /etc/passwd is not a database\n")
  }

  @Test func `an empty file is told from an old transcript`() throws {
    let path = fixture.directory + "/empty.db"
    try AtomicFile(FilePath(path)).finish()
    let result = try Fixture.history(["list", "--database", path])
    #expect(result.exit == 74)
    #expect(
      result.errors == "chatserve: \(path) is empty; \"chatserve PORT\" makes a transcript of it\n")
  }

  @Test func `an empty transcript is no mistake`() throws {
    let empty = try Fixture()
    for verb in [["list"], ["show"], ["stats"], ["export"], ["verify"]] {
      let result = try Fixture.history(verb + ["--database", empty.path])
      #expect(result.exit == 0, "\(verb): \(result.errors)")
    }
  }

  @Test func `-0 ends lines with NUL, and a broken pipe is silent`() throws {
    let output = try fixture.history("show", "1", "-0").output
    #expect(output.filter { $0 == "\0" }.count == 5)
    #expect(!output.contains("\n"))
    let sink = MemorySink()
    sink.breaksAfter = 0
    let result = try fixture.history("show", "1") { $0.output = sink }
    #expect(result.exit == 0)
    #expect(result.errors.isEmpty)
  }

  @Test func `colours follow the conventions`() throws {
    func isColoured(_ options: [String], columns: Int?, _ environment: [String: String]) throws
      -> Bool
    {
      try Fixture.history(
        ["show", "1", "--database", fixture.path] + options, columns: columns,
        environment: environment.merging(["PAGER": "cat"]) { one, _ in one }
      ).output.contains("\u{1b}[")
    }
    #expect(try isColoured([], columns: 80, [:]))
    #expect(try !isColoured([], columns: nil, [:]))
    #expect(try !isColoured([], columns: 80, ["NO_COLOR": "1"]))
    #expect(try isColoured([], columns: 80, ["NO_COLOR": ""]))
    #expect(try !isColoured([], columns: 80, ["NO_COLOR": "1", "CLICOLOR_FORCE": "1"]))
    #expect(try isColoured([], columns: nil, ["CLICOLOR_FORCE": "1"]))
    #expect(try isColoured(["--color", "always"], columns: nil, ["NO_COLOR": "1"]))
    #expect(try !isColoured(["--color", "never"], columns: 80, [:]))
    #expect(try !isColoured([], columns: 80, ["TERM": "dumb"]))
  }

  @Test func `the pager is chosen and left out as documented`() {
    func choice(_ environment: [String: String]) -> PagerCommand? {
      PagerCommand.choice { environment[$0] }
    }
    #expect(choice([:]) == PagerCommand(shellCommand: "less", additions: ["LESS=FRX"]))
    let own = PagerCommand(shellCommand: "less", additions: ["LESS=\"-R $LESS\""])
    #expect(choice(["LESS": "i"]) == own)
    #expect(choice(["PAGER": "more"])?.shellCommand == "more")
    #expect(choice(["PAGER": "more", "CHATSERVE_PAGER": "most -s"])?.shellCommand == "most -s")
    #expect(choice(["PAGER": "more", "CHATSERVE_PAGER": ""]) == nil)
    #expect(choice(["PAGER": "cat"]) == nil)
    #expect(choice(["TERM": "dumb"]) == nil)
  }

  @Test(arguments: [
    ("less", true), ("/usr/bin/less -S", true), ("LESSCHARSET=utf-8 less", true), ("more", true),
    ("vim -R -", false), ("view -", false), ("sed s/a/b/ | less", false), ("lessx", false),
    ("A=less", false),
  ])
  func `colours are for pagers that pass them on, unless they are asked for`(
    _ pager: String, _ takesColours: Bool
  ) throws {
    func isColoured(_ options: String...) throws -> Bool {
      let screen = PagerSink()
      _ = try Fixture.history(
        ["show", "1", "--database", fixture.path] + options, columns: 80,
        environment: ["PAGER": pager]
      ) { $0.startPager = { _ in screen } }
      return screen.text.contains("\u{1b}[")
    }
    #expect(try isColoured() == takesColours)
    #expect(try isColoured("--color", "always"))
  }
}
