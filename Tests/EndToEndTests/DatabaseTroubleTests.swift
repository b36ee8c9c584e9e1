import Glibc
import Harness
import Testing

/// A transcript that cannot be written in mid-conversation.
@Suite struct DatabaseTroubleTests {
  static let refusal = "Nothing is sent or shown while it cannot be recorded: "

  @Test("while it is locked the operator's line stays, with one sentence, and can be said after")
  func operatorsLine() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      let other = try ForeignConnection(stage.database)
      try other.execute("BEGIN IMMEDIATE")
      try server.process.enter("hello")
      try server.process.waitFor(
        Self.refusal + "\(stage.database) is locked by another program.")
      try server.process.waitForInput("SERVER> hello")
      #expect(server.process.screen.paragraphs.occurrences(of: Self.refusal) == 1)
      #expect(!client.screen.text.contains("hello"))
      #expect(try stage.transcript() == ["tatyana native: client 1 hi; open"])
      try other.execute("COMMIT")
      try server.process.send(Keys.enter)
      try client.waitFor("SERVER> hello")
      #expect(try stage.transcript() == ["tatyana native: client 1 hi, server 1 hello; open"])
    }
  }

  @Test("while it is locked the peer's message is neither shown nor acknowledged, and both after")
  func peersMessage() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.nativePeer("raw", on: server.port)
      let other = try ForeignConnection(stage.database)
      try other.execute("BEGIN IMMEDIATE")
      try peer.send("say 1 hi\0")
      try server.process.waitFor(Self.refusal)
      #expect(!server.process.screen.text.contains("raw> hi"))
      #expect(!peer.receivedText.contains("ack"))
      try other.execute("COMMIT")
      try server.process.waitFor("Recording works again.")
      try server.process.waitFor("raw> hi")
      try peer.waitFor("ack 1\0")
      #expect(try stage.transcript() == ["raw native: client 1 hi; open"])
    }
  }

  @Test(
    "a full disk holds messages back until there is room, and loses none",
    .enabled(if: SmallDisk.isAvailable, "only root may mount a file system"))
  func fullDisk() throws {
    try Stage.run { stage in
      let disk = try SmallDisk()
      let path = disk.directory + "/transcript.db"
      let server = try stage.server("--database", path)
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("before")
      try server.process.waitForInput("SERVER> ")
      try disk.fill()
      // More than what the log's last page may still have room for.
      try server.process.enter(String(repeating: "x", count: 500))
      for number in 0..<50 where !server.process.screen.text.contains(Self.refusal) {
        try server.process.waitUntil("an outcome") {
          $0.text.contains(Self.refusal) || $0.text.contains("waiting for tatyana …")
        }
        if server.process.screen.text.contains(Self.refusal) { break }
        try client.waitForInput("tatyana> ")
        try client.enter("\(number)" + String(repeating: "y", count: 490))
        try server.process.waitUntil("an outcome") {
          $0.text.contains(Self.refusal) || $0.cursorLine == "SERVER> "
        }
        if server.process.screen.text.contains(Self.refusal) { break }
        try server.process.enter(String(repeating: "x", count: 500))
      }
      try server.process.waitFor(Self.refusal + "the disk with \(path) is full.")
      let recorded = try stage.transcript(at: path)
      disk.free()
      try server.process.send(Keys.enter)
      try server.process.waitUntil("recording again") {
        $0.text.contains("Recording works again.") || $0.text.contains("waiting for tatyana …")
      }
      #expect(try stage.transcript(at: path) != recorded)
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      #expect(
        try stage.transcript(at: path).last?.hasSuffix("closed by server, sigint (SIGTERM)") == true
      )
    }
  }

  @Test("a database deleted under the server is begun anew, and talk goes on")
  func deleted() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("before")
      try server.process.waitForInput("SERVER> ")
      for file in stage.files(in: stage.home + "/state/chatserve") where !file.hasSuffix("-lock") {
        unlink(stage.home + "/state/chatserve/" + file)
      }
      try server.process.enter("after")
      try client.waitFor("SERVER> after")
      try client.enter("\\quit")
      try server.process.waitFor(LeavingTests.clientLeft)
      let next = try stage.talker("mike", on: server.port)
      try next.enter("hi")
      try server.process.waitFor("mike> hi")
      let transcript = try stage.transcript()
      #expect(transcript.first?.contains("server 1 after; closed by client, quit") == true)
      #expect(transcript.last == "mike native: client 1 hi; open")
    }
  }

  @Test("several servers share one transcript")
  func shared() throws {
    try Stage.run { stage in
      let servers = [try stage.server(), try stage.server("--handle", "OTHER")]
      let clients = [
        try stage.talker("one", on: servers[0].port), try stage.talker("two", on: servers[1].port),
      ]
      for client in clients { try client.enter("hi") }
      try servers[0].process.waitFor("one> hi")
      try servers[1].process.waitFor("two> hi")
      #expect(
        try stage.transcript() == [
          "one native: client 1 hi; open", "two native: client 1 hi; open",
        ])
    }
  }
}
