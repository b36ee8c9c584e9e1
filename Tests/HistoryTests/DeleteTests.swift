import ChatCore
import Testing
import Transcript

@testable import History

@Suite struct DeleteTests {
  let fixture: Fixture

  /// Of tatyana (1, closed), mike (2, lost), and five of zoe (3 to 7, closed).
  init() throws {
    fixture = try Fixture.samples()
    let run = try fixture.run(started: "2026-03-05T10:00:00")
    for port in 3...7 {
      let id = try fixture.open(run: run, at: "2026-03-05T10:00:01", port: port)
      try fixture.handle(id, at: "2026-03-05T10:00:02", "zoe")
      try fixture.say(id, at: "2026-03-05T10:00:03", .client, "number \(id) is stored")
      try fixture.close(id, at: "2026-03-05T10:00:04")
    }
  }

  private func ids() throws -> [String] {
    try fixture.history("list", "-r", "-o", "tsv").output.split(separator: "\n")
      .map { String($0.prefix { $0 != "\t" }) }
  }

  @Test func `what is deleted is gone from the files and from the index`() throws {
    try fixture.say(1, at: "2026-03-01T14:02:20", .client, "xylophone secret")
    _ = try fixture.history("search", "xylophone")
    #expect(fixture.holds("xylophone"))
    #expect(fixture.holds("tatyana"))
    let result = try fixture.history("delete", "1", "-y", now: "2026-03-06T00:00:00")
    #expect(result.exit == 0)
    #expect(
      result.errors.hasPrefix("chatserve: deleted 1 conversation with 3 messages (1); "),
      "\(result.errors)")
    for text in ["xylophone", "xylo", "secret", "tatyana"] {
      #expect(!fixture.holds(text), "\(text)")
    }
    #expect(fixture.holds("mike"))
    #expect(try fixture.history("search", "xylophone").exit == 1)
    #expect(try fixture.history("search", "stored", "-c").output == "5\n")
    #expect(try ids() == ["2", "3", "4", "5", "6", "7"])
    let verified = try fixture.history("verify")
    #expect(verified.exit == 0, "\(verified.output)")
    #expect(verified.output.contains("note: 1 conversation was pruned (no damage)\n"))
  }

  @Test(arguments: [
    (["3"], ["1", "2", "4", "5", "6", "7"], "(3)", 1),
    (["@"], ["1", "2", "3", "4", "5", "6"], "(7)", 1),
    (["@~1", "1"], ["2", "3", "4", "5", "7"], "(1, 6)", 2),
    (["3..5"], ["1", "2", "6", "7"], "(3..5)", 1),
    (["5..3", "4..6", "7"], ["1", "2"], "(3..7)", 1),
    (["1", "3", "5", "7", "3", "1"], ["2", "4", "6"], "(1, 3, 5, 7)", 4),
    (["1..@"], [], "(1..7)", 1),
  ])
  func `those that are named go, and a note is left for each run of ids`(
    _ named: [String], _ left: [String], _ shown: String, _ notes: Int64
  ) throws {
    let result = try fixture.history(["delete", "-y"] + named)
    #expect(result.exit == 0)
    #expect(result.errors.contains(shown), "\(result.errors)")
    #expect(try ids() == left)
    #expect(try fixture.integer("SELECT count(*) FROM pruning") == notes)
    let verified = try fixture.history("verify")
    #expect(verified.exit == 0, "\(verified.output)")
  }

  @Test func `what somebody else took between two that were deleted is damage`() throws {
    #expect(try fixture.history("delete", "-y", "3", "5").exit == 0)
    try fixture.connection.execute(
      "DELETE FROM event WHERE conversation_id = 4; DELETE FROM conversation WHERE id = 4")
    let verified = try fixture.history("verify")
    #expect(verified.exit == 1)
    #expect(verified.output.contains("damage: "), "\(verified.output)")
  }

  @Test func `a preview deletes nothing`() throws {
    let before = SystemFile.bytes(at: fixture.path)
    let result = try fixture.history("delete", "-n", "1", "3")
    #expect(result.exit == 0)
    #expect(result.output.split(separator: "\n").map { $0.prefix(2) } == ["1\t", "3\t"])
    #expect(result.errors == "chatserve: would delete 2 conversations with 3 messages (1, 3)\n")
    #expect(SystemFile.bytes(at: fixture.path) == before)
  }

  @Test(arguments: [("y", 6), ("YES", 6), ("n", 7), ("", 7), ("delete", 7), (nil, 7)])
  func `on a terminal it asks`(_ answer: String?, _ left: Int) throws {
    let result = try fixture.history("delete", "3") {
      $0.canAsk = true
      $0.readAnswer = { answer }
    }
    #expect(result.exit == 0)
    #expect(
      result.errors.hasPrefix(
        "chatserve: delete 1 conversation with 1 message (3) for good? [y/N] "))
    #expect(try ids().count == left)
  }

  @Test func `without a terminal and without -y nothing is deleted`() throws {
    let result = try fixture.history("delete", "3")
    #expect(result.exit == 64)
    #expect(
      result.errors == """
        chatserve: delete deletes for good and there is no terminal to ask on; use -y to go on, \
        -n to look first

        """)
    #expect(try ids().count == 7)
  }

  @Test(arguments: [["2"], ["1..3"], ["3", "2"], ["-n", "2"]])
  func `one that is open is refused, and nothing goes`(_ named: [String]) throws {
    // While its run is alive, a conversation without a close is open.
    let lock = try RunLock.acquire(database: fixture.path, run: 1)
    let result = try fixture.history(["delete", "-y"] + named)
    #expect(result.exit == 1)
    #expect(
      result.errors
        == "chatserve: conversation 2 is open, so nothing was deleted; it can be once it has ended\n"
    )
    #expect(result.output.isEmpty)
    #expect(try ids().count == 7)
    withExtendedLifetime(lock) {}
  }

  @Test(arguments: [["8"], ["3", "8"], ["8..9"], ["@~7"]])
  func `one that is not there is named, and nothing goes`(_ named: [String]) throws {
    let result = try fixture.history(["delete", "-y"] + named)
    #expect(result.exit == 1)
    #expect(result.errors.hasPrefix("chatserve: there is no conversation "), "\(result.errors)")
    #expect(try ids().count == 7)
  }

  @Test func `more ids than a query takes`() throws {
    let run = try fixture.run(started: "2026-03-05T11:00:00")
    try fixture.connection.execute("BEGIN")
    for port in 0..<4000 {
      _ = try fixture.open(run: run, at: "2026-03-05T11:00:01", port: port)
    }
    try fixture.connection.execute("COMMIT")
    let odd = stride(from: 9, through: 4007, by: 2).map(String.init)
    #expect(try fixture.history(["delete", "-y"] + odd).exit == 0)
    #expect(try fixture.integer("SELECT count(*) FROM conversation") == 4007 - Int64(odd.count))
    #expect(try fixture.history("verify").exit == 0)
  }

  @Test func `ranges become as few as there can be`() {
    typealias Pair = [Int64]
    func merged(_ pairs: [Pair]) -> [Pair] {
      IDRange.merged(pairs.map { IDRange($0[0], $0[1]) }).map { [$0.lowerBound, $0.upperBound] }
    }
    #expect(merged([]) == [])
    #expect(merged([[3, 3], [1, 1]]) == [[1, 1], [3, 3]])
    #expect(merged([[3, 3], [1, 2]]) == [[1, 3]])
    #expect(merged([[1, 9], [2, 3]]) == [[1, 9]])
    #expect(merged([[.min, .min], [.max, .max]]) == [[.min, .min], [.max, .max]])
    #expect(merged([[.min, .max], [5, 5], [.min, 1]]) == [[.min, .max]])
  }
}
