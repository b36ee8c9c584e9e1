import ChatCore
import Testing
import Transcript

@testable import History

/// Every verb has the same conversations and events between two times, however
/// the clock was set meanwhile: a conversation is meant by any of its events.
@Suite struct TimeWindowTests {
  private let fixture: Fixture

  /// 1: at noon, and the clock was put back two hours in its midst. 2: by a
  /// clock put forward in its midst, and back before its end. 3: words before and
  /// after the window, none in it.
  init() throws {
    fixture = try Fixture()
    let run = try fixture.run(started: "2026-03-01T08:00:00")
    let one = try fixture.open(run: run, at: "2026-03-01T12:00:00", port: 1)
    try fixture.handle(one, at: "2026-03-01T12:00:01", "amy")
    try fixture.say(one, at: "2026-03-01T12:00:02", .client, "word noon")
    try fixture.say(one, at: "2026-03-01T10:00:03", .server, "word ten")
    try fixture.close(one, at: "2026-03-01T10:00:04")
    let two = try fixture.open(run: run, at: "2026-03-01T10:10:00", port: 2)
    try fixture.handle(two, at: "2026-03-01T10:10:01", "bob")
    try fixture.say(two, at: "2026-03-01T14:00:00", .client, "word two")
    try fixture.close(two, at: "2026-03-01T10:11:00")
    let three = try fixture.open(run: run, at: "2026-03-01T10:20:00", port: 3)
    try fixture.handle(three, at: "2026-03-01T10:20:01", "cat")
    try fixture.say(three, at: "2026-03-01T10:20:02", .client, "word before")
    try fixture.say(three, at: "2026-03-01T16:00:00", .client, "word after")
    try fixture.close(three, at: "2026-03-01T16:00:01")
  }

  private static let windows: [(options: [String], expected: Set<Int>)] = [
    (["-S", "2026-03-01T11:00", "-U", "2026-03-01T13:00"], [1]),
    (["-S", "2026-03-01T13:00", "-U", "2026-03-01T15:00"], [2]),
    (["-U", "2026-03-01T10:05"], [1]),
    (["-S", "2026-03-01T11:30"], [1, 2, 3]),
    (["-S", "2026-03-01T15:00"], [3]),
    (["-S", "2026-03-01T10:05", "-U", "2026-03-01T10:15"], [2]),
    (["-S", "2026-03-01T14:30", "-U", "2026-03-01T15:00"], []),
    (["--on", "2026-03-01"], [1, 2, 3]), (["--on", "2026-03-02"], []),
  ]

  @Test(arguments: windows.indices)
  func `every verb means the same conversations`(_ index: Int) throws {
    let (options, expected) = Self.windows[index]
    func conversations(_ verb: [String], _ column: Int) throws -> Set<Int> {
      let result = try Fixture.history(
        verb + options + ["-o", "tsv", "--database", fixture.path, "--tz", "-08:00"])
      return Set(
        try result.output.split(separator: "\n").map { line in
          let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
          return try #require(Int(fields[column]))
        })
    }
    #expect(try conversations(["list"], 0) == expected, "list")
    #expect(try conversations(["show"], 2) == expected, "show")
    #expect(try conversations(["export"], 2) == expected, "export")
    // Of each some event with a word is in the windows that mean it at all,
    // but where only opens and closes are.
    #expect(try conversations(["search", "word"], 2).isSubset(of: expected), "search")
    let count = try Fixture.history(
      ["list", "-c", "--database", fixture.path, "--tz", "-08:00"] + options)
    #expect(count.output == "\(expected.count)\n")
  }

  @Test func `no conversation with a later event is pruned`() throws {
    let result = try fixture.history("prune", "-n", "--before", "2026-03-01T13:00")
    #expect(result.output.split(separator: "\n").map { $0.prefix(1) } == ["1"])
  }
}
