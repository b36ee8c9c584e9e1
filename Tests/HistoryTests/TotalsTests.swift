import ChatCore
import Seeded
import Testing
import Transcript

@testable import History

/// What was counted beforehand is what the events make, however far it was counted
/// and whatever was deleted since.
@Suite struct TotalsTests {
  private let fixture: Fixture

  init() throws {
    fixture = try Fixture()
  }

  /// Means every event, and is a filter all the same: all of them are looked at.
  private static let everyKind = ["--kind", "open,handle,message,close"]

  private func lines(_ arguments: String...) throws -> [Substring] {
    try fixture.history(arguments).output.split(separator: "\n")
  }

  @Test func `statistics and lists are the same, however far was counted`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("TotalsTests: seed \(seed)")
    var random = SeededRandom(seed: seed)
    let run = try fixture.run(started: "2026-03-01T08:00:00")
    var open: [Int64] = []
    var all: [Int64] = []
    var isCounted = false
    for step in 0..<120 {
      // A clock that is set back now and then.
      let at =
        "2026-03-0\(1 + random.below(4))T\(10 + random.below(12)):\(10 + random.below(50)):01"
      switch random.below(12) {
      case 0, 1, 2:
        let id = try fixture.open(run: run, at: at, port: step + 1)
        open.append(id)
        all.append(id)
        if random.below(4) > 0 { try fixture.handle(id, at: at, ["amy", "bob"][random.below(2)]) }
        if random.below(4) == 0 {
          try fixture.insert("UPDATE conversation SET floor_at = NULL WHERE id = ?1", id)
        }
      case 3 where !open.isEmpty:
        try fixture.close(open.remove(at: random.below(open.count)), at: at)
      case 4 where !all.isEmpty && random.below(3) == 0:
        let id = all.remove(at: random.below(all.count))
        open.removeAll { $0 == id }
        #expect(try fixture.history("delete", "\(id)", "-y").exit == 0)
      case 5:
        let limit = Int64(1 + random.below(20))
        if try Totals.count(fixture.connection, limit: limit) { isCounted = true }
      default:
        guard !open.isEmpty else { continue }
        try fixture.say(
          open[random.below(open.count)], at: at, random.below(2) == 0 ? .client : .server, "x")
      }
      let context = "seed \(seed), step \(step)"
      #expect(
        try lines("stats", "-o", "json")
          == fixture.history(
            ["stats", "-o", "json"] + Self.everyKind
          ).output.split(separator: "\n"), "\(context)")
      guard step.isMultiple(of: 8) else { continue }
      for line in try lines("list", "--all", "-o", "tsv") {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        let shown = try lines("show", String(fields[0]), "--kind", "message", "-c")
        #expect(fields[4] == shown.first, "\(line), \(context)")
      }
      let verified = try fixture.history("verify")
      #expect(verified.exit == 0, "\(verified.output)\(context)")
    }
    while try Totals.count(fixture.connection) {}
    #expect(isCounted)
  }

  @Test func `of what is deleted nothing is left`() throws {
    let fixture = try Fixture.samples()
    while try Totals.count(fixture.connection) {}
    #expect(try fixture.integer("SELECT count(*) FROM conversation_total") == 2)
    #expect(try fixture.integer("SELECT sum(client + server) FROM quarter_total") == 3)
    #expect(try fixture.integer("SELECT sum(replies) FROM reply_total") == 1)
    #expect(try fixture.history("delete", "1..2", "-y").exit == 0)
    for table in ["conversation_total", "quarter_total", "reply_total"] {
      #expect(try fixture.integer("SELECT count(*) FROM \(table)") == 0, "\(table)")
    }
  }

  @Test(arguments: [
    ("UPDATE quarter_total SET client = client + 1", ["quarter_total"]),
    ("DELETE FROM quarter_total", ["quarter_total"]),
    (
      "UPDATE conversation_total SET client = client + 1, server = server - 1 WHERE conversation_id = 1",
      ["conversation_total"]
    ),
    (
      "UPDATE conversation_total SET last_at = last_at + 1 WHERE conversation_id = 2",
      ["conversation_total"]
    ),
    (
      "INSERT INTO conversation_total VALUES (9, 0, 0, 0, NULL, NULL, NULL, NULL)",
      ["conversation_total"]
    ),
    ("UPDATE reply_total SET step = step + 1", ["reply_total"]),
    (
      "UPDATE total_state SET counted_through = 3",
      ["conversation_total", "quarter_total", "reply_total"]
    ),
  ])
  func `totals of something else are named`(_ sql: String, _ tables: [String]) throws {
    let fixture = try Fixture.samples()
    while try Totals.count(fixture.connection) {}
    #expect(try fixture.history("verify").exit == 0)
    try fixture.connection.execute(sql)
    let result = try fixture.history("verify")
    #expect(result.exit == 1)
    for table in ["conversation_total", "quarter_total", "reply_total"] {
      let line = "damage: what list and stats count is not what the events make (\(table))\n"
      #expect(result.output.contains(line) == tables.contains(table), "\(table): \(result.output)")
    }
  }

  @Test(arguments: ["DELETE FROM total_state", "UPDATE total_state SET id = 2"])
  func `a missing mark of what is counted is named where nothing is counted yet`(
    _ sql: String
  ) throws {
    let fixture = try Fixture.samples()
    try fixture.connection.execute("PRAGMA ignore_check_constraints = 1; \(sql)")
    let result = try fixture.history("verify")
    #expect(result.exit == 1)
    #expect(result.output.contains("is not what the events make (total_state)"))
  }

  @Test func `whatever a file says was counted ends no program`() throws {
    let fixture = try Fixture.samples()
    while try Totals.count(fixture.connection) {}
    let most = Int64.max
    try fixture.connection.execute(
      """
      UPDATE conversation_total SET client = \(most), server = \(-most), last_at = \(-most),
        said_from = \(most), said_to = \(-most), said_at = \(most), said_by = 7;
      INSERT INTO quarter_total VALUES (\(most), \(most), \(most)), (\(-most), \(most), -1);
      INSERT INTO reply_total VALUES (0, \(most), 1), (1, -1, 1), (9, 1, 1), (0, 1, \(most));
      """)
    for verb in ["stats", "list", "verify"] {
      #expect(try [0, 1].contains(fixture.history(verb).exit), "\(verb)")
    }
    #expect(try fixture.history("stats", "-o", "json", "--by", "hour").exit == 0)
  }
}
