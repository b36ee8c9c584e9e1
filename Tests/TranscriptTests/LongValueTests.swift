import ChatCore
import ChatPosix
import Foundation
import Testing

@testable import Transcript

/// What somebody has put into the file who may write it, and a process with little memory
/// meets: longer than anything that is written.
@Suite final class LongValueTests {
  private let directory = NSTemporaryDirectory() + "long-" + UUID().uuidString
  private let writer: TranscriptWriter
  private let raw: Connection

  init() throws {
    writer = try TranscriptWriter(path: directory + "/t.db")
    let run = try writer.startRun(
      RunDescription(pid: 1, bootID: "b", version: "1", port: 1027, handle: try Handle("SERVER")),
      at: Timestamp(milliseconds: 1))
    let talk = ConversationWriter(
      writer, run: run, peerAddress: "::1", peerPort: 1, mode: .free)
    try talk.append([
      (.open, Timestamp(milliseconds: 2)),
      (.message(from: .client, number: 1, try Message("hi")), Timestamp(milliseconds: 3)),
    ])
    raw = try Connection.forWriting(directory + "/t.db")
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// A newest seal with such a value.
  private func insertSeal(_ column: String) throws {
    try raw.execute(
      """
      PRAGMA ignore_check_constraints = ON;
      INSERT INTO seal (at, kind, last_event, note, key, link, signature)
      VALUES (1, 'usual', 1, '', zeroblob(32), zeroblob(32), zeroblob(64));
      UPDATE seal SET \(column) =
        CASE typeof(\(column)) WHEN 'blob' THEN zeroblob(3000000)
        ELSE CAST(zeroblob(3000000) AS TEXT) END
      """)
  }

  @Test(arguments: ["kind", "note", "key", "link", "signature"])
  func `the next seal is made whatever the one before holds`(_ column: String) throws {
    try insertSeal(column)
    let draft: SealDraft?
    do throws(TranscriptError) {
      draft = try SealDraft.make(
        writer.connection, at: Timestamp(milliseconds: 5), key: [UInt8](repeating: 1, count: 32))
    } catch {
      // What has to be read and is too long is an error, and no memory.
      #expect(column == "link" && error.kind == .other, "\(error)")
      return
    }
    let isSealed = try writer.record(
      try #require(draft), signature: [UInt8](repeating: 1, count: 64))
    #expect(isSealed)
    #expect(try raw.integer("SELECT max(id) FROM seal") == 2)
  }

  @Test(arguments: ["kind", "note"])
  func `the table takes no such words`(_ column: String) throws {
    #expect(throws: TranscriptError.self) {
      try self.raw.execute(
        """
        INSERT INTO seal (at, kind, last_event, note, key, link, signature)
        VALUES (1, 'usual', 1, '', zeroblob(32), zeroblob(32), zeroblob(64));
        UPDATE seal SET \(column) = CAST(zeroblob(201) AS TEXT)
        """)
    }
  }

  @Test func `a text that nobody can have said is not put in the index by a writer`() throws {
    try raw.execute(
      "UPDATE event SET text = CAST(zeroblob(3000000) AS TEXT) WHERE kind = 'message'")
    #expect(throws: TranscriptError.self) { _ = try SearchIndex.catchUp(self.writer.connection) }
    // It goes on to write.
    try writer.stopRun(1, at: Timestamp(milliseconds: 9))
    #expect(try SearchIndex.catchUp(raw) == 1)
  }
}
