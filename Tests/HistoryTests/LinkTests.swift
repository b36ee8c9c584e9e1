import ChatCore
import Testing
import Transcript

@testable import History

/// Links that were lost, and clients that came back.
@Suite struct LinkTests {
  let fixture: Fixture

  /// The second conversation of the samples goes on twice.
  init() throws {
    fixture = try Fixture.samples()
    try fixture.offer(2, run: 1, epoch: 2, attempt: 3)
    try fixture.drop(2, at: "2026-03-01T14:11:00", detail: "Connection reset")
    try fixture.say(2, at: "2026-03-01T14:11:05", .server, "there?")
    try fixture.resume(2, at: "2026-03-01T14:11:42", epoch: 1, attempt: 1)
    try fixture.drop(2, at: "2026-03-01T14:12:00")
    try fixture.resume(
      2, at: "2026-03-01T15:12:00", epoch: 2, attempt: 3, address: "192.0.2.9", away: 3_600_000,
      moved: true)
    try fixture.insert(
      """
      INSERT INTO event (link, conversation_id, at, kind, text)
      VALUES (zeroblob(32), 2, ?1, 'mode', 'free')
      """,
      try Fixture.time("2026-03-01T15:12:30"))
  }

  @Test func `a terminal shows them`() throws {
    let shown = try fixture.history(
      "show", "2", columns: 100, environment: ["NO_COLOR": "1"]
    ).output
    for row in [
      "14:11:00  * link lost (Connection reset)\n", "14:11:42  * link back after 0:42\n",
      "14:12:00  * link lost\n", "15:12:00  * link back after 1:00:00, from 192.0.2.9\n",
      "15:12:30  * mode free\n",
    ] {
      #expect(shown.contains(row), "\(shown)")
    }
  }

  @Test func `every format has them`() throws {
    let json = try fixture.history("show", "2", "-o", "json").output
    for part in [
      #""kind":"drop","reason":"reset","detail":"Connection reset"}"#,
      #""kind":"drop","reason":"reset"}"#,
      """
      "kind":"resume","peer":"127.0.0.1:50300","moved":false,"away_ms":42700,"encrypted":true,\
      "key":"SHA256:k"}
      """,
      #""kind":"resume","peer":"192.0.2.9:50300","moved":true,"away_ms":3600000,"#,
      #""kind":"mode","mode":"free"}"#,
    ] {
      #expect(json.contains(part), "\(json)")
    }
    let csv = try fixture.history("show", "2", "-o", "csv").output
    #expect(csv.contains(",drop,,,,,,reset,,\n"), "\(csv)")
    #expect(csv.contains(",resume,client,mike,,,,,192.0.2.9:50300,\n"), "\(csv)")
    #expect(csv.contains(",mode,,,free,,,,,\n"), "\(csv)")
    let tsv = try fixture.history("show", "2", "-o", "tsv").output
    #expect(tsv.contains("\tdrop\t\t\treset\n"), "\(tsv)")
    #expect(tsv.contains("\tresume\tclient\tmike\t192.0.2.9:50300\n"), "\(tsv)")
    #expect(tsv.contains("\tmode\t\t\tfree\n"), "\(tsv)")
    for format in ["text", "markdown", "html", "transcript"] {
      let text = try fixture.history("show", "2", "-o", format).output
      #expect(text.contains("link back after 1"), "\(text)")
      #expect(text.contains("link lost"), "\(text)")
    }
    // As on the screen: no handle has a blank, so none of them is anybody's words.
    let screen = try fixture.history("show", "2", "-o", "transcript").output
    for row in [
      "\n* link lost (Connection reset)\n", "\n* link back after 0:42\n",
      "\n* link back after 1:00:00, from 192.0.2.9\n",
    ] {
      #expect(screen.contains(row), "\(screen)")
    }
  }

  @Test func `tail shows them`() throws {
    let tail = try fixture.history("tail", "-n", "5").output
    #expect(tail.contains("* link lost\n"), "\(tail)")
    #expect(tail.contains("link back after 1:00:00, from 192.0.2.9"), "\(tail)")
  }

  @Test func `they are found by their kind and by their side`() throws {
    #expect(try fixture.history("show", "2", "--kind", "drop", "-c").output == "2\n")
    #expect(try fixture.history("show", "2", "--kind", "drop,resume,mode", "-c").output == "5\n")
    #expect(try fixture.history("show", "2", "--from", "client", "-c").output == "4\n")
    let tail = try fixture.history("search", "there", "-C", "1", "-o", "json").output
    #expect(tail.contains(#""away_ms":42700"#), "\(tail)")
  }

