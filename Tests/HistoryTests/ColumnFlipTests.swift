import ChatCore
import ChatSecure
import Glibc
import Seeded
import Testing
import Transcript

@testable import History

/// Every column of every table, changed as sqlite3(1) can: what the verbs print is either the
/// same, or `verify` has something to say.
@Suite struct ColumnFlipTests {
  /// Rows of a table that are tried; of more, these at random.
  private static let mostRows = 3

  private let fixture: Fixture
  private let owner: KeySigner
  private let original: [UInt8]
  private let path: String

  init() throws {
    fixture = try Fixture()
    owner = try KeySigner()
    path = fixture.directory + "/flipped.db"
    try fixture.writeEverything()
    try fixture.connection.execute(
      "INSERT INTO refusal (run_id, since, source, connections) VALUES (1, 1, '192.0.2.9', 3)")
    _ = try fixture.history(["seal"], as: owner)
    _ = try fixture.history(["delete", "4", "-y"], as: owner)
    try fixture.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    original = try #require(SystemFile.bytes(at: fixture.path))
  }

  /// Without the full-text index and the totals, which have suites of their own, and `refusal`, whose numbers
  /// nobody covers (docs/transcript.md, "Chain").
  private static let tables = [
    "server_run", "handle", "conversation", "event", "resumption", "resume", "pruning", "seal",
    "seal_head",
  ]

  /// Columns of a conversation without a close that nobody covers, and of one that was
  /// offered to be come back to.
  private static func isLeft(_ table: String, _ column: String, isClosed: Bool) -> Bool {
    switch (table, column) {
    case ("conversation", "floor_at"), ("conversation", "acknowledged"): !isClosed
    // Whether the offer was taken, which no event says.
    case ("resumption", "state"): true
    default: false
    }
  }

  @Test(arguments: tables)
  func `no column changes what is shown unnoticed`(_ table: String) throws {
    try put(original)
    let before = try shown()
    #expect(before.exits.allSatisfy { $0 == 0 }, "\(before)")
    let clean = try verify()
    #expect(clean.exit == 0, "\(clean)")
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    var (tried, changed, named) = (0, 0, 0)
    for place in try rows(of: table, &random) {
      for column in try columns(of: table) {
        for value in Self.others(column, in: table) {
          try put(original)
          let isClosed = try change(table, column.name, to: value, at: place)
          guard let isClosed else { continue }
          tried += 1
          let after = try shown()
          if after == before { continue }
          changed += 1
          let verdict = try verify()
          if verdict.exit != 0 { named += 1 }
          if Self.isLeft(table, column.name, isClosed: isClosed) { continue }
          #expect(
            verdict.exit != 0,
            "\(table).\(column.name) = \(value), \(place), seed \(seed): \(after.first(not: before))"
          )
        }
      }
    }
    print("ColumnFlipTests: \(table): \(changed) of \(tried) changed what is shown, \(named) named")
    #expect(tried > 0)
  }

  @Test func `a conversation goes on elsewhere where it does, and nowhere else`() throws {
    try put(original)
    let before = try shown()
    _ = try change("resumption", "state", to: "'elsewhere'", at: "conversation_id > 0")
    #expect(try shown() != before)
    let damage = try verify()
    #expect(damage.output.contains("how it can go on is not what its events say"), "\(damage)")
  }

  // MARK: Columns and rows

  private struct Column {
    var name: String
    var type: String
  }

  private func columns(of table: String) throws -> [Column] {
    let select = try fixture.connection.prepare("PRAGMA table_info(\(table))")
    var columns: [Column] = []
    while try select.step() {
      columns.append(Column(name: select.text(at: 1), type: select.text(at: 2)))
    }
    return columns
  }

  /// Conditions that each mean one row.
  private func rows(of table: String, _ random: inout SeededRandom) throws -> [String] {
    let key =
      switch table {
      case "reply_total": "(party, step)"
      case "seal_head": "(seal_id, conversation_id)"
      default: "rowid"
      }
    let count = Int(try fixture.integer("SELECT count(*) FROM \(table)") ?? 0)
    var chosen = Array(0..<count)
    while chosen.count > Self.mostRows { chosen.remove(at: random.below(chosen.count)) }
    let names = key.filter { $0 != "(" && $0 != ")" }
    return chosen.map {
      "\(key) = (SELECT \(names) FROM \(table) ORDER BY \(names) LIMIT 1 OFFSET \($0))"
    }
  }

  /// Other values of the same type, as SQL.
  private static func others(_ column: Column, in table: String) -> [String] {
    let name = column.name
    let values =
      switch column.type {
      case "INTEGER": ["\(name) + 1", "1 - \(name)", "NULL", "coalesce(\(name), 1772402523120)"]
      case "BLOB": ["randomblob(length(\(name)))", "NULL", "coalesce(\(name), x'00')"]
      default: ["\(name) || 'x'", "NULL", "coalesce(\(name), 'x')"]
      }
    let words: [String] =
      switch (table, name) {
      case ("resumption", "state"): ["offered", "taken", "over"]
      case ("event", "kind"): ["open", "message", "drop", "resume", "close"]
      case ("conversation", "dialect"): ["native", "line", "original"]
      case ("seal", "kind"): ["usual", "removal", "key", "lost", "accepted"]
      default: []
      }
    return values + words.map { "'\($0)'" }
  }

  /// - Returns: whether the conversation that the row is of has a close; `nil` where SQLite
  ///   refuses the value, or it is the same.
  private func change(
    _ table: String, _ column: String, to value: String, at place: String
  ) throws -> Bool? {
    let connection = try Connection.forWriting(path)
    try connection.execute(
      "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF")
    let isSame = try connection.integer(
      "SELECT \(column) IS \(value) FROM \(table) WHERE \(place)")
    if isSame == 1 { return nil }
    let isClosed =
      ["conversation": "id", "resumption": "conversation_id"][table].map {
        """
        SELECT 1 FROM event WHERE kind = 'close'
          AND conversation_id = (SELECT \($0) FROM \(table) WHERE \(place))
        """
      } ?? "SELECT 1"
    let closed = try connection.integer(isClosed) == 1
    do {
      try connection.execute("UPDATE \(table) SET \(column) = \(value) WHERE \(place)")
    } catch { return nil }
    return closed
  }

  // MARK: What is shown

  private struct Shown: Equatable {
    var outputs: [String] = []
    var exits: [Int32] = []

    func first(not other: Shown) -> String {
      let pairs = zip(outputs, other.outputs).first { $0 != $1 } ?? ("", "")
      let lines = zip(pairs.0.split(separator: "\n"), pairs.1.split(separator: "\n"))
      return lines.first { $0 != $1 }.map { "\($0)\n\($1)" } ?? "exits \(exits)"
    }
  }

  private func shown() throws -> Shown {
    var shown = Shown()
    for verb in [
      ["export", "-o", "json"], ["export", "-o", "transcript"], ["list", "--all", "-o", "json"],
      ["stats", "-o", "json"], ["show"],
    ] {
      let result = try Fixture.history(
        verb + ["--database", path, "--tz", "utc"], now: "2026-03-01T14:06:00")
      shown.outputs.append(result.output)
      shown.exits.append(result.exit)
    }
    return shown
  }

  private func verify() throws -> Captured {
    try fixture.history(["verify"], as: owner, database: path)
  }

  private func put(_ bytes: [UInt8]) throws {
    for neighbour in ["-wal", "-shm", "-journal"] { unlink(path + neighbour) }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw Fixture.FixtureError() }
    defer { Glibc.close(descriptor) }
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw Fixture.FixtureError()
    }
  }
}
