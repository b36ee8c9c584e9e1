import ChatCore
import Foundation
import Testing

@testable import Transcript

@Suite struct ReopeningTests {
  let scratch = Scratch()

  private func next(_ number: Int) throws -> [(Entry, Timestamp)] {
    [(.message(from: .client, number: number, try Message("more")), .ms(9000))]
  }

  @Test(arguments: [[""], ["", "-wal", "-shm"], ["", "-wal", "-shm", "-lock"]])
  func aDeletedDatabaseIsNoticedAndMadeAnew(_ deleted: [String]) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try talk(writer, ["one", "two"])
    for neighbour in deleted { unlink(scratch.path + neighbour) }
    #expect(try kind { try conversation.append(try next(3)) } == .deleted)
    #expect(!FileManager.default.fileExists(atPath: scratch.path))

    try writer.reopen()
    conversation.run = try writer.continueRun(
      conversation.run, .sample(), startedAt: .ms(2000))
    #expect(conversation.run == 1)
    try conversation.append(try next(3))
    let reader = try Archive(path: scratch.path)
    let events = try reader.events(conversation: try #require(conversation.conversationID))
    #expect(events.map(\.time) == [2000, 2001, 9000].map(Timestamp.ms))
    #expect(
      events.last?.content == .message(Event.Said(by: .client, number: 3, text: "more")))
    let check = try reader.connection.prepare("PRAGMA integrity_check")
    #expect(try check.step() && check.text(at: 0) == "ok")
  }

  @Test func whoStillWritesToTheDeletedOneDoesTheNewOneNoHarm() throws {
    let old = try TranscriptWriter(path: scratch.path)
    try talk(old, ["one"])
    unlink(scratch.path)
    let new = try TranscriptWriter(path: scratch.path)
    try talk(new, ["two"])
    // Past the check, as in a race between it and the removal.
    for _ in 1...3 {
      try old.connection.write { () throws(TranscriptError) in
        try old.connection.execute("INSERT INTO handle (name) VALUES (hex(randomblob(5000)))")
      }
      try talk(new, ["more"])
    }
    let reader = try Archive(path: scratch.path)
    #expect(try reader.summaries(newest: 9).map(\.id) == [4, 3, 2, 1])
    #expect(try reader.connection.integer("SELECT count(*) FROM handle") == 1)
    let check = try reader.connection.prepare("PRAGMA integrity_check")
    #expect(try check.step() && check.text(at: 0) == "ok")
  }

  /// truncate(1), a shell's redirection, logrotate's copytruncate: the file is
  /// the same, and nothing is in it.
  @Test(arguments: [0, 100, 4095], [false, true])
  func aDatabaseThatWasEmptiedIsNoticedAndBegunAgain(_ size: Int, isLogEmpty: Bool) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let other = try TranscriptWriter(path: scratch.path)
    let conversation = try talk(writer, ["one", "two"])
    if isLogEmpty { try writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)") }
    #expect(truncate(scratch.path, off_t(size)) == 0)
    #expect(try kind { try conversation.append(try next(3)) } == .emptied)
    #expect(try kind { _ = try Connection.forReading(scratch.path) } == .emptied)
    try writer.reopen()
    conversation.run = try writer.continueRun(
      conversation.run, .sample(), startedAt: .ms(2000))
    try conversation.append(try next(3))
    // Whoever had it open too goes on in the new one.
    #expect(try kind { try other.checkFiles() } == .replaced)
    try other.reopen()
    try talk(other, ["more"])
    let reader = try Archive(path: scratch.path)
    let events = try reader.events(conversation: try #require(conversation.conversationID))
    #expect(events.compactMap(\.said?.text) == ["more"])
    #expect(try reader.summaries(newest: 9).count == 2)
    let check = try reader.connection.prepare("PRAGMA integrity_check")
    #expect(try check.step() && check.text(at: 0) == "ok")
  }

  /// Who opens it first is who begins it again.
  @Test func anEmptiedDatabaseIsBegunAgainByWhoOpensIt() throws {
    let old = try TranscriptWriter(path: scratch.path)
    try talk(old, ["one"])
    #expect(truncate(scratch.path, 0) == 0)
    let new = try TranscriptWriter(path: scratch.path)
    try talk(new, ["two"])
    #expect(try kind { try old.checkFiles() } == .replaced)
    #expect(try Archive(path: scratch.path).summaries(newest: 9).count == 1)
  }

  @Test func aReplacedDatabaseIsNoticed() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try talk(writer, ["one"])
    let other = scratch.directory + "/other.db"
    do { try talk(TranscriptWriter(path: other), ["elsewhere"], at: 5000) }
    for neighbour in ["-wal", "-shm"] { unlink(scratch.path + neighbour) }
    #expect(rename(other, scratch.path) == 0)
    #expect(try kind { try conversation.append(try next(2)) } == .replaced)

    try writer.reopen()
    // Run 1 of the new database is another one.
    conversation.run = try writer.continueRun(
      conversation.run, .sample(), startedAt: .ms(2000))
    #expect(conversation.run == 2)
    try conversation.append(try next(2))
    #expect(conversation.conversationID == 2)
    #expect(
      try Archive(path: scratch.path).summaries(newest: 9).map(\.messages) == [1, 1])
  }

  @Test func aRunThatIsKnownContinuesAsItself() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let run = try writer.startRun(.sample(), at: .ms(7))
    #expect(try writer.continueRun(run, .sample(), startedAt: .ms(7)) == run)
    #expect(try writer.connection.integer("SELECT count(*) FROM server_run") == 1)
  }
}
