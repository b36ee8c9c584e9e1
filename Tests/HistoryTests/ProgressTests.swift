import ChatCore
import Testing
import Transcript

@testable import History

@Suite struct ProgressTests {
  private static func row(
    _ done: Int, of total: Int?, after elapsed: Duration, noun: String = "event"
  ) -> String {
    ProgressRow(work: "verifying", noun: noun, done: done, total: total, elapsed: elapsed).text
  }

  @Test(
    arguments: [
      (0, 10, Duration.zero, "verifying [----------] 0 %, 0 of 10 events"),
      (
        450_000, 1_000_000, .seconds(5),
        "verifying [####------] 45 %, 450000 of 1000000 events, 90000/s, 7 s left"
      ),
      (
        1, 1_000_000, .seconds(1),
        "verifying [----------] 0 %, 1 of 1000000 events, 1/s, 278 h left"
      ),
      (10, 1000, .seconds(10), "verifying [----------] 1 %, 10 of 1000 events, 1/s, 17 min left"),
      (10, 10, .milliseconds(1500), "verifying [##########] 100 %, 10 of 10 events, 6/s"),
      // More came meanwhile.
      (20, 10, .seconds(2), "verifying [##########] 100 %, 20 of 20 events, 10/s"),
      (2000, nil, .seconds(2), "verifying: 2000 events, 1000/s"),
      (1, 0, .seconds(2), "verifying [##########] 100 %, 1 of 1 event, 0/s"),
      (0, 0, .seconds(2), "verifying: 0 events, 0/s"),
    ] as [(Int, Int?, Duration, String)])
  func `a row says what is done, how fast, and what is left`(
    _ done: Int, _ total: Int?, _ elapsed: Duration, _ text: String
  ) {
    #expect(Self.row(done, of: total, after: elapsed) == text)
  }

  @Test func `a row fits a terminal`() {
    for done in stride(from: 0, through: 9_999_999, by: 99_999) {
      for seconds in [1, 10, 100, 10_000] {
        let text = Self.row(done, of: 9_999_999, after: .seconds(seconds))
        #expect(text.count < 80, "\(text)")
      }
    }
  }

  private func long() throws -> Fixture {
    let fixture = try Fixture.samples()
    try fixture.connection.execute(
      """
      WITH RECURSIVE number(n) AS (VALUES (10) UNION ALL SELECT n + 1 FROM number WHERE n < 4009)
      INSERT INTO event (link, conversation_id, at, kind, party, number, text)
      SELECT zeroblob(32), 2, 1772402523000, 'message', 1, n, 'many' FROM number
      """)
    return fixture
  }

  /// Of a clock that goes on by so much at each look.
  private func errors(
    _ fixture: Fixture, _ arguments: [String], step: Int64, isTerminal: Bool = true
  ) throws -> String {
    var time = try Fixture.time("2026-03-06T00:00:00")
    let arguments = arguments + ["--database", fixture.path, "--tz", "-08:00"]
    return try Fixture.history(arguments) {
      $0.showsProgress = isTerminal
      $0.wait = { _ in .passed }
      $0.now = {
        time += step
        return Timestamp(milliseconds: time)
      }
    }.errors
  }

  private static let verbs = [
    ["verify"], ["export"], ["export", "-o", "html"], ["stats", "--from", "server"],
    ["delete", "2", "-y"], ["prune", "--before", "2026-03-05", "-y"],
  ]

  @Test(arguments: verbs)
  func `what is long shows a bar, which goes`(_ verb: [String]) throws {
    // A deletion looks at the clock once for some thousand messages.
    let isDeletion = ["delete", "prune"].contains(verb.first)
    let shown = try errors(try long(), verb, step: isDeletion ? 3000 : 600)
    #expect(shown.contains("\r"), "\(shown)")
    #expect(shown.contains(" ["), "\(shown)")
    #expect(shown.contains("/s"), "\(shown)")
    let rows = shown.split(separator: "\r")
    #expect(rows.contains { $0.hasPrefix("\u{1b}[K") }, "\(shown)")
  }

  @Test(arguments: verbs)
  func `what is short, or goes to a pipe, or is to be quiet, shows none`(_ verb: [String]) throws {
    #expect(try !errors(try long(), verb, step: 1).contains("\r"))
    #expect(try !errors(try long(), verb, step: 600, isTerminal: false).contains("\r"))
    #expect(try !errors(try long(), verb + ["-q"], step: 600).contains("\r"))
  }

  @Test func `a search has no bar where counting would be the work`() throws {
    let shown = try errors(try long(), ["export", "-g", "many"], step: 600)
    #expect(shown.contains("exporting: 2000 events, "), "\(shown)")
    #expect(!shown.contains("%"))
  }

  @Test func `to take the bytes out of the file has a bar of its own`() throws {
    let shown = try errors(try long(), ["delete", "2", "-y"], step: 3000)
    #expect(shown.contains("\rrewriting the file [######----] 66 %, "), "\(shown)")
    #expect(shown.contains(" pages, "), "\(shown)")
  }
}
