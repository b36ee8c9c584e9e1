import ChatCore
import ChatPosix
import Glibc
import Testing
import Transcript

@testable import History

/// Several transcripts, read as one.
@Suite struct SeveralTests {
  @Test(arguments: [
    (["/a/t.db"], ["t.db"]),
    (["/a/t.db", "/a/u.db"], ["t.db", "u.db"]),
    (["/a/t.db", "/b/t.db"], ["a/t.db", "b/t.db"]),
    (["/x/a/t.db", "/y/a/t.db", "/t.db"], ["x/a/t.db", "y/a/t.db", "/t.db"]),
    (["/a/t.db", "/b/t.db", "/b/u.db"], ["a/t.db", "b/t.db", "u.db"]),
    (["/a/x\u{1b}.db", "/a/t.db"], ["x\\x1b.db", "t.db"]),
  ])
  func `names are as short as they can be and different`(_ paths: [String], _ names: [String]) {
    #expect(TranscriptNames.distinct(paths.map { FilePath($0) }) == names)
  }

  private let fixtures: [Fixture]

  init() throws {
    // The same ids and the same times in each.
    fixtures = try (0..<20).map { number in
      let fixture = try Fixture.samples()
      try fixture.say(2, at: "2026-03-01T14:20:00", .server, "words of server \(number)")
      return fixture
    }
  }

  private func run(
    _ arguments: String..., of fixtures: [Fixture]? = nil, columns: Int? = nil,
    _ change: (inout HistoryEnvironment) -> Void = { _ in }
  ) throws -> Captured {
    let databases = (fixtures ?? self.fixtures).flatMap { ["--database", $0.path] }
    return try Fixture.history(
      arguments + databases + ["--tz", "-08:00"], columns: columns,
      environment: ["PAGER": "", "NO_COLOR": "1"],
      change)
  }

  /// `history-test-x1y2z3/transcript.db`
  private func name(_ fixture: Fixture) -> String {
    fixture.path.split(separator: "/").suffix(2).joined(separator: "/")
  }

  private var names: [String] { fixtures.map(name) }

  private func lines(_ captured: Captured) -> [String] {
    captured.output.split(separator: "\n").map(String.init)
  }

  @Test func `the list is one, the newest first, and names each file`() throws {
    let listed = try run("list")
    #expect(listed.exit == 0)
    let ids = lines(listed).map { $0.split(separator: "\t")[0] }.map(String.init)
    #expect(ids == names.reversed().map { $0 + ":2" } + names.reversed().map { $0 + ":1" })
    #expect(lines(try run("list", "-r")) == lines(listed).reversed())
    #expect(lines(try run("list", "-n", "3")) == Array(lines(listed).prefix(3)))
    #expect(lines(try run("list", "-n", "3", "-r")) == lines(listed).prefix(3).reversed())
    #expect(try run("list", "-c").output == "40\n")
    #expect(try run("list", "-c", "-n", "3").output == "3\n")
    let screen = try run("list", columns: 120)
    #expect(screen.output.contains(" \(names[7]):2  2026-03-01 14:10:12  "))
    for columns in [60, 90, 130] {
      let rows = lines(try run("list", columns: columns))
      #expect(rows.allSatisfy { $0.count <= max(columns, 80 + names[0].count + 1) })
    }
  }

  @Test func `events are merged by time, each transcript's in their order`() throws {
    // One that says something between the others, with a clock that went back.
    try fixtures[3].say(2, at: "2026-03-01T14:15:00", .client, "set back")
    try fixtures[5].say(2, at: "2026-03-01T14:30:00", .client, "last of all")
    let exported = lines(try run("export", "-o", "tsv")).map { $0.split(separator: "\t") }
    #expect(exported.count == 20 * 9 + 2)
    let places = exported.map { String($0[2].split(separator: ":")[0]) }
    #expect(Array(places.prefix(20)) == names)
    #expect(places.last == name(fixtures[5]))
    for (index, fixture) in fixtures.enumerated() {
      let own = exported.filter { $0[2].hasPrefix(names[index] + ":") }
      let alone = lines(try fixture.history("export", "-o", "tsv")).map {
        $0.split(separator: "\t")
      }
      #expect(own.map { $0[0] } == alone.map { $0[0] })
    }
    let back = try #require(exported.firstIndex { $0.last == "set back" })
    #expect(exported[back - 1].last == "words of server 3")
    #expect(lines(try run("export", "-o", "tsv", "-r")).count == exported.count)
  }

  @Test func `the newest are the newest of all`() throws {
    try fixtures[4].say(2, at: "2026-03-01T14:31:00", .client, "newest")
    let newest = lines(try run("show", "1..@", "-n", "2", "-o", "tsv", of: [fixtures[4]]))
    #expect(newest.count == 2)
    let merged = lines(try run("export", "-n", "2", "-o", "tsv"))
    #expect(merged.count == 2)
    #expect(merged.first?.hasSuffix("words of server 19") == true)
    #expect(merged.last?.hasSuffix("newest") == true)
    #expect(try run("export", "-n", "2", "-c").output == "2\n")
    #expect(try run("export", "-c").output == "\(20 * 9 + 1)\n")
  }

