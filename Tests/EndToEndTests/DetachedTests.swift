import Glibc
import Harness
import Testing

/// chatserve --detached: nobody is at the terminal.
@Suite struct DetachedTests {
  static let alone = "Nobody is at the server's terminal just now; you may leave a message."

  @Test("a client is told so, leaves its message, and gives up the floor for the next")
  func message() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--detached", "--idle-timeout", "2", input: "/dev/null")
      let client = try stage.talker("tatyana", on: server.port)
      try client.waitFor(Self.alone)
      let next = try stage.client(server.port, "--handle", "mike")
      try next.waitFor("You are number 1 in the queue.")
      try client.enter("call me")
      #expect(try client.exitStatus() == 75)
      #expect(
        client.screen.lines.last == "Nobody came to the server's terminal in time. Good Bye")
      try next.waitFor(Self.alone)
      try server.process.waitFor("has the floor.", times: 2)
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      #expect(server.process.outputText == "")
      #expect(!server.process.errorText.contains("call me"))
      let parts = [
        "tatyana (127.0.0.1:", "mike (127.0.0.1:", "waits in the queue", "had no answer",
      ]
      for part in parts {
        #expect(server.process.errorText.contains(part))
      }
      #expect(
        try stage.transcript() == [
          "tatyana native: client 1 call me; closed by server, timeout",
          "mike native: ; closed by server, sigint (SIGTERM)",
        ])
    }
  }

  @Test("a person with nc reads the same sentence, and in free leaves any number of messages")
  func lines() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--detached", "--mode", "free", input: "/dev/null")
      let peer = try PeerSocket(port: server.port)
      try peer.waitFor("SERVER\0")
      try peer.send("bob\none\ntwo\nthree\n")
      try peer.waitFor(Self.alone + "\n")
      try stage.waitForTranscript(["bob line: client 1 one, client 2 two, client 3 three; open"])
      peer.leave()
      try server.process.waitFor(") left.")
    }
  }

  @Test("the end of standard input means nothing, and neither does a hangup")
  func input() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--detached")
      server.process.closeInput()
      let client = try stage.talker("tatyana", on: server.port)
      try client.waitFor(Self.alone)
      try client.enter("hi")
      try stage.waitForTranscript(["tatyana native: client 1 hi; open"])
      // Who hangs up is a terminal.
      for process in [server.process.processID] + server.conversations { kill(process, SIGHUP) }
      try client.enter("\\who")
      try client.waitFor("You are talking with")
      #expect(server.process.peekOutcome() == nil)
    }
  }

  @Test(
    "words of somebody who left before the floor was free are in the transcript, and not in the log"
  )
  func leftEarly() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--detached", input: "/dev/null")
      let talker = try stage.nativePeer("tatyana", on: server.port, over: .clear)
      try talker.waitFor("away\0")
      let peer = try PeerSocket(port: server.port)
      try peer.send("bob\nsecret one\nsecret two\n")
      peer.sendEndOfFile()
      try peer.waitForEnd()
      talker.leave()
      try server.process.waitFor("; 2 unread messages of it are in the transcript.")
      try server.process.waitFor(") left.")
      #expect(!server.process.errorText.contains("secret"))
      #expect(
        try stage.transcript().last
          == "bob line: client 1 secret one (held), client 2 secret two (held); closed by client, eof"
      )
    }
  }

  @Test("it begins without a port at no terminal and on one alike: with a sentence and 64")
  func port() throws {
    try Stage.run { stage in
      let onPipes = try stage.onPipes(.chatserve, ["--detached"])
      #expect(try onPipes.exitStatus() == 64)
      let onTerminal = try stage.onTerminal(.chatserve, ["--detached"])
      #expect(try onTerminal.exitStatus() == 64)
    }
  }

  @Test("a conversation whose process is killed goes on, and its client reads it once")
  func killed() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--detached", "--mode", "free", input: "/dev/null")
      let client = try stage.talker("tatyana", on: server.port)
      try client.waitFor(Self.alone)
      try client.enter("one")
      try stage.waitForTranscript(["tatyana native: client 1 one; open"])
      let talk = try #require(server.conversations.first)
      kill(talk, SIGKILL)
      try server.process.waitFor(") is back.")
      try client.enter("two")
      try stage.waitForTranscript(["tatyana native: client 1 one, client 2 two; open"])
      #expect(client.screen.text.components(Self.alone) == 1)
    }
  }
}

extension String {
  /// How often it has `part`.
  fileprivate func components(_ part: String) -> Int { ranges(of: part).count }
}
