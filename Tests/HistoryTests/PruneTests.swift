import ChatCore
import Testing
import Transcript

@testable import History

@Suite struct PruneTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture.samples()
    let run = try fixture.run(started: "2026-03-05T10:00:00")
    let three = try fixture.open(run: run, at: "2026-03-05T10:00:01", port: 9)
    try fixture.handle(three, at: "2026-03-05T10:00:02", "zoe")
    try fixture.say(three, at: "2026-03-05T10:00:03", .client, "stays")
    try fixture.close(three, at: "2026-03-05T10:00:04")
  }

  private func holds(_ text: String) -> Bool { fixture.holds(text) }

  @Test func `what is deleted is gone from the files`() throws {
    try fixture.say(1, at: "2026-03-01T14:02:20", .client, "xylophone secret")
    // In the index too, in a part of its own.
    _ = try fixture.history("search", "xylophone")
    #expect(holds("xylophone"))
    #expect(holds("tatyana"))
    #expect(holds("50112") || holds("127.0.0.1"))

    let result = try fixture.history(
      "prune", "--before", "2026-03-02", "-y", now: "2026-03-06T00:00:00")
    #expect(result.exit == 0, "\(result.errors)")
    #expect(result.errors.hasPrefix("chatserve: deleted 2 conversations with 4 messages (1..2); "))
    for text in ["xylophone", "xylo", "secret", "tatyana", "mike"] {
      #expect(!holds(text), "\(text)")
    }
    #expect(holds("stays"))
    #expect(holds("zoe"))
    #expect(try fixture.history("-c").output == "1\n")
    #expect(try fixture.history("search", "stays", "-c").output == "1\n")
    let verified = try fixture.history("verify")
    #expect(verified.exit == 0, "\(verified.output)")
    #expect(verified.output.contains("note: 2 conversations were pruned (no damage)\n"))
    #expect(
      try fixture.history("search", "xylophone").errors.contains(
        "chatserve: 2 conversations with 4 messages were pruned earlier\n"))
  }

  @Test func `a preview deletes nothing`() throws {
    // Readers mark their place in the shared memory; it holds no text.
    let before = SystemFile.bytes(at: fixture.path)
    let result = try fixture.history("prune", "--before", "2026-03-02", "-n")
    #expect(result.output.split(separator: "\n").map { $0.prefix(2) } == ["1\t", "2\t"])
    #expect(result.errors == "chatserve: would delete 2 conversations with 3 messages (1..2)\n")
    #expect(SystemFile.bytes(at: fixture.path) == before)
    #expect(try fixture.history("-c").output == "3\n")
  }

  @Test func `without a terminal and without -y nothing is deleted`() throws {
    let result = try fixture.history("prune", "--before", "2026-03-02")
    #expect(result.exit == 64)
    #expect(
      result.errors == """
        chatserve: prune deletes for good and there is no terminal to ask on; use -y to go on, \
        -n to look first

        """)
    #expect(try fixture.history("-c").output == "3\n")
  }

  @Test(arguments: [("y", 1), ("Yes", 1), ("n", 3), ("", 3), (nil, 3)])
  func `on a terminal it asks`(_ answer: String?, _ left: Int) throws {
    let result = try fixture.history("prune", "--before", "2026-03-02") {
      $0.canAsk = true
      $0.readAnswer = { answer }
    }
    #expect(result.exit == 0)
    #expect(
      result.errors.hasPrefix(
        "chatserve: delete 2 conversations with 3 messages (1..2) for good? [y/N] "))
    #expect(try fixture.history("-c").output == "\(left)\n")
  }

  @Test func `only whole conversations that have ended go`() throws {
    // The second's last event is at 14:10:31.440.
    #expect(
      try fixture.history("prune", "--before", "2026-03-01 14:10:31.440", "-n").output
        .split(separator: "\n").count == 1)
    #expect(
      try fixture.history("prune", "--before", "2026-03-01 14:10:31.441", "-n").output
        .split(separator: "\n").count == 2)
    // While its run is alive, a conversation without a close is open.
    let lock = try RunLock.acquire(database: fixture.path, run: 1)
    // A lock of this process is not somebody else's on another descriptor.
    #expect(RunLock.isHeld(database: fixture.path, run: 1))
    #expect(
      try fixture.history("prune", "--before", "2026-03-02", "-n").output
        .split(separator: "\n").count == 1)
    withExtendedLifetime(lock) {}
  }

  @Test func `what an earlier prune left in the file goes with one that finds nothing`() throws {
    try fixture.say(1, at: "2026-03-01T14:02:20", .client, "xylophone secret")
    _ = try fixture.history("search", "xylophone")
    // As far as one comes that is killed before its last step, with a file that
    // had no time to overwrite anything.
    let pruner = Pruner(fixture.connection)
    _ = try pruner.prune(
      .conversations([IDRange(1)]), now: Timestamp(milliseconds: 1)
    ) { _ in }
    #expect(holds("xylophone") || holds("tatyana"))
    let result = try fixture.history("prune", "--before", "2020-01-01", "-y")
    #expect(result.exit == 0, "\(result.errors)")
    #expect(
      result.errors.hasPrefix(
        """
        chatserve: no conversation ended before that time; nothing to delete
        chatserve: what was deleted earlier is taken out of the file again, to be sure

        """))
    for text in ["xylophone", "secret", "tatyana"] { #expect(!holds(text), "\(text)") }
  }

  @Test func `two prunes at once take nothing twice`() throws {
    // Each step is a transaction of a thousand messages, so the second comes
    // between two steps of the first.
    try fixture.connection.execute(
      """
      WITH RECURSIVE number(n) AS (VALUES (10) UNION ALL SELECT n + 1 FROM number WHERE n < 1009)
      INSERT INTO event (link, conversation_id, at, kind, party, number, text)
      SELECT zeroblob(32), c.id, 1, 'message', 1, n, 'many' FROM conversation AS c, number
      """)
    let other = Pruner(try Connection.forWriting(fixture.path))
    var taken = 0
    let extent = try Pruner(fixture.connection).prune(
      .ended(before: Timestamp(milliseconds: try Fixture.time("2026-03-06"))),
      now: Timestamp(milliseconds: 1)
    ) { count in
      if count != 1 { return }
      do {
        taken += try other.prune(
          .conversations([IDRange(2)]), now: Timestamp(milliseconds: 2)
        ) { _ in }.conversations
      } catch { Issue.record(error) }
    }
    #expect(taken == 1)
    #expect(extent.conversations == 2)
    #expect(try fixture.integer("SELECT sum(conversations) FROM pruning") == 3)
    #expect(try fixture.integer("SELECT count(*) FROM conversation") == 0)
  }

  @Test func `nothing to delete is told`() throws {
    let result = try fixture.history("prune", "--before", "2020-01-01", "-y")
    #expect(result.exit == 0)
    #expect(
      result.errors == "chatserve: no conversation ended before that time; nothing to delete\n")
  }

  @Test func `prunes in any order leave a good transcript`() throws {
    for day in ["2026-03-01 14:05", "2026-03-02", "2026-03-07"] {
      #expect(try fixture.history("prune", "--before", day, "-y").exit == 0)
      let result = try fixture.history("verify")
      #expect(result.exit == 0, "\(result.output)")
    }
    #expect(try fixture.history("-c").output == "0\n")
    // Ids are not given again.
    #expect(try fixture.open(run: 3, at: "2026-03-08T00:00:00", port: 5) == 4)
    #expect(try fixture.history("verify").exit == 0)
  }
}
