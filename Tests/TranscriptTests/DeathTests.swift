import ChatCore
import Testing

@testable import Transcript

/// The ends of conversations whose processes died, recorded by another.
@Suite struct DeathTests {
  let scratch = Scratch()

  /// Three conversations of one run, opened at 1000, 2000 and 3000.
  private func three(_ writer: TranscriptWriter) throws -> (run: Int64, ids: [Int64]) {
    let run = try writer.startRun(.sample(), at: .ms(1))
    let ids = try (1...3).map { number in
      let conversation = ConversationWriter(
        writer, run: run, peerAddress: "127.0.0.1", peerPort: 50_112, mode: .turns)
      try conversation.append([
        (.open, .ms(Int64(number) * 1000)),
        (.handle(try Handle("peer\(number)"), .native), .ms(Int64(number) * 1000 + 1)),
      ])
      return try #require(conversation.conversationID)
    }
    return (run, ids)
  }

  private func record(
    _ writer: TranscriptWriter, _ conversation: Int64?, openedAt: Int64, run: Int64
  ) throws -> Bool {
    guard
      case .close(let id) = try writer.unrecorded(conversation, openedAt: .ms(openedAt), run: run)
    else { return false }
    return try writer.recordDeath(
      conversation: id, run: run, at: .ms(9_000), by: .server, reason: .crashed,
      detail: "signal 9")
  }

  private func closed(_ writer: TranscriptWriter) throws -> [Int64] {
    let select = try writer.connection.prepare(
      "SELECT conversation_id FROM event WHERE kind = 'close' ORDER BY conversation_id")
    var ids: [Int64] = []
    while try select.step() { ids.append(select.integer(at: 0)) }
    return ids
  }

  @Test func itIsRecordedByIdAndOnce() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let (run, ids) = try three(writer)
    #expect(try record(writer, ids[1], openedAt: 2000, run: run))
    #expect(try closed(writer) == [ids[1]])
    #expect(try !record(writer, ids[1], openedAt: 2000, run: run))
    #expect(try closed(writer) == [ids[1]])
  }

  @Test func withoutAnIdItsTimeFindsIt() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let (run, ids) = try three(writer)
    #expect(try record(writer, nil, openedAt: 3000, run: run))
    #expect(try closed(writer) == [ids[2]])
  }

  @Test("an id that was made up ends nobody else's conversation, and hides nobody's end")
  func madeUp() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let (run, ids) = try three(writer)
    for id in [ids[0], ids[2], 99] { _ = try record(writer, id, openedAt: 2000, run: run) }
    #expect(try closed(writer) == [ids[1]])
  }

  @Test func whatIsOfAnotherRunOrWasNeverOpenedIsLeft() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let (run, ids) = try three(writer)
    let other = try writer.startRun(.sample(), at: .ms(2))
    #expect(try !record(writer, ids[0], openedAt: 1000, run: other))
    #expect(try !record(writer, ids[0], openedAt: 1001, run: run))
    #expect(try !record(writer, nil, openedAt: 1001, run: run))
    #expect(try closed(writer) == [])
  }

  @Test func aHandleIsFoundByIdRunAndTime() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let (run, ids) = try three(writer)
    #expect(try writer.handle(conversation: ids[1], openedAt: .ms(2000), run: run) == "peer2")
    #expect(try writer.handle(conversation: ids[1], openedAt: .ms(1000), run: run) == nil)
    #expect(try writer.handle(conversation: ids[1], openedAt: .ms(2000), run: run + 1) == nil)
    #expect(try writer.handle(conversation: 99, openedAt: .ms(2000), run: run) == nil)
  }
}
