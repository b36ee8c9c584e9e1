import ChatCore
import Testing

@testable import Transcript

@Suite struct ConversationWriterTests {
  let scratch = Scratch()

  @Test func everyEntryComesBackAsItWent() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try newConversation(writer)
    #expect(conversation.conversationID == nil)
    let nul = try Message("a\0b \u{1f469}\u{200d}\u{1f680} e\u{301}")
    let broken = try Message(bytes: [0x68, 0xff, 0x69, 0xc3])
    #expect(broken.raw != nil)
    let first = try conversation.append([
      (.open, .ms(1)), (.handle(try Handle("tatyana"), .line), .ms(2)), (.floor, .ms(3)),
    ])
    #expect(first == 1...2)
    #expect(conversation.conversationID == 1)
    #expect(try conversation.append([]) == nil)
    #expect(
      try conversation.append([
        (.message(from: .client, number: 1, nul), .ms(4)),
        (.message(from: .server, number: 1, broken), .ms(5)),
        (.held(number: 2, try Message("wait")), .ms(6)),
      ]) == 3...5)
    #expect(try conversation.append([(.acknowledged(through: 1), .ms(7))]) == nil)
    #expect(
      try conversation.append([(.close(by: .client, .quit, detail: "d", undelivered: 2), .ms(8))])
        == 6...6)

    let reader = try TranscriptReader(path: scratch.path)
    let events = try reader.events(conversation: 1)
    #expect(events.map(\.seq) == [1, 2, 3, 4, 5, 6])
    #expect(events.map(\.time) == [1, 2, 4, 5, 6, 8].map(Timestamp.ms))
    #expect(events.allSatisfy { $0.conversation == 1 })
    #expect(
      events.map(\.kind) == [
        .open(peerAddress: "127.0.0.1", peerPort: 50112, port: 1027),
        .handle("tatyana"),
        .message(
          from: .client, handle: "tatyana", number: 1, text: nul.text, raw: nil, held: false),
        .message(
          from: .server, handle: "SERVER", number: 1, text: "h\u{fffd}i\u{fffd}",
          raw: [0x68, 0xff, 0x69, 0xc3], held: false),
        .message(
          from: .client, handle: "tatyana", number: 2, text: "wait", raw: nil, held: true),
        .close(by: .client, handle: "tatyana", .quit, detail: "d", undelivered: 2),
      ])
    let row = try reader.connection.prepare(
      "SELECT floor_at, acknowledged, dialect, mode FROM conversation")
    #expect(try row.step())
    #expect(row.integer(at: 0) == 3 && row.integer(at: 1) == 1)
    #expect(row.text(at: 2) == "line" && row.text(at: 3) == "turns")
  }

  @Test(arguments: CloseReason.allCases)
  func everyReasonIsAllowed(_ reason: CloseReason) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    for party in [Party.client, .server, nil] {
      let conversation = try newConversation(writer)
      try conversation.append([
        (.open, .ms(1)), (.close(by: party, reason, detail: nil, undelivered: 0), .ms(2)),
      ])
      let id = try #require(conversation.conversationID)
      let events = try TranscriptReader(writer.connection).events(conversation: id)
      #expect(
        events.last?.kind
          == .close(
            by: party, handle: party == .server ? "SERVER" : nil, reason, detail: nil,
            undelivered: 0))
    }
  }

  @Test func allOfAnAppendOrNone() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try talk(writer, ["hi"])
    let before = try TranscriptReader(writer.connection).events(conversation: 1)
    let close = Entry.close(by: nil, .reset, detail: nil, undelivered: 0)
    let thrown = try kind {
      try conversation.append([
        (.message(from: .server, number: 1, try Message("lost?")), .ms(10)), (close, .ms(11)),
        (close, .ms(12)),
      ])
    }
    guard case .constraint = thrown else { throw Unexpected(thrown) }
    #expect(try TranscriptReader(writer.connection).events(conversation: 1) == before)
    #expect(try conversation.append([(close, .ms(13))]) != nil)
  }

  @Test func aFailedFirstAppendCanBeTriedAgain() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = ConversationWriter(
      writer, run: 99, peerAddress: "::1", peerPort: 1, mode: .free)
    // The run is not there yet.
    guard case .constraint = try kind({ try conversation.append([(.open, .ms(1))]) }) else {
      throw Unexpected(nil)
    }
    #expect(conversation.conversationID == nil)
    conversation.run = try writer.startRun(.sample(), at: .ms(1))
    #expect(try conversation.append([(.open, .ms(1))]) != nil)
    #expect(conversation.conversationID != nil)
  }

  @Test func aCloseIsRecordedOnce() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try talk(writer, ["hi"])
    let id = try #require(conversation.conversationID)
    #expect(
      try writer.unclosedConversation(run: 1, peerAddress: "127.0.0.1", peerPort: 50112) == id)
    #expect(
      try writer.recordClose(
        conversation: id, at: .ms(20), by: nil, reason: .crashed, detail: "SIGSEGV"))
    #expect(try !writer.recordClose(conversation: id, at: .ms(21), by: .client, reason: .quit))
    #expect(
      try writer.unclosedConversation(run: 1, peerAddress: "127.0.0.1", peerPort: 50112) == nil)
    #expect(
      try TranscriptReader(writer.connection).summary(id: id)?.ending
        == .closed(at: .ms(20), by: nil, .crashed, detail: "SIGSEGV"))
    guard
      case .constraint = try kind({
        try writer.recordClose(conversation: 99, at: .ms(1), by: nil, reason: .crashed)
      })
    else { throw Unexpected(nil) }
  }

  @Test func numbersAreNeverUsedAgain() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try talk(writer, ["one"])
    try writer.connection.execute(
      "DELETE FROM event; DELETE FROM conversation; DELETE FROM server_run")
    let next = try talk(writer, ["two"])
    #expect(next.run == 2 && next.conversationID == 2)
    #expect(try TranscriptReader(writer.connection).events(conversation: 2).first?.seq == 4)
  }
}

struct Unexpected: Error {
  let kind: TranscriptError.Kind?
  init(_ kind: TranscriptError.Kind?) { self.kind = kind }
}
