import ChatCore
import Foundation
import Testing

@testable import Transcript

/// The log is made long ahead, and nothing else about it changes.
@Suite struct LogRoomTests {
  let scratch = Scratch()
  private static let room: Int64 = 32 + 1000 * 4120

  private var logSize: Int64 { DatabaseFile.size(scratch.path + "-wal") }

  private func makeRoom(_ writer: TranscriptWriter) throws {
    var steps = 0
    while try writer.makeRoomInLog() {
      steps += 1
      try #require(steps < 10)
    }
  }

  @Test func theLogIsAsLongAsItIsGoingToBe() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try talk(writer, ["before"])
    let before = logSize
    #expect(before > 0 && before < Self.room)
    try makeRoom(writer)
    #expect(logSize == Self.room)
    // And stays so.
    try talk(writer, (1...50).map { "message \($0)" })
    #expect(try !writer.makeRoomInLog())
    #expect(logSize == Self.room)
  }

  @Test func whatIsWrittenIntoTheRoomIsReadByOthersAndSurvives() throws {
    do {
      let writer = try TranscriptWriter(path: scratch.path)
      try talk(writer, ["before"])
      try makeRoom(writer)
      // More than a checkpoint's worth.
      let conversation = try talk(writer, ["after"])
      for number in 2...1500 {
        try conversation.append([
          (.message(from: .client, number: number, try Message("m \(number)")), .ms(1))
        ])
      }
      #expect(try TranscriptReader(path: scratch.path).events(conversation: 2).count == 1502)
      // As after a power cut: the files as they lie there, shared memory lost.
      for suffix in ["", "-wal"] {
        try FileManager.default.copyItem(
          atPath: scratch.path + suffix, toPath: scratch.directory + "/cut.db" + suffix)
      }
    }
    let cut = try TranscriptWriter(path: scratch.directory + "/cut.db")
    #expect(try TranscriptReader(cut.connection).events(conversation: 1).count == 3)
    #expect(try TranscriptReader(cut.connection).events(conversation: 2).count == 1502)
    #expect(try cut.connection.integer("SELECT count(*) FROM pragma_integrity_check") == 1)
  }

  @Test func nobodyIsWaitedFor() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try talk(writer, ["hi"])
    let before = logSize
    let other = try TranscriptWriter(path: scratch.path)
    try other.connection.execute("BEGIN IMMEDIATE")
    #expect(try !writer.makeRoomInLog())
    #expect(logSize == before)
    try other.connection.execute("ROLLBACK")
    var queue = WriterQueue(database: scratch.path)
    let hasTurn = queue.enterAtOnce()
    #expect(hasTurn)
    #expect(try !writer.makeRoomInLog())
    #expect(logSize == before)
    queue.leave()
    try makeRoom(writer)
    #expect(logSize == Self.room)
  }

  @Test func aLogThatIsNotThereIsNotMade() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try talk(writer, ["hi"])
    #expect(unlink(scratch.path + "-wal") == 0)
    #expect(try !writer.makeRoomInLog())
    #expect(access(scratch.path + "-wal", F_OK) != 0)
  }
}