  @Test func `a conversation is named by its transcript`() throws {
    let shown = try run("show", "\(names[2]):1", columns: 120)
    #expect(shown.exit == 0)
    #expect(shown.output.hasPrefix("Conversation \(names[2]):1: tatyana with SERVER, "))
    #expect(!shown.output.contains("mike"))
    #expect(try run("show", "\(names[2]):1..2", "-c").output == "9\n")
    #expect(try run("show", "\(names[2]):@", "\(names[3]):1", "-c").output == "9\n")

    // The newest of all; of as new ones, that of the transcript named last.
    #expect(try run("show", "-o", "tsv").output.contains("\t\(names[19]):2\t"))
    #expect(try run("show", "@~1", "-o", "tsv").output.contains("\t\(names[18]):2\t"))
    #expect(try run("show", "@~20", "-o", "tsv").output.contains("\t\(names[19]):1\t"))
    let past = try run("show", "@~40")
    #expect(past.exit == 1)
    #expect(past.errors.contains("no conversation @~40;"))

    let bare = try run("show", "1")
    #expect(bare.exit == 64)
    #expect(
      bare.errors == "chatserve: \"1\" may be in any of the transcripts; "
        + "say in which, as in \(names[0]):1\n")
    let unknown = try run("show", "\(names[2]):9")
    #expect(unknown.exit == 1)
    #expect(unknown.errors.contains("there is no conversation \(names[2]):9;"))
    #expect(try run("show", "nowhere:1").exit == 64)
  }

  @Test func `documents have one conversation after the other`() throws {
    let page = try run("export", "-o", "markdown").output
    let heads = page.split(separator: "\n").filter { $0.hasPrefix("## ") }
    #expect(heads.count == 40)
    #expect(
      heads.prefix(20).allSatisfy { $0.contains("\\:1\\: ") || $0.contains(":1: ") }, "\(heads)")
    #expect(heads.suffix(20).allSatisfy { $0.contains("mike with SERVER") })
    #expect(page.components(of: "no close was logged") == 20)
  }

  @Test func `machines get a field with the name, of several alone`() throws {
    let two = Array(fixtures.prefix(2))
    let json = lines(try run("export", "-o", "json", of: two))
    for line in json {
      #expect(names.prefix(2).contains { line.contains("\"transcript\":\"\($0)\"") }, "\(line)")
    }
    #expect(json.filter { $0.contains("\"type\":\"conversation\"") }.count == 4)
    let csv = lines(try run("export", "-o", "csv", of: two))
    #expect(csv.first?.hasSuffix(",peer,port,transcript") == true)
    #expect(csv.dropFirst().allSatisfy { $0.hasSuffix("/transcript.db") })
    #expect(lines(try run("list", "-o", "csv", of: two)).first?.hasSuffix(",transcript") == true)
    let one = try fixtures[0].history("export", "-o", "json").output
    #expect(!one.contains("transcript"))
    // The same file twice is one, by whatever name.
    let link = fixtures[0].directory + "/link"
    #expect(symlink("transcript.db", link) == 0)
    let twice = try Fixture.history([
      "export", "--database", fixtures[0].path, "--database", link, "--database", fixtures[0].path,
    ])
    #expect(twice.output == one)
  }

  @Test func `a search finds in all of them`() throws {
    let found = try run("search", "words")
    #expect(lines(found).count == 20)
    #expect(lines(found).first?.contains(" \(names[0]):2 SERVER> words of server 0") == true)
    let context = lines(try run("search", "words", "-B", "1"))
    #expect(context.count == 20 * 2 + 19)
    #expect(try run("search", "words", "-c").output == "20\n")
    let none = try run("search", "nothing")
    #expect(none.exit == 1)
    #expect(none.errors.contains("(40 conversations searched, oldest 2026-03-01)"))
  }

  @Test func `statistics are of all of them`() throws {
    let text = try run("stats", "--ascii").output
    #expect(text.hasPrefix("80 messages in 40 conversations, 2026-03-01 to 2026-03-01\n"))
    #expect(text.contains("  SERVER      server  40 in 40 conversations\n"))
    #expect(text.contains("  \(names[0]):2 "))
    #expect(try run("stats", "-o", "json").output.contains("\"transcript\":\"\(names[0])\""))
  }

  @Test func `what is said anywhere is followed`() throws {
    var looks = 0
    let tail = try run("tail", "-n", "2", "-o", "tsv") { world in
      world.wait = { _ in
        looks += 1
        switch looks {
        case 1:
          _ = try? fixtures[9].say(2, at: "2026-03-01T14:42:00", .client, "second")
          _ = try? fixtures[1].say(2, at: "2026-03-01T14:41:00", .client, "first")
          return .passed
        case 2: return .passed
        default: return .interrupted
        }
      }
    }
    #expect(tail.exit == 130)
    let texts = lines(tail).map { String($0.split(separator: "\t").last ?? "") }
    #expect(texts == ["words of server 18", "words of server 19", "first", "second"])
  }

  @Test(arguments: [
    ["verify"], ["prune", "--before", "now", "-y"], ["delete", "1", "-y"],
  ])
  func `what checks or changes takes one`(_ verb: [String]) throws {
    let result = try Fixture.history(
      verb + ["--database", fixtures[0].path, "--database", fixtures[1].path])
    #expect(result.exit == 64)
    #expect(result.errors == "chatserve: this takes one transcript; give one --database\n")
    #expect(try fixtures[0].history("list", "-c").output == "2\n")
  }

  @Test(arguments: [["list"], ["show", "-g", "hi"], ["export"], ["tail"], ["stats"]])
  func `a place in the order of one is none in that of several`(_ verb: [String]) throws {
    let result = try Fixture.history(
      verb + ["--after-event", "3", "--database", fixtures[0].path, "--database", fixtures[1].path])
    #expect(result.exit == 64)
    #expect(result.errors.contains("--after-event counts in one transcript"))
  }
}

