import ChatCore
import Testing

@testable import Transcript

/// What is recorded of conversations whose processes left it to another.
@Suite struct WordlessEndTests {
  let scratch = Scratch()

  private func end(_ openedAt: Int64) -> TranscriptWriter.End {
    TranscriptWriter.End(
      openedAt: .ms(openedAt), peerAddress: "192.0.2.7", peerPort: 50_112, mode: .free,
      at: .ms(openedAt + 5), by: .client, reason: .eof, detail: nil)
  }

  private func open(
    _ writer: TranscriptWriter, _ run: Int64, at time: Int64, closed: Bool
  ) throws -> Int64? {
    let conversation = ConversationWriter(
      writer, run: run, peerAddress: "127.0.0.1", peerPort: 1, mode: .turns)
    try conversation.append([(.open, .ms(time))])
    if closed {
      try conversation.append([
        (.close(by: .client, .quit, detail: nil, undelivered: 0), .ms(time + 1))
      ])
    }
    return conversation.conversationID
  }

  @Test func whatIsLeftIsFoundByTheTimeOfTheOpen() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let run = try writer.startRun(.sample(), at: .ms(1))
    let other = try writer.startRun(.sample(), at: .ms(2))
    let unclosed = try #require(try open(writer, run, at: 1000, closed: false))
    let closed = try #require(try open(writer, run, at: 2000, closed: true))
    func rest(
      _ reported: Int64?, _ time: Int64, _ run: Int64
    ) throws -> TranscriptWriter.Unrecorded {
      try writer.unrecorded(reported, openedAt: .ms(time), run: run)
    }
    #expect(try rest(nil, 1000, run) == .close(unclosed))
    #expect(try rest(unclosed, 1000, run) == .close(unclosed))
    // An id that was made up changes nothing.
    #expect(try rest(closed, 1000, run) == .close(unclosed))
    #expect(try rest(nil, 2000, run) == .nothing)
    #expect(try rest(nil, 3000, run) == .openAndClose)
    // Recorded in another file, or pruned since.
    #expect(try rest(77, 3000, run) == .nothing)
    // Another's, whether that has ended or not.
    #expect(try rest(closed, 3000, run) == .openAndClose)
    #expect(try rest(unclosed, 3000, run) == .openAndClose)
    #expect(try rest(nil, 1000, other) == .openAndClose)
  }

  /// Many opens and closes, another's close, and refusals, in one commit, and what
  /// a reader and `verify` make of them.
  @Test func allOfThemShareACommit() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let run = try writer.startRun(.sample(), at: .ms(1))
    let unclosed = try #require(try open(writer, run, at: 500, closed: false))
    let before = try writer.connection.integer("PRAGMA data_version")
    let reader = try Connection.forReading(scratch.path)
    let seen = try reader.integer("PRAGMA data_version") ?? 0
    var ends: [(TranscriptWriter.End, TranscriptWriter.Unrecorded)] = (1...200).map {
      (end($0 * 1000), .openAndClose)
    }
    ends.append((end(500), .close(unclosed)))
    ends.append((end(501), .nothing))
    let refused = TranscriptWriter.Refusals(source: "127.0.0.1", since: .ms(9), count: 4711)
    try writer.record(ends, [refused], run: run)
    #expect(try writer.connection.integer("PRAGMA data_version") == before)
    #expect(try reader.integer("PRAGMA data_version") ?? 0 == seen + 1)
    #expect(try reader.integer("SELECT count(*) FROM conversation") == 201)
    #expect(
      try reader.integer(
        "SELECT count(*) FROM event WHERE kind = 'open' AND at % 1000 IN (0, 500)") == 201)
    #expect(
      try reader.integer(
        "SELECT count(*) FROM event WHERE kind = 'close' AND at % 1000 IN (5, 505)") == 201)
    #expect(
      try reader.integer("SELECT connections FROM refusal WHERE source = '127.0.0.1'") == 4711)
    var verifier = Verifier(reader)
    #expect(try verifier.verify { _ in }.findings.isEmpty)
  }
}