  @Test func `statistics count them, counted before or not`() throws {
    for _ in 0..<2 {
      let stats = try fixture.history("stats").output
      #expect(stats.contains("\n2 links lost, after which 2 clients came back\n"), "\(stats)")
      let json = try fixture.history("stats", "-o", "json").output
      #expect(json.contains(#""drops":2,"resumes":2"#), "\(json)")
      let some = try fixture.history("stats", "-o", "json", "-S", "2026-03-01T15:00:00").output
      #expect(some.contains(#""drops":0,"resumes":1"#), "\(some)")
      while try Totals.count(fixture.connection) {}
    }
    #expect(try !fixture.history("stats", "--with", "tatyana").output.contains("link"))
  }

  @Test func `the views have them`() throws {
    #expect(try fixture.integer("SELECT drops FROM conversations WHERE id = 2") == 2)
    #expect(try fixture.integer("SELECT resumes FROM conversations WHERE id = 2") == 2)
    #expect(
      try fixture.integer("SELECT count(*) FROM events WHERE peer_address = '192.0.2.9'") == 1)
    #expect(try fixture.integer("SELECT count(*) FROM events") == 14)
  }

  @Test func `what a file makes up is shown safely, and named`() throws {
    try fixture.insert(
      "UPDATE resume SET away = ?1, address = ?2, port = 65535, moved = 1", Int64.max,
      "\u{1b}[2J")
    try fixture.insert("UPDATE event SET text = ?1 WHERE kind = 'mode'", "\u{1b}[2J")
    try fixture.insert("UPDATE event SET detail = ?1 WHERE kind = 'drop'", "\u{1b}[2J")
    try fixture.insert("UPDATE resumption SET within = ?1, epoch = ?1, attempt = ?1", Int64.max)
    for format in ["text", "tsv", "json", "markdown", "html", "transcript"] {
      let shown = try fixture.history("show", "2", "-o", format)
      #expect(shown.exit == 0 && !shown.output.contains("\u{1b}"), "\(shown.output)")
    }
    #expect(try fixture.history("verify").exit == 1)
    try fixture.insert(
      "UPDATE resume SET away = ?1, epoch = ?1, attempt = ?1, run_id = 1", Int64.min)
    #expect(try fixture.history("show", "2").output.contains("link back after 0:00, from"))
    #expect(try fixture.history("list").exit == 0)
    #expect(try fixture.history("verify").exit == 1)
    try fixture.insert("DELETE FROM resume")
    #expect(try fixture.history("show", "2", "-o", "json").exit == 0)
  }

  // MARK: Who may still come back

  /// Its last event is at 15:12:30, and the next server came at 15:02.
  @Test func `who may come back is open, and lost after that`() throws {
    func list(_ now: String, _ more: String...) throws -> String {
      try Fixture.history(
        ["list", "--database", fixture.path, "--tz", "-08:00"] + more, now: now
      ).output
    }
    #expect(try list("2026-03-01T15:17:29").contains("\t2\topen\n"))
    #expect(try list("2026-03-01T15:17:30").contains("\t2\tlost\n"))
    #expect(try list("2026-03-01T15:17:29", "--state", "open").hasPrefix("2\t"))
    #expect(try list("2026-03-01T15:17:29", "--state", "lost").isEmpty)
    #expect(try list("2026-03-01T15:17:30", "--state", "lost").hasPrefix("2\t"))
    let shown = try fixture.history("show", "2", now: "2026-03-01T15:17:29").output
    #expect(!shown.contains("no close was logged"))
  }

  @Test func `who may come back is neither pruned nor deleted`() throws {
    let arguments = ["prune", "--before", "2026-03-02", "-y"]
    let open = try fixture.history("delete", "2", "-y", now: "2026-03-01T15:17:00")
    #expect(open.exit == 1, "\(open.errors)")
    let some = try Fixture.history(
      arguments + ["--database", fixture.path, "--tz", "-08:00"], now: "2026-03-01T15:17:00")
    #expect(some.errors.contains("deleted 1 conversation with 2 messages (1)"), "\(some.errors)")
    let rest = try Fixture.history(
      arguments + ["--database", fixture.path, "--tz", "-08:00"], now: "2026-03-02T15:17:00")
    #expect(rest.errors.contains("deleted 1 conversation with 2 messages"), "\(rest.errors)")
    for table in ["resume", "resumption", "event", "conversation"] {
      #expect(try fixture.integer("SELECT count(*) FROM \(table)") == 0, "\(table)")
    }
    #expect(!fixture.holds("192.0.2.9"))
    let verified = try fixture.history("verify")
    #expect(verified.exit == 0, "\(verified.output)")
  }

  /// Between the look at what is to go and its going, a server may have begun.
  @Test func `who comes back while others are deleted stays`() throws {
    var now = try Fixture.time("2026-03-03T00:00:00")
    let pruner = Pruner(fixture.connection, now: { Timestamp(milliseconds: now) })
    let end = Timestamp(milliseconds: now)
    #expect(try pruner.preview(.ended(before: end)).conversations == 2)
    // Each look asks for the time; the last ones are earlier.
    let extent = try Pruner(
      fixture.connection,
      now: {
        defer { now = (try? Fixture.time("2026-03-01T15:17:00")) ?? 0 }
        return Timestamp(milliseconds: now)
      }
    ).prune(.ended(before: end), now: end) { _ in }
    #expect(extent.conversations == 1 && extent.first == 1)
    #expect(try fixture.history("verify").exit == 0)
  }

  // MARK: Orders

  private func damage() throws -> [String] {
    try fixture.history("verify").output.split(separator: "\n")
      .filter { $0.hasPrefix("damage: ") }.map { String($0.dropFirst(8)) }
  }

  @Test func `a good order is not accused`() throws {
    #expect(try damage().isEmpty)
  }

  @Test(arguments: [
    (
      "UPDATE event SET kind = 'drop', reason = 'reset' WHERE id = 10",
      ["conversation 2: event 10 says that the link was lost, which it was already"]
    ),
    (
      "UPDATE event SET kind = 'mode', text = 'free' WHERE id = 9",
      ["conversation 2: event 11 says that the link is back, which was not lost"]
    ),
    (
      "UPDATE event SET party = 0, number = 2 WHERE id = 10",
      ["conversation 2: event 10 is the client's, whose link was lost"]
    ),
    (
      "UPDATE resume SET epoch = 3 WHERE event_id = 13",
      [
        "conversation 2: event 13 is not of the process that comes next",
        "conversation 2: how it can go on is not what its events say",
      ]
    ),
    (
      "UPDATE resume SET attempt = 1 WHERE event_id = 13",
      [
        "conversation 2: event 13 is an attempt that is no later than the one before",
        "conversation 2: how it can go on is not what its events say",
      ]
    ),
    (
      "UPDATE resumption SET epoch = 1",
      ["conversation 2: how it can go on is not what its events say"]
    ),
    (
      "UPDATE resumption SET state = 'over'",
      ["conversation 2: how it can go on is not what its events say"]
    ),
    (
      "UPDATE resumption SET state = 'offered'",
      ["conversation 2: how it can go on is not what its events say"]
    ),
    (
      "UPDATE resumption SET run_id = 2",
      ["conversation 2: how it can go on is not what its events say"]
    ),
    (
      """
      INSERT INTO event (link, conversation_id, at, kind, reason)
      VALUES (zeroblob(32), 2, 0, 'close', 'reset')
      """,
      ["conversation 2: how it can go on is not what its events say"]
    ),
  ])
  func `an order that cannot be is named`(_ sql: String, _ expected: [String]) throws {
    try fixture.connection.execute(sql)
    #expect(try damage() == expected)
  }

  /// What was refused to a native client has left a gap; its order is kept all the same.
  @Test(arguments: [
    ([1, 3, 9], true), ([1, 3, 3], false), ([1, 3, 2], false), ([5, 6, 8], true),
  ])
  func `a native client's numbers rise`(_ numbers: [Int], _ isGood: Bool) throws {
    let three = try fixture.open(run: 1, at: "2026-03-05T10:00:01", port: 9)
    try fixture.handle(three, at: "2026-03-05T10:00:02", "zoe")
    for number in numbers {
      try fixture.insert(
        """
        INSERT INTO event (link, conversation_id, at, kind, party, number, text)
        VALUES (zeroblob(32), ?1, 0, 'message', 0, ?2, 'x')
        """, three, number)
    }
    let native = try damage()
    #expect(native.isEmpty == isGood)
    #expect(try fixture.history("list").output.contains("\t3\tlost\n"))
    try fixture.insert("UPDATE conversation SET dialect = 'line' WHERE id = ?1", three)
    let others = try damage()
    #expect(others.isEmpty == false)
  }
}
