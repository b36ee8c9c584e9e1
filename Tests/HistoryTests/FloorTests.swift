import ChatCore
import Testing
import Transcript

@testable import History

/// Who only waited in the queue, or only knocked, is not taken for a
/// conversation.
@Suite struct FloorTests {
  private let fixture: Fixture

  /// 1: waited ten minutes and talked for one. 2 and 3: left the queue. 4: said
  /// something before it had the floor, and left.
  init() throws {
    fixture = try Fixture()
    let run = try fixture.run(started: "2026-03-01T08:00:00")
    let one = try fixture.open(run: run, at: "2026-03-01T12:00:00", port: 1)
    try fixture.insert(
      "UPDATE conversation SET floor_at = ?1 WHERE id = 1", try Fixture.time("2026-03-01T12:10:00"))
    try fixture.handle(one, at: "2026-03-01T12:00:01", "amy")
    try fixture.say(one, at: "2026-03-01T12:10:30", .client, "hi")
    try fixture.close(one, at: "2026-03-01T12:11:00")
    for id in 2...4 {
      let other = try fixture.open(run: run, at: "2026-03-01T12:20:00", port: id)
      try fixture.insert("UPDATE conversation SET floor_at = NULL WHERE id = ?1", id)
      if id == 4 {
        try fixture.say(other, at: "2026-03-01T12:20:01", .client, "hello", held: true)
      }
      try fixture.close(other, at: "2026-03-01T12:21:00", by: .client, .eof)
    }
  }

  @Test func `the length counts from the floor on`() throws {
    let rows = try fixture.history("list", "--all", columns: 80).output.split(separator: "\n")
    let lengths = rows.dropFirst().map { $0.split(separator: " ")[3] }
    #expect(lengths == ["-", "-", "-", "1:00"])
    let stats = try fixture.history("stats", "--json").output
    #expect(stats.contains(#""longest":[{"conversation":1,"client":"amy","seconds":60,"#))
  }

  @Test func `a list leaves them out, says so, and shows them when asked`() throws {
    let result = try fixture.history("list")
    #expect(result.output.split(separator: "\n").map { $0.prefix(1) } == ["4", "1"])
    #expect(
      result.errors == """
        chatserve: 2 connections that never had the floor and said nothing are not listed; \
        --all lists them

        """)
    #expect(try fixture.history("list", "-q").errors.isEmpty)
    #expect(try fixture.history("list", "-c").output == "2\n")
    for option in ["--all", "-a"] {
      let all = try fixture.history("list", option)
      #expect(all.output.split(separator: "\n").map { $0.prefix(1) } == ["4", "3", "2", "1"])
      #expect(all.errors.isEmpty)
      #expect(try fixture.history("list", option, "-c").output == "4\n")
    }
    #expect(try fixture.history("list", "-n", "1", "-r").output.hasPrefix("4\t"))
  }

  @Test func `the newest is one that had the floor`() throws {
    #expect(try fixture.history("show").output.contains(" 1 amy> hi"))
    #expect(try fixture.history("show", "@", "-c").output == "4\n")
    #expect(try fixture.history("show", "@~1").exit == 1)
    // By its number each is shown.
    #expect(try fixture.history("show", "3").output.contains("connection closed"))
  }

  @Test func `where nobody had it, the newest is the last that came`() throws {
    try fixture.insert("UPDATE conversation SET floor_at = NULL")
    #expect(try fixture.history("show").output.contains(" 4 "))
  }

  @Test func `statistics count them apart`() throws {
    let stats = try fixture.history("stats").output
    #expect(stats.hasPrefix("2 messages in 2 conversations"))
    #expect(stats.contains("\n2 connections that never had the floor and said nothing\n"))
    #expect(try fixture.history("stats", "--json").output.contains(#""without_floor":2,"#))
  }

  /// One that is going on is listed before its first word.
  @Test func `who is connected now is listed`() throws {
    let run = try fixture.run(started: "2026-03-01T13:00:00")
    let lock = try RunLock.acquire(database: fixture.path, run: run)
    let now = try fixture.open(run: run, at: "2026-03-01T13:20:00", port: 9)
    try fixture.insert("UPDATE conversation SET floor_at = NULL WHERE id = ?1", now)
    #expect(try fixture.history("list").output.hasPrefix("\(now)\t"))
    #expect(try fixture.history("list", "-c").output == "3\n")
    withExtendedLifetime(lock) {}
  }
}
