import ChatCore
import ChatPosix
import Testing

@testable import Transcript

/// What recording leaves of the disk.
@Suite struct DiskReserveTests {
  let scratch = Scratch()

  @Test func theReserveIsAHundredthOr64MiB() {
    func isReached(_ reserve: DiskReserve, _ total: Int64, _ available: Int64) -> Bool {
      reserve.isReached(by: DiskSpace(total: total, available: available))
    }
    #expect(!isReached(.default, 1 << 40, 64 << 20))
    #expect(isReached(.default, 1 << 40, (64 << 20) - 1))
    #expect(!isReached(.default, 1000, 10))
    #expect(isReached(.default, 1000, 9))
    #expect(isReached(.percent(50), 1000, 499) && !isReached(.percent(50), 1000, 500))
    #expect(isReached(.bytes(5), 1000, 4) && !isReached(.bytes(5), 1000, 5))
    #expect(!isReached(.none, 1000, 0) && !isReached(.default, 0, 0))
  }

  /// More than any disk has: the sentence for a full disk, nothing kept, and again
  /// as soon as there is room.
  @Test func pastItNothingIsRecorded() throws {
    let run = try TranscriptWriter(path: scratch.path).startRun(.sample(), at: .ms(1))
    let writer = try TranscriptWriter(path: scratch.path, reserve: .bytes(.max))
    let conversation = ConversationWriter(
      writer, run: run, peerAddress: "127.0.0.1", peerPort: 1, mode: .turns)
    for _ in 0..<3 {
      do {
        try conversation.append([(.open, .ms(5))])
        Issue.record("recorded")
      } catch {
        #expect(error.kind == .full)
      }
    }
    #expect(try writer.connection.integer("SELECT count(*) FROM conversation") == 0)
    let space = try DiskSpace.around(FilePath(scratch.path))
    #expect(space.total > 0 && space.available <= space.total)
  }

  @Test func withRoomAllIsRecorded() throws {
    let writer = try TranscriptWriter(path: scratch.path, reserve: .default)
    let run = try writer.startRun(.sample(), at: .ms(1))
    let conversation = ConversationWriter(
      writer, run: run, peerAddress: "127.0.0.1", peerPort: 1, mode: .turns)
    try conversation.append([(.open, .ms(5)), (.handle(try Handle("amy"), .native), .ms(6))])
    let text = try Message(String(repeating: "x", count: Message.maximumLength))
    for number in 1...100 {
      try conversation.append([(.message(from: .client, number: number, text), .ms(7))])
    }
    #expect(conversation.conversationID == 1)
  }
}
