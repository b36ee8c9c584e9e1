import ChatCore
import ChatPosix
import Foundation
import Harness
import Testing

@testable import Transcript

@Suite struct FailureTests {
  let scratch = Scratch()

  private func message(_ number: Int, _ text: String = "hi") throws -> (Entry, Timestamp) {
    (.message(from: .client, number: number, try Message(text)), .ms(Int64(number)))
  }

  private let page = String(repeating: "\u{1f469}\u{200d}\u{1f680}", count: 400)

  @Test func aFullDatabaseKeepsNothingAndWorksAgainWithRoom() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try newConversation(writer)
    let pages = try writer.connection.integer("PRAGMA page_count") ?? 0
    try writer.connection.prepare("PRAGMA max_page_count = \(pages)").run()
    let opening: [(Entry, Timestamp)] = [
      (.open, .ms(1)), try message(1, page), try message(2, page),
    ]
    #expect(try kind { try conversation.append(opening) } == .full)
    #expect(conversation.conversationID == nil)
    #expect(try writer.connection.integer("SELECT count(*) FROM event") == 0)

    try writer.connection.prepare("PRAGMA max_page_count = 100000").run()
    try conversation.append(opening)
    #expect(try writer.connection.integer("SELECT count(*) FROM event") == 3)
  }

  @Test(.enabled(if: SmallDisk.isAvailable))
  func aFullDiskKeepsNothingAndWorksAgainWithRoom() throws {
    let disk = try SmallDisk(kilobytes: 512)
    let path = disk.directory + "/transcript.db"
    let writer = try TranscriptWriter(path: path)
    let conversation = try talk(writer, ["hi"])
    // What somebody else puts there.
    try disk.fill()
    var number = 2
    // What the log has room for already may still go through.
    var thrown: TranscriptError.Kind?
    while thrown == nil && number < 100 {
      thrown = try kind { try conversation.append([try message(number, page)]) }
      number += thrown == nil ? 1 : 0
    }
    #expect(thrown == .full)
    let count = try writer.connection.integer("SELECT count(*) FROM event WHERE kind = 'message'")
    #expect(count == Int64(number - 1))

    disk.free()
    try conversation.append([try message(number, page)])
    let events = try Archive(path: path).events(conversation: 1)
    #expect(events.count == number + 2)
  }

  @Test(.enabled(if: SmallDisk.isAvailable))
  func aReadOnlyFileSystemCanBeReadAndSaysSoToWriters() throws {
    let disk = try SmallDisk(kilobytes: 512)
    let path = disk.directory + "/transcript.db"
    try talk(TranscriptWriter(path: path), ["hi"])
    try disk.makeReadOnly()
    #expect(try kind { _ = try TranscriptWriter(path: path) } == .readOnly)
    #expect(
      try kind { _ = try TranscriptWriter(path: disk.directory + "/new.db") } == .readOnly)
    #expect(try Archive(path: path).summaries(newest: 9).map(\.messages) == [1])
  }

  @Test func anotherWritersLockIsWaitedForThenNamed() throws {
    let writer = try TranscriptWriter(path: scratch.path, busyTimeout: .milliseconds(30))
    let conversation = try talk(writer, ["hi"])
    let other = try Connection.forWriting(scratch.path)
    try other.execute("BEGIN IMMEDIATE")
    #expect(try kind { try conversation.append([try message(2)]) } == .locked)
    try other.execute("ROLLBACK")
    try conversation.append([try message(2)])
  }

  @Test func aProcessStoppedInTheQueueHoldsNobodyUp() throws {
    let writer = try TranscriptWriter(path: scratch.path, busyTimeout: .milliseconds(30))
    let conversation = try talk(writer, ["hi"])
    let stopped = try LockFile(DatabaseFile.lockFile(of: scratch.path), isCreating: true)
    #expect(try stopped.tryLock(WriterQueue.firstPlace...WriterQueue.firstPlace))
    try conversation.append([try message(2)])
    #expect(try writer.connection.integer("PRAGMA busy_timeout") == 30)
  }

  @Test func withoutASideFileItGoesOn() throws {
    try FileManager.default.createDirectory(
      atPath: scratch.path + "-lock", withIntermediateDirectories: false)
    try talk(TranscriptWriter(path: scratch.path), ["hi"])
    #expect(try Archive(path: scratch.path).summaries(newest: 1).count == 1)
    #expect(
      try kind { _ = try RunLock.acquire(database: scratch.path, run: 1) }
        == .cannotCreate)
  }

  @Test func damageIsNamed() throws {
    var root: Int64 = 0
    do {
      let writer = try TranscriptWriter(path: scratch.path)
      try talk(writer, ["hi"])
      root = try #require(
        try writer.connection.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'event'"))
    }
    try overwrite(at: (root - 1) * 4096, [UInt8](repeating: 0xee, count: 4096))
    let reader = try Archive(path: scratch.path)
    #expect(try kind { _ = try reader.events(conversation: 1) } == .corrupt)
    let writer = try TranscriptWriter(path: scratch.path)
    #expect(try kind { try talk(writer, ["hi"]) } == .corrupt)

    try overwrite(at: 0, Array("not SQLite at all".utf8))
    #expect(try kind { _ = try Archive(path: scratch.path) } == .notADatabase)
  }

  private func overwrite(at offset: Int64, _ bytes: [UInt8]) throws {
    let file = try #require(FileHandle(forUpdatingAtPath: scratch.path))
    try file.seek(toOffset: UInt64(offset))
    try file.write(contentsOf: Data(bytes))
    try file.close()
  }
}
