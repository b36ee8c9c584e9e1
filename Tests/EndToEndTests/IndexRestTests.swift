import ChatCore
import ChatPosix
import Harness
import Testing
import Transcript

/// The full-text index is never in the way of a talk.
@Suite struct IndexRestTests {
  /// Many steps of the keeper's, some seconds of work.
  private static let messages = 30_000
  /// Longer than the keeper waits before a step.
  private static let talkFor = Duration.milliseconds(3_500)

  @Test("while somebody has the floor nothing is indexed, and afterwards all is")
  func rests() throws {
    try Stage.run { stage in
      try Self.write(to: stage.database)
      let server = try stage.pipedServer()
      let peer = try stage.nativePeer("raw", on: server.port)
      let reader = try Connection.forReading(stage.database)
      var said = 0
      func exchange() throws {
        said += 1
        try peer.send("say \(said) question \(said)\0")
        try peer.waitFor("ack \(said)\0")
        try server.process.send("answer \(said)\n")
        try peer.waitFor("say \(said) answer \(said)\0")
        try peer.send("ack \(said)\0")
      }
      // A step that was under way when the peer came is over by the first answer.
      try exchange()
      let before = try SearchIndex.watermark(reader)
      try #require(before < Int64(Self.messages))
      let start = Clock.monotonic()
      while Clock.monotonic() - start < Self.talkFor { try exchange() }
      #expect(try SearchIndex.watermark(reader) == before)
      try peer.send("quit user\0")
      try server.process.waitFor(LeavingTests.clientLeft)
      try Deadline.poll("the index is up to date", within: 120) {
        try !SearchIndex.isBehind(reader)
      }
    }
  }

  private static func write(to database: String) throws {
    let writer = try TranscriptWriter(path: database)
    let run = try writer.startRun(
      RunDescription(pid: 1, bootID: "", version: "1", port: 1, handle: try Handle("SERVER")),
      at: Timestamp(milliseconds: 1))
    let conversation = ConversationWriter(
      writer, run: run, peerAddress: "192.0.2.1", peerPort: 1, mode: .free)
    try conversation.append([(.open, Timestamp(milliseconds: 2))])
    for start in stride(from: 0, to: messages, by: 1000) {
      try conversation.append(
        try (1...1000).map { offset in
          let text = try Message("message number \(start + offset) of a long talk")
          return (
            .message(from: .client, number: start + offset, text), Timestamp(milliseconds: 3)
          )
        })
    }
  }
}
