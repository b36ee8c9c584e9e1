import ChatCore
import Seeded
import Testing
import Transcript

@testable import History

/// What is counted by the database alone, and what is found by several indexes at
/// once, is what is shown, whatever is asked for.
@Suite struct CountTests {
  private let fixture: Fixture
  private static let names = ["amy", "bob", "cat"]

  init() throws {
    fixture = try Fixture()
    let seed = UInt64.random(in: 0 ... .max)
    print("CountTests: seed \(seed)")
    var random = SeededRandom(seed: seed)
    let run = try fixture.run(started: "2026-03-01T08:00:00")
    for number in 1...40 {
      let hour = Int.random(in: 10...15, using: &random)
      let at = "2026-03-01T\(hour):00:00"
      let id = try fixture.open(run: run, at: at, port: number)
      let name = Self.names.randomElement(using: &random) ?? "amy"
      try fixture.handle(id, at: at, name)
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        let word = ["noon", "Noon lunch", "café", "x"].randomElement(using: &random) ?? "x"
        try fixture.say(id, at: at, Bool.random(using: &random) ? .client : .server, word)
      }
      if Bool.random(using: &random) { try fixture.close(id, at: at) }
      if Int.random(in: 0...3, using: &random) == 0 {
        try fixture.insert("UPDATE conversation SET floor_at = NULL WHERE id = ?1", id)
      }
    }
  }

  private static let filters: [[String]] = [
    [], ["--with", "amy"], ["--with", "amy", "--with", "bob"],
    ["--with", "cat", "--with", "amy", "--with", "bob", "--with", "cat"], ["--with", "nobody"],
    ["--from", "server"], ["--from", "bob"], ["--from", "SERVER", "--with", "amy"],
    ["-S", "2026-03-01T12:00"], ["-U", "2026-03-01T12:00", "--with", "bob"],
    ["--kind", "message"], ["--kind", "open,close"], ["--state", "lost"], ["--state", "closed"],
    ["--after-event", "40"], ["-g", "noon"], ["-g", "Noon"], ["-F", "-g", "n l"],
    ["-g", "^n.*n$", "--with", "amy", "--with", "cat"], ["-g", "é"], ["-v", "-g", "noon"],
    ["-g", "lunch|x"], ["-n", "7"], ["-n", "7", "--with", "amy", "--with", "bob"],
  ]

  private func lines(_ arguments: [String]) throws -> [Substring] {
    try Fixture.history(arguments + ["--database", fixture.path, "--tz", "-08:00"])
      .output.split(separator: "\n")
  }

  @Test(arguments: filters)
  func `as many are counted as are shown`(_ filter: [String]) throws {
    for verb in [
      ["list"], ["list", "--all"], ["show", "1..40"], ["show", "3..5"], ["export"],
      ["search", "noon"], ["search", "caf*"], ["search", "-F", "NOON"],
    ] {
      let shown = try lines(verb + filter + ["-o", "tsv"])
      #expect(try lines(verb + filter + ["-c"]) == ["\(shown.count)"], "\(verb) \(filter)")
    }
  }

  /// Whoever had a name, on either side, said what is asked for by it.
  @Test(arguments: [
    ["bob"], ["SERVER"], ["amy"], ["amy", "server"], ["bob", "cat"], ["client"], ["nobody"],
  ])
  func `what a name said is shown, and nothing else`(_ names: [String]) throws {
    // A server that is called as a client is.
    let run = try fixture.run(started: "2026-03-01T16:00:00", handle: "amy")
    for name in ["bob", "cat"] {
      let at = "2026-03-01T16:00:00"
      let id = try fixture.open(run: run, at: at, port: 9)
      try fixture.handle(id, at: at, name)
      try fixture.say(id, at: at, .server, "from amy")
      try fixture.say(id, at: at, .client, "to amy")
    }
    let who = names.map { name in
      ["server", "client"].contains(name) ? "party = '\(name)'" : "handle = '\(name)'"
    }.joined(separator: " OR ")
    func numbers(_ sql: String) throws -> [String] {
      let select = try fixture.connection.prepare(sql)
      var numbers: [String] = []
      while try select.step() { numbers.append(String(select.integer(at: 0))) }
      return numbers
    }
    func shown(_ verb: [String]) throws -> [String] {
      try lines(verb + ["-o", "tsv"] + names.flatMap { ["--from", $0] }).map {
        String($0.split(separator: "\t")[0])
      }
    }
    let events = "FROM events WHERE \(who)"
    #expect(
      try shown(["show", "1..@"]) == numbers("SELECT seq \(events) ORDER BY conversation, seq"))
    #expect(try shown(["export"]) == numbers("SELECT seq \(events) ORDER BY seq"))
    #expect(
      try shown(["list", "--all"])
        == numbers("SELECT DISTINCT conversation \(events) ORDER BY conversation DESC"))
  }

  @Test func `conversations of several clients are listed in one order`() throws {
    func ids(_ options: [String]) throws -> [Int] {
      try lines(["list", "--all"] + options).compactMap {
        Int($0.split(separator: "\t").first ?? "")
      }
    }
    let each = try Self.names.map { try ids(["--with", $0]) }
    for (first, second) in [(0, 1), (1, 2), (2, 0)] {
      let both = ["--with", Self.names[first], "--with", Self.names[second]]
      #expect(try ids(both) == (each[first] + each[second]).sorted(by: >))
      #expect(try ids(both + ["-r"]) == (each[first] + each[second]).sorted())
      #expect(
        try ids(both + ["-n", "5", "-r"])
          == (each[first] + each[second]).sorted(by: >).prefix(5).reversed())
    }
  }

  /// The number in the list is the number of messages that are shown.
  @Test func `messages are counted by their numbers`() throws {
    for line in try lines(["list", "--all"]) {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      let shown = try lines(["show", String(fields[0]), "--kind", "message"])
      #expect(fields[4] == "\(shown.count)", "\(line)")
    }
  }

  @Test func `the first row is handed on before there is a second`() {
    let sink = MemorySink()
    var output = OutputBuffer(sink)
    output.write("1\ta")
    #expect(sink.bytes.isEmpty)
    output.write("\tb\n")
    #expect(sink.text == "1\ta\tb\n")
    output.write("2\n")
    #expect(sink.text == "1\ta\tb\n")
    output.flush()
    #expect(sink.text == "1\ta\tb\n2\n")
  }
}
