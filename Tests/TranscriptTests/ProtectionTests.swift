import ChatCore
import Testing

@testable import Transcript

/// Whether words came encrypted, and by whose key.
@Suite struct ProtectionTests {
  private let scratch = Scratch()

  private func talk(
    _ writer: TranscriptWriter, _ run: Int64, _ name: String, _ protection: Protection?,
    at time: Int64
  ) throws -> ConversationWriter {
    let conversation = ConversationWriter(
      writer, run: run, peerAddress: "127.0.0.1", peerPort: 1, mode: .turns)
    conversation.protection = protection
    try conversation.append([
      (.open, .ms(time)), (.handle(try Handle(name), .native), .ms(time)),
    ])
    return conversation
  }

  @Test func itIsReadAsItWasWritten() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let run = try writer.startRun(.sample(), at: .ms(0))
    let cases: [Protection?] = [
      nil, Protection(isEncrypted: false), Protection(isEncrypted: true),
      Protection(isEncrypted: true, key: "SHA256:a"),
    ]
    for (number, protection) in cases.enumerated() {
      let id = try #require(
        try talk(writer, run, "mike", protection, at: Int64(number)).conversationID)
      let summary = try Archive(path: scratch.path).conversation(id, counting: false)
      #expect(summary?.protection == protection)
    }
  }

  @Test func anotherKeyThanBeforeIsSeen() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let run = try writer.startRun(.sample(), at: .ms(0))
    func otherKey(_ name: String, _ key: String?, at time: Int64) throws -> Timestamp? {
      let protection = Protection(isEncrypted: key != nil, key: key)
      let conversation = try talk(writer, run, name, protection, at: time)
      return try writer.otherKey(
        of: Handle(name), than: key, besides: try #require(conversation.conversationID))
    }
    #expect(try otherKey("mike", nil, at: 1) == nil, "nobody had a key")
    #expect(try otherKey("mike", "a", at: 2) == nil, "the first key is news of nobody")
    #expect(try otherKey("mike", "a", at: 3) == nil)
    #expect(try otherKey("mike", "b", at: 4) == .ms(3))
    #expect(try otherKey("mike", "a", at: 5) == nil, "one person may have several")
    #expect(try otherKey("mike", "b", at: 6) == nil)
    #expect(try otherKey("mike", nil, at: 7) == .ms(6))
    #expect(try otherKey("mike", nil, at: 8) == .ms(6))
    #expect(try otherKey("anna", "c", at: 9) == nil, "another name")
    #expect(try otherKey("mike", "c", at: 10) == .ms(6))
  }

  @Test func theViewShowsPeople() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let run = try writer.startRun(.sample(), at: .ms(0))
    for (time, key) in [(1_000, "a"), (2_000, "b"), (3_000, "a")] as [(Int64, String)] {
      _ = try talk(writer, run, "mike", Protection(isEncrypted: true, key: key), at: time)
    }
    let select = try writer.connection.prepare(
      "SELECT key, first_seen, last_seen, conversations FROM people ORDER BY key")
    var rows: [[String]] = []
    while try select.step() {
      rows.append((0..<3).map { select.text(at: $0) } + ["\(select.integer(at: 3))"])
    }
    #expect(
      rows == [
        ["a", "1970-01-01T00:00:01.000Z", "1970-01-01T00:00:03.000Z", "2"],
        ["b", "1970-01-01T00:00:02.000Z", "1970-01-01T00:00:02.000Z", "1"],
      ])
  }
}
