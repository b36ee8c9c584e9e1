import ChatCore
import Glibc
import Testing

@testable import Transcript

@Suite struct EndingTests {
  let scratch = Scratch()

  private func ending(_ id: Int64) throws -> Ending? {
    try Archive(path: scratch.path).conversation(id, counting: false)?.ending
  }

  @Test func aRunLockIsSeenByOthersAndGoesWithItsHolder() throws {
    #expect(!RunLock.isHeld(database: scratch.path, run: 1))
    var lock: RunLock? = try RunLock.acquire(database: scratch.path, run: 1)
    let other = try RunLock.acquire(database: scratch.path, run: 2)
    #expect(lock != nil)
    #expect(RunLock.isHeld(database: scratch.path, run: 1))
    #expect(RunLock.isHeld(database: scratch.path, run: 2))
    #expect(!RunLock.isHeld(database: scratch.path, run: 3))
    #expect(
      try kind { _ = try RunLock.acquire(database: scratch.path, run: 1) } == .locked)
    #expect(try scratch.mode(scratch.path + "-lock") == 0o600)
    lock = nil
    #expect(!RunLock.isHeld(database: scratch.path, run: 1))
    _ = other
  }

  @Test func aLinkToTheDatabaseLeadsToTheSameLock() throws {
    _ = try TranscriptWriter(path: scratch.path)
    let link = scratch.directory + "/link.db"
    #expect(symlink(scratch.path, link) == 0)
    let lock = try RunLock.acquire(database: link, run: 1)
    #expect(RunLock.isHeld(database: scratch.path, run: 1))
    _ = lock
  }

  @Test func openThenLostThenKnownToBeLostBefore() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try talk(writer, ["hi"], at: 2000)
    var lock: RunLock? = try RunLock.acquire(database: scratch.path, run: conversation.run)
    #expect(lock != nil)
    #expect(try ending(1) == .open)
    lock = nil
    #expect(try ending(1) == .lost(before: nil))
    // Another port tells nothing.
    _ = try writer.startRun(.sample(port: 2000), at: .ms(5000))
    #expect(try ending(1) == .lost(before: nil))
    _ = try writer.startRun(.sample(), at: .ms(6000))
    _ = try writer.startRun(.sample(), at: .ms(7000))
    #expect(try ending(1) == .lost(before: .ms(6000)))
    try writer.stopRun(conversation.run, at: .ms(4000))
    try writer.stopRun(conversation.run, at: .ms(4500))
    #expect(try ending(1) == .lost(before: .ms(4000)))
    try writer.recordDeath(
      conversation: 1, run: conversation.run, at: .ms(8000), by: .client, reason: .eof)
    #expect(try ending(1) == .closed(Event.Close(by: .client, .eof), at: .ms(8000)))
  }

  @Test func whatLooksLostIsReadAgain() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try talk(writer, ["hi"])
    let reader = try Archive(path: scratch.path)
    let rows = try reader.rows(reader.connection.cached(SummaryRow.select(counting: false)))
    #expect(rows.map(\.summary.ending.state) == [.lost])
    // The run closes and ends between the read and the look at its lock.
    try writer.recordDeath(conversation: 1, run: 1, at: .ms(9), by: .server, reason: .sigint)
    #expect(
      try reader.settled(rows).map(\.ending)
        == [.closed(Event.Close(by: .server, .sigint), at: .ms(9))])
    #expect(try reader.settled(rows).map(\.messages) == [nil])
  }

  /// Everything that a summary has.
  private func fields(_ summary: ConversationSummary?) -> [String: String] {
    var fields: [String: String] = [:]
    if let summary {
      for (name, value) in Mirror(reflecting: summary).children { fields[name ?? ""] = "\(value)" }
    }
    return fields
  }

  @Test func summariesTellEverything() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try talk(writer, ["hi", "you"], at: 2000)
    let silent = try newConversation(writer)
    try silent.append([(.open, .ms(3000)), (.floor, .ms(3001))])
    try talk(writer, ["third"], at: 4000)
    let summaries = try Archive(path: scratch.path).summaries(newest: 2)
    #expect(summaries.map(\.id) == [3, 2])
    #expect(
      fields(summaries.last)
        == fields(
          ConversationSummary(
            id: 2, client: nil, server: "SERVER", peerAddress: "127.0.0.1", peerPort: 50112,
            port: 1027, mode: .known(.turns), dialect: nil, opened: .ms(3000), floor: .ms(3001),
            ending: .lost(before: .ms(4000)), lastEvent: .ms(3000), messages: 0)))
    let first = try Archive(path: scratch.path).conversation(1, counting: true)
    #expect(first?.client == "tatyana" && first?.dialect == .known(.native) && first?.messages == 2)
    #expect(first?.lastEvent == .ms(2003))
    let uncounted = try Archive(path: scratch.path).conversation(1, counting: false)
    #expect(uncounted?.messages == .some(nil))
    var expected = fields(uncounted)
    expected["messages"] = fields(first)["messages"]
    #expect(expected.count == 15 && expected == fields(first))
    #expect(try Archive(path: scratch.path).conversation(9, counting: true) == nil)
  }

  @Test func aLongConversationIsReadBatchByBatch() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let count = 3000
    try talk(writer, (1...count).map(String.init))
    let events = try Archive(path: scratch.path).events(conversation: 1)
    #expect(events.map(\.seq) == Array(1...Int64(count + 2)))
  }
}