/// One of several that is damaged, or not there, is named; the others are shown.
@Suite struct SeveralDamagedTests {
  private let fixtures: [Fixture]

  init() throws { fixtures = try (0..<3).map { _ in try Fixture.samples() } }

  private func run(_ verb: [String], _ paths: [String]) throws -> Captured {
    try Fixture.history(
      verb + paths.flatMap { ["--database", $0] } + ["--tz", "-08:00"],
      environment: ["PAGER": ""]
    ) { world in
      var looks = 0
      world.wait = { _ in
        looks += 1
        return looks < 3 ? .passed : .interrupted
      }
    }
  }

  static let verbs = [
    ["list"], ["show", "--with", "mike"], ["show", "--since", "2026-03-01"],
    ["search", "hi"], ["export"], ["export", "-n", "500000"], ["export", "-o", "html"], ["stats"],
    ["tail"],
  ]

  @Test(arguments: verbs)
  func `one that is not there`(_ verb: [String]) throws {
    let gone = fixtures[0].directory + "/gone.db"
    let result = try run(verb, [fixtures[0].path, gone, fixtures[1].path])
    #expect(result.exit == 66)
    #expect(result.errors.hasPrefix("chatserve: there is no transcript at \(gone)\n"))
    for fixture in fixtures.prefix(2) {
      let name = fixture.path.split(separator: "/").suffix(1).joined(separator: "/")
      #expect(result.output.contains(name), "\(result.output)")
    }
  }

  @Test(arguments: verbs)
  func `one that is no database, in any place`(_ verb: [String]) throws {
    let wreck = fixtures[2]
    try wreck.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try wreck.overwrite(page: 1)
    let others = fixtures.prefix(2).map(\.path)
    let clean = try run(verb, others)
    for place in 0...2 {
      var paths = others
      paths.insert(wreck.path, at: place)
      let result = try run(verb, paths)
      #expect(result.exit == 74, "\(result.errors)")
      #expect(result.errors.contains("\(wreck.path) is not a database"), "\(result.errors)")
      if verb.first != "stats" { #expect(result.output == clean.output) }
    }
  }

  /// Damage that is met in the midst of reading.
  @Test(arguments: verbs)
  func `one that cannot be read to its end`(_ verb: [String]) throws {
    let wreck = fixtures[1]
    try wreck.connection.execute(
      """
      WITH RECURSIVE number(n) AS (VALUES (2) UNION ALL SELECT n + 1 FROM number WHERE n < 20001)
      INSERT INTO event (link, conversation_id, at, kind, party, number, text)
      SELECT zeroblob(32), 2, 1772403100000, 'message', 0, n, 'hi, as often as it takes' FROM number;
      PRAGMA wal_checkpoint(TRUNCATE);
      """)
    let pages = try wreck.integer("PRAGMA page_count") ?? 0
    // What is in the middle of the file are texts, and their index.
    for page in stride(from: pages / 3, to: pages * 2 / 3, by: 3) {
      try wreck.overwrite(page: Int(page))
    }
    try wreck.connection.execute("PRAGMA shrink_memory")
    for place in [0, 2] {
      var paths = [fixtures[0].path, fixtures[2].path]
      paths.insert(wreck.path, at: place)
      let result = try run(verb, paths)
      // The list asks for no text and may never meet it.
      if result.exit == 0 || result.exit == 130 {
        #expect(["list", "tail", "stats"].contains(verb.first), "\(verb)")
        continue
      }
      #expect(result.exit == 74, "\(verb) \(result.errors)")
      #expect(result.errors.contains("\(wreck.path) is damaged"), "\(result.errors)")
      for other in [fixtures[0], fixtures[2]] where verb.first != "stats" {
        let name = other.path.split(separator: "/").suffix(2).joined(separator: "/")
        #expect(result.output.contains(name), "\(verb) \(place)")
      }
    }
  }

  @Test func `none that can be read`() throws {
    let result = try run(["list"], ["/nowhere/a.db", "/nowhere/b.db"])
    #expect(result.exit == 66)
    #expect(
      result.errors == "chatserve: there is no transcript at /nowhere/a.db\n"
        + "chatserve: there is no transcript at /nowhere/b.db\n")
    #expect(result.output == "")
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
