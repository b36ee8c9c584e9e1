import ChatCore
import Glibc
import Testing
import Transcript

@testable import History

@Suite struct TailTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture.samples()
  }

  /// Runs `tail`; `steps` happen in turn, one at each wait, then Ctrl-C.
  private func tail(
    _ arguments: [String], _ steps: [() throws -> Void]
  ) throws -> Captured {
    var rest = steps[...]
    let failure = Failure()
    let result = try Fixture.history(
      ["tail", "--database", fixture.path, "--tz", "-08:00"] + arguments
    ) { environment in
      environment.wait = { milliseconds in
        #expect(milliseconds == 250)
        guard let step = rest.popFirst() else { return .interrupted }
        do { try step() } catch { failure.error = error }
        return .passed
      }
    }
    if let error = failure.error { throw error }
    return result
  }

  private final class Failure {
    var error: (any Error)?
  }

  private func seqs(_ result: Captured) -> [Int] {
    result.output.split(separator: "\n").compactMap {
      $0.split(separator: "\t").first.flatMap { Int($0) }
    }
  }

  @Test func `the last ten, then each new one, once`() throws {
    let result = try tail(
      ["-o", "tsv"],
      [
        {},
        { try fixture.say(2, at: "2026-03-01T14:11:00", .server, "one") },
        {},
        {
          for text in ["two", "three"] {
            try fixture.say(2, at: "2026-03-01T14:11:01", .client, text)
          }
        },
        { try fixture.close(2, at: "2026-03-01T14:11:02") },
        {},
      ])
    #expect(seqs(result) == Array(1...12))
    #expect(result.exit == 130)
  }

  /// Whose client comes back is told as it happens, from where too.
  @Test func `a link that is lost and one that is back are followed`() throws {
    try fixture.offer(2, run: 1)
    let result = try tail(
      ["-n", "0"],
      [
        { try fixture.drop(2, at: "2026-03-01T14:11:00") },
        {
          try fixture.resume(
            2, at: "2026-03-01T14:11:42", epoch: 1, attempt: 1, address: "192.0.2.9",
            away: 42_000, moved: true)
        },
      ])
    let told = result.output.split(separator: "\n").map { $0.drop { $0 != "*" } }
    #expect(told == ["* link lost", "* link back after 0:42, from 192.0.2.9"])
  }

  @Test func `-n 0 shows only what is new`() throws {
    let result = try tail(
      ["-o", "tsv", "-n", "0"],
      [{ try fixture.say(2, at: "2026-03-01T14:11:00", .server, "one") }])
    #expect(seqs(result) == [9])
    #expect(seqs(try tail(["-o", "tsv", "-n", "3"], [])) == [7, 8, 9])
  }

  @Test func `filters hold for what is new`() throws {
    let result = try tail(
      ["-o", "tsv", "-n", "0", "--from", "server", "-g", "yes"],
      [
        {
          try fixture.say(2, at: "2026-03-01T14:11:00", .client, "yes")
          try fixture.say(2, at: "2026-03-01T14:11:00", .server, "no")
          try fixture.say(2, at: "2026-03-01T14:11:00", .server, "yes")
        },
        { try fixture.say(2, at: "2026-03-01T14:11:00", .server, "yes again") },
      ])
    #expect(seqs(result) == [11, 12])
  }

  @Test func `a new run and a new conversation are followed`() throws {
    let result = try tail(
      ["-n", "0"],
      [
        {
          let run = try fixture.run(started: "2026-03-01T16:00:00")
          let three = try fixture.open(run: run, at: "2026-03-01T16:00:01", port: 7)
          try fixture.say(three, at: "2026-03-01T16:00:02", .client, "hello")
        }
      ])
    #expect(
      result.output == """
        2026-03-01T16:00:01.000-08:00 3 * connection opened: from 127.0.0.1:7 to port 1027
        2026-03-01T16:00:02.000-08:00 3 client> hello

        """)
  }

  @Test(arguments: [true, false])
  func `a transcript that is replaced is followed on`(_ isGoneMeanwhile: Bool) throws {
    let other = try Fixture()
    let run = try other.run(started: "2026-03-01T16:00:00")
    let one = try other.open(run: run, at: "2026-03-01T16:00:01", port: 7)
    try other.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    func remove() {
      for name in ["", "-wal", "-shm"] { unlink(fixture.path + name) }
    }
    let result = try tail(
      ["-o", "json", "-n", "0"],
      [
        {
          try fixture.say(2, at: "2026-03-01T14:11:00", .server, "last words")
          if isGoneMeanwhile { remove() }
        },
        {},
        {
          if !isGoneMeanwhile { remove() }
          try #require(rename(other.path, fixture.path) == 0)
        },
        {},
        {
          let new = try Connection.forWriting(fixture.path)
          try new.execute(
            """
            INSERT INTO event (link, conversation_id, at, kind, party, number, text)
            VALUES (zeroblob(32), \(one), 0, 'message', 0, 1, 'first words')
            """)
        },
        {},
      ])
    let kinds = result.output.split(separator: "\n").map { line in
      ["last words", "first words", "open\"", "\"conversation\""].first { line.contains($0) }
    }
    #expect(
      kinds == ["\"conversation\"", "last words", "\"conversation\"", "open\"", "first words"])
    #expect(result.errors == "chatserve: \(fixture.path) was replaced; following the new one\n")
    #expect(result.exit == 130)
  }

  @Test func `no transaction is held between looks`() throws {
    let result = try tail(
      ["-n", "0"],
      [
        { try fixture.say(2, at: "2026-03-01T14:11:00", .server, "one") },
        {
          // A reader in a transaction would keep the log from being emptied.
          let checkpoint = try fixture.connection.prepare("PRAGMA wal_checkpoint(TRUNCATE)")
          #expect(try checkpoint.step())
          #expect(checkpoint.integer(at: 0) == 0)
        },
      ])
    #expect(result.exit == 130)
  }

  @Test func `the end of the reader is the end`() throws {
    let result = try fixture.history("tail") { $0.wait = { _ in .outputClosed } }
    #expect(result.exit == 0)
    #expect(result.errors.isEmpty)
  }
}
