import Harness
import Testing

@Suite struct FilterTests {
  @Test("chatclient says the lines of a pipe in turn and leaves at its end")
  func client() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.onPipes(
        .chatclient, ["localhost", "\(server.port)", "--handle", "bob"])
      try client.send("hi\nbye\n")
      client.closeInput()
      try server.process.waitFor("bob> hi")
      try server.process.waitForInput("SERVER> ")
      #expect(!server.process.screen.text.contains("bob> bye"))
      try server.process.enter("hello")
      try server.process.waitFor("bob> bye")
      #expect(try client.exitStatus() == 0)
      try server.process.waitFor(LeavingTests.clientLeft)
      #expect(
        client.outputText == """
          bob> hi
          SERVER> hello
          bob> bye
          You have requested to close this connection. Good Bye

          """)
      #expect(
        try stage.transcript() == [
          "bob native: client 1 hi, server 1 hello, client 2 bye; closed by client, quit"
        ])
    }
  }

  @Test("a last line without its end is said too")
  func lastLine() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.onPipes(
        .chatclient, ["localhost", "\(server.port)", "--handle", "bob"])
      try client.send("no end")
      client.closeInput()
      #expect(try client.exitStatus() == 0)
      try stage.waitForTranscript(["bob native: client 1 no end; closed by client, quit"])
    }
  }

  @Test("replies from a pipe: a line a turn, and none is lost between conversations")
  func server() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer()
      try server.process.send("one\ntwo\nthree\nfo")
      let first = try stage.nativePeer("ann", on: server.port)
      for (number, reply) in [(1, "one"), (2, "two"), (3, "three")] {
        try first.send("say \(number) a\(number)\0")
        try first.waitFor("say \(number) \(reply)\0")
        try first.send("ack \(number)\0")
      }
      // Its turn, and half a line is there.
      try first.send("say 4 a4\0")
      try first.waitFor("ack 4\0")
      try first.send("quit user\0")
      try server.process.waitFor(LeavingTests.clientLeft)

      let second = try stage.nativePeer("bob", on: server.port)
      try second.send("say 1 b1\0")
      try server.process.waitFor("bob> b1")
      try server.process.send("ur\nfive\n")
      try second.waitFor("say 1 four\0")
      try second.send("ack 1\0say 2 b2\0")
      try second.waitFor("say 2 five\0")
      try second.send("ack 2\0quit user\0")
      try server.process.waitFor(LeavingTests.clientLeft, times: 2)
      #expect(
        server.process.outputText == """
          Connection with client opened.
          ann> a1
          SERVER> one
          ann> a2
          SERVER> two
          ann> a3
          SERVER> three
          ann> a4
          \(LeavingTests.clientLeft)

          Connection with client opened.
          bob> b1
          SERVER> four
          bob> b2
          SERVER> five
          \(LeavingTests.clientLeft)


          """)
    }
  }

  @Test("a reply that is no message is refused, and the next line answers")
  func badReply() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer()
      try server.process.send(MockRunTests.tooLong + "\n\nfine\n")
      let peer = try stage.nativePeer("ann", on: server.port)
      try peer.send("say 1 hi\0")
      try peer.waitFor("say 1 fine\0")
      try server.process.waitFor("ERROR: Your message is more than 500 characters long.")
      try server.process.waitFor("ERROR: Your message is less than 1 character long.")
    }
  }

  @Test("with nobody at standard input the server says goodbye at its first turn")
  func nobodyInTurns() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer(input: "/dev/null")
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      #expect(try client.exitStatus() == 0)
      #expect(client.screen.lines.last == LeavingTests.serversGoodbye)
      #expect(
        try stage.transcript() == ["tatyana native: client 1 hi; closed by server, quit"])
    }
  }

  @Test("in free mode it listens and records instead")
  func nobodyInFree() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free", input: "/dev/null")
      let client = try stage.talker("tatyana", on: server.port)
      for text in ["one", "two", "three"] { try client.enter(text) }
      try server.process.waitFor("tatyana> three")
      #expect(server.process.errorText.contains("Standard input has ended"))
      #expect(
        try stage.transcript() == [
          "tatyana native: client 1 one, client 2 two, client 3 three; open"
        ])
    }
  }

  @Test("the conversation alone is on standard output, notices are on standard error")
  func channels() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitFor("tatyana> hi")
      try client.enter("\\quit")
      try server.process.waitFor(LeavingTests.clientLeft)
      #expect(
        server.process.outputText
          == "Connection with client opened.\ntatyana> hi\n\(LeavingTests.clientLeft)\n\n")
      #expect(server.process.errorText.hasPrefix("Listening on port \(server.port) at "))
      let rest = stage.link == .clear ? FirstContactTests.notEncrypted + "\n" : ""
      #expect(
        server.process.errorText.hasSuffix(
          " Transcript: \(stage.database). Ctrl-C stops.\n" + rest))
      #expect(!server.process.outputText.contains("\u{1b}"))
    }
  }

  @Test("a line break inside a message is one line of a pipe")
  func lineBreak() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer()
      let peer = try stage.nativePeer("ann", on: server.port)
      try peer.send("say 1 hi\nSERVER> forged\0")
      try server.process.waitFor("ann> hi")
      try server.process.waitFor("\n")
      #expect(server.process.outputText.contains("ann> hi\\nSERVER> forged\n"))
    }
  }
}
