import ChatCore
import Foundation
import Testing

@testable import Transcript

/// A transcript that is replaced under a conversation that can go on in another process.
@Suite struct ResumableReopeningTests {
  let scratch = Scratch()

  /// Client 1 and 3, server 1 to 3, of which two are confirmed; the server spoke last.
  private func begun(_ writer: TranscriptWriter) throws -> ConversationWriter {
    try resumableTalk(
      writer,
      [
        (.client(1, "one"), .ms(3000)), (.server(1, "eins"), .ms(3001)),
        (.server(2, "zwei"), .ms(3002)), (.client(3, "three"), .ms(3003)),
        (.mode(.free), .ms(3004)), (.server(3, "drei"), .ms(3005)), (.mode(.turns), .ms(3006)),
        (.acknowledged(through: 2), .ms(3007)),
      ])
  }

  private func goOn(
    _ conversation: ConversationWriter, _ writer: TranscriptWriter,
    _ entries: [(Entry, Timestamp)] = []
  ) throws {
    #expect(try kind { try conversation.append([(.floor, .ms(1))]) } != nil)
    try writer.reopen()
    conversation.run = try writer.continueRun(
      conversation.run, .sample(), startedAt: .ms(1000))
    try conversation.append(entries.isEmpty ? [(.acknowledged(through: 2), .ms(4000))] : entries)
  }

  @Test func theRowThatIsMadeAnewKnowsWhereTheConversationStands() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try begun(writer)
    for neighbour in ["", "-wal", "-shm"] { unlink(scratch.path + neighbour) }
    try goOn(conversation, writer)
    #expect(try writer.findings().isEmpty)
    let (new, past) = try writer.takeOver(shown: 3)
    var expected = Resumption(
      peer: try Handle("tatyana"), mode: .turns, hasFloor: true, turn: .client, ownNumber: 3,
      peerNumber: 3, unconfirmed: [], recent: [], awayFor: .milliseconds(5994),
      addressChanged: false)
    // Nobody has said anything in this file since it had the floor.
    expected.silentFor = .milliseconds(1003)
    #expect(past == expected)
    try new.append([(.client(4, "on"), .ms(9500)), (.server(4, "vier"), .ms(9600))])
    let later = try writer.takeOver(shown: 3, attempt: 2).1
    #expect((later.ownNumber, later.peerNumber) == (4, 4))
    #expect(later.unconfirmed == [try Message("vier")])
    #expect(try writer.findings().isEmpty)
  }

  /// With the epoch and the attempts, or an old process would have its way again.
  @Test func itIsReplacedUnderASuccessor() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let old = try begun(writer)
    let (new, _) = try writer.takeOver(attempt: 3)
    try new.append([(.drop(.reset, detail: "gone"), .ms(9100))])
    for neighbour in ["", "-wal", "-shm"] { unlink(scratch.path + neighbour) }
    try goOn(new, writer, [(.server(4, "alone"), .ms(9200))])
    #expect(try kind { _ = try writer.takeOver(attempt: 3) } == .superseded)
    let (_, past) = try writer.takeOver(shown: 3, attempt: 4, at: 9600)
    #expect(past.awayFor == .milliseconds(500))
    #expect(past.unconfirmed == [try Message("alone")])
    #expect(try writer.connection.integer("SELECT epoch FROM resumption") == 2)
    #expect(try writer.findings().isEmpty)
    // One that was stopped all the time would begin a row of its own.
    #expect(try kind { try old.append([(.floor, .ms(9700))]) } == .superseded)
    #expect(try kind { try new.append([(.floor, .ms(9700))]) } == .superseded)
    #expect(try writer.connection.integer("SELECT count(*) FROM conversation") == 1)
  }

  /// Somebody restores a copy: what it has of the conversation stays, and nobody goes on
  /// with that.
  @Test func itIsReplacedByAnEarlierCopy() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try begun(writer)
    try writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let copy = scratch.directory + "/copy.db"
    try FileManager.default.copyItem(atPath: scratch.path, toPath: copy)
    try conversation.append([(.client(5, "five"), .ms(3500))])
    for neighbour in ["-wal", "-shm"] { unlink(scratch.path + neighbour) }
    #expect(rename(copy, scratch.path) == 0)
    try goOn(conversation, writer)
    #expect(conversation.conversationID == 2)
    #expect(
      try writer.connection.integer("SELECT count(*) FROM resumption WHERE state <> 'elsewhere'")
        == 1)
    #expect(try kind { _ = try writer.takeOver(conversation: 1) } == .notResumable)
    // What was said before is not in the row that is gone on with.
    for shown in [0, 2] {
      #expect(
        try kind { _ = try writer.takeOver(conversation: 2, shown: shown) } == .notResumable)
    }
    #expect(try writer.takeOver(conversation: 2, shown: 3).1.peerNumber == 5)
    #expect(try writer.findings().isEmpty)
  }
}
