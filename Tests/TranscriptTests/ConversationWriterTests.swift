import ChatCore
import Relinking
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
    try conversation.append([
      (.open, .ms(1)), (.handle(try Handle("tatyana"), .line), .ms(2)), (.floor, .ms(3)),
    ])
    #expect(conversation.conversationID == 1)
    try conversation.append([])
    try conversation.append([
      (.message(from: .client, number: 1, nul), .ms(4)),
      (.message(from: .server, number: 1, broken), .ms(5)),
      (.held(number: 2, try Message("wait")), .ms(6)),
    ])
    try conversation.append([(.acknowledged(through: 1), .ms(7))])
    try conversation.append([(.close(by: .client, .quit, detail: "d", undelivered: 2), .ms(8))])

    let reader = try Archive(path: scratch.path)
    let events = try reader.events(conversation: 1)
    #expect(events.map(\.seq) == [1, 2, 3, 4, 5, 6])
    #expect(events.map(\.time) == [1, 2, 4, 5, 6, 8].map(Timestamp.ms))
    #expect(events.allSatisfy { $0.conversation == 1 })
    #expect(
      events.map(\.content) == [
        .open, .handle("tatyana"),
        .message(Event.Said(by: .client, number: 1, text: nul.text)),
        .message(
          Event.Said(
            by: .server, number: 1, text: "h\u{fffd}i\u{fffd}", raw: [0x68, 0xff, 0x69, 0xc3])),
        .message(Event.Said(by: .client, number: 2, text: "wait", isHeld: true)),
        .close(Event.Close(by: .client, .quit, detail: "d", undelivered: 2)),
      ])
    let summary = try #require(try reader.conversation(1, counting: false))
    #expect((summary.client, summary.server) == ("tatyana", "SERVER"))
    #expect((summary.peerAddress, summary.peerPort, summary.port) == ("127.0.0.1", 50112, 1027))
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
      let events = try Archive(writer.connection).events(conversation: id)
      #expect(events.last?.content == .close(Event.Close(by: party, reason, undelivered: 0)))
    }
  }

  /// What a later version stores is neither refused nor changed.
  @Test func wordsThatAreNotKnownAreKeptAsTheyAre() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try talk(writer, ["hi"])
    try writer.connection.execute(
      """
      INSERT INTO event (link, conversation_id, at, kind, party, text, detail)
      VALUES (zeroblob(32), 1, 9000, 'knock', 0, 'token', 'after 3 s');
      INSERT INTO event (link, conversation_id, at, kind, reason)
      VALUES (zeroblob(32), 1, 9001, 'close', 'moved');
      UPDATE conversation SET dialect = 'quic', mode = 'choir';
      """)
    let reader = try Archive(path: scratch.path)
    let events = try reader.events(conversation: 1).suffix(2)
    #expect(events.map(\.kind) == [.unknown("knock"), .known(.close)])
    guard case .unknown(let knock)? = events.first?.content else { throw Unexpected(nil) }
    #expect(knock.party == .client && knock.text == "token" && knock.detail == "after 3 s")
    #expect(knock.reason == nil && knock.number == nil)
    let summary = try #require(try reader.conversation(1, counting: true))
    #expect(summary.messages == 1)
    #expect(summary.mode == .unknown("choir") && summary.dialect == .unknown("quic"))
    guard case .closed(let close, _) = summary.ending else { throw Unexpected(nil) }
    #expect(close.reason == .unknown("moved"))
    var verifier = Verifier(reader.connection)
    let findings = try verifier.verify { _ in }.findings
    #expect(
      findings == [
        .chain(conversation: 1, seq: 1)
      ])
    // With links of their own they are as good as any.
    try relink(writer.connection)
    verifier = Verifier(reader.connection)
    #expect(try verifier.verify { _ in }.findings.isEmpty)
  }

  @Test func allOfAnAppendOrNone() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try talk(writer, ["hi"])
    let before = try Archive(writer.connection).events(conversation: 1)
    let close = Entry.close(by: nil, .reset, detail: nil, undelivered: 0)
    let thrown = try kind {
      try conversation.append([
        (.message(from: .server, number: 1, try Message("lost?")), .ms(10)), (close, .ms(11)),
        (close, .ms(12)),
      ])
    }
    #expect(thrown == .constraint)
    #expect(try Archive(writer.connection).events(conversation: 1) == before)
    try conversation.append([(close, .ms(13))])
  }

  @Test func aFailedFirstAppendCanBeTriedAgain() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = ConversationWriter(
      writer, run: 99, peerAddress: "::1", peerPort: 1, mode: .free)
    // The run is not there yet.
    #expect(try kind { try conversation.append([(.open, .ms(1))]) } == .constraint)
    #expect(conversation.conversationID == nil)
    conversation.run = try writer.startRun(.sample(), at: .ms(1))
    try conversation.append([(.open, .ms(1))])
    #expect(conversation.conversationID != nil)
  }

  @Test func aDeathIsRecordedOnceAndOnlyOfItsOwnRun() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try talk(writer, ["hi"])
    let id = try #require(conversation.conversationID)
    let other = try talk(writer, ["elsewhere"])
    #expect(other.run != conversation.run)
    let before = try Archive(writer.connection).newestEvent()
    for (conversation, run) in [(id, other.run), (99, conversation.run), (id, 99), (-1, -1)] {
      #expect(
        try !writer.recordDeath(
          conversation: conversation, run: run, at: .ms(19), by: nil, reason: .crashed))
    }
    #expect(try Archive(writer.connection).newestEvent() == before)
    #expect(
      try writer.recordDeath(
        conversation: id, run: conversation.run, at: .ms(20), by: nil, reason: .crashed,
        detail: "SIGSEGV"))
    #expect(
      try !writer.recordDeath(
        conversation: id, run: conversation.run, at: .ms(21), by: .client, reason: .quit))
    #expect(
      try Archive(writer.connection).conversation(id, counting: false)?.ending
        == .closed(Event.Close(by: nil, .crashed, detail: "SIGSEGV"), at: .ms(20)))
  }

  @Test func numbersAreNeverUsedAgain() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try talk(writer, ["one"])
    try writer.connection.execute(
      "DELETE FROM event; DELETE FROM conversation; DELETE FROM server_run")
    let next = try talk(writer, ["two"])
    #expect(next.run == 2 && next.conversationID == 2)
    #expect(try Archive(writer.connection).events(conversation: 2).first?.seq == 4)
  }
}

struct Unexpected: Error {
  let kind: TranscriptError.Kind?
  init(_ kind: TranscriptError.Kind?) { self.kind = kind }
}
