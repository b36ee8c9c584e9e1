import Harness
import Testing

@Suite struct LineDialectTests {
  static let begins = "The conversation begins; you speak first, then by turns.\n"

  @Test("a person with nc talks in lines and leaves with \\quit", arguments: Wire.allCases)
  func talk(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.linePeer("bob", on: server, over: wire)
      try peer.send("hi\r\n")
      try server.process.waitFor("bob> hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("hello")
      try peer.waitFor("SERVER> hello\n")
      try peer.send("\\quit\n")
      try peer.waitForEnd()
      #expect(peer.receivedText == "SERVER\0\(Self.begins)SERVER> hello\n")
      try server.process.waitFor(LeavingTests.clientLeft)
      #expect(
        try stage.transcript() == [
          "bob line: client 1 hi, server 1 hello; closed by client, quit"
        ])
    }
  }

  @Test("`name> text` as the first line is handle and message at once", arguments: Wire.allCases)
  func nameAndText(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try wire.peer(port: server.port)
      try peer.send("bob> hi\n")
      try server.process.waitFor("bob> hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("hello")
      try peer.waitFor("SERVER> hello\n")
      try peer.send("bob> again\n")
      try server.process.waitFor("bob> again")
      #expect(
        try stage.transcript().last == """
          bob line: client 1 hi, server 1 hello, client 2 again; open
          """)
    }
  }

  @Test(
    "what comes out of turn is held, and heard in order when its turn comes",
    arguments: Wire.allCases)
  func outOfTurn(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.linePeer("bob", on: server, over: wire)
      try peer.send("one\ntwo\n")
      try peer.waitFor("It is not your turn; your line is kept and shown when it comes.\n")
      try server.process.waitFor("bob> one")
      try server.process.waitForInput("SERVER> ")
      #expect(!server.process.screen.text.contains("two"))
      try server.process.enter("yes?")
      try server.process.waitFor("bob> two")
      #expect(
        try stage.transcript() == ["bob line: client 1 one, server 1 yes?, client 2 two; open"])
    }
  }

  @Test(
    "what was held when the peer leaves is recorded as held, and the operator reads it",
    arguments: Wire.allCases)
  func heldAtTheEnd(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.linePeer("bob", on: server, over: wire)
      try peer.send("one\ntwo\nthree\n")
      try server.process.waitFor("bob> one")
      peer.sendEndOfFile()
      try server.process.waitFor(LeavingTests.clientLeft)
      try server.process.waitFor("bob wrote this out of turn:")
      try server.process.waitFor("bob> three")
      #expect(
        try stage.transcript() == [
          "bob line: client 1 one, client 2 two (held), client 3 three (held); "
            + "closed by client, eof"
        ])
    }
  }

  @Test(
    "a name that is none is asked for again, in the prompt's sentence",
    arguments: [
      ("abcdefghijk", "User Name must be between [1-10] characters. Reenter a User Name: "),
      ("", "User Name must be between [1-10] characters. Reenter a User Name: "),
      ("two words", "User Name must be between [1-10] characters, in one word."),
      ("ba\u{1b}d", "User Name must be between [1-10] visible characters."),
      ("ba\u{202e}d", "User Name must be between [1-10] visible characters."),
    ])
  func badName(name: String, sentence: String) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try PeerSocket(port: server.port)
      try peer.send("\(name)\n")
      try peer.waitFor(sentence)
      try peer.send("bob\nhi\n")
      try server.process.waitFor("bob> hi")
      #expect(try stage.transcript() == ["bob line: client 1 hi; open"])
    }
  }

  @Test(
    "a message that is none is refused with a sentence, and the next is taken",
    arguments: Wire.allCases)
  func badMessage(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.linePeer("bob", on: server, over: wire)
      // An empty line says nothing and is not answered.
      try peer.send("\n")
      try peer.send(MockRunTests.tooLong + "\n")
      try peer.waitFor("ERROR: Your message is more than 500 characters long.")
      try peer.send("hi\n")
      try server.process.waitFor("bob> hi")
      #expect(!peer.receivedText.contains("less than 1 character"))
      #expect(try stage.transcript() == ["bob line: client 1 hi; open"])
    }
  }

  @Test("telnet's options are refused and never shown", arguments: Wire.allCases)
  func telnet(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try wire.peer(port: server.port)
      // WILL NAWS, DO ECHO; RFC 854.
      try peer.send([0xff, 0xfb, 0x1f, 0xff, 0xfd, 0x01] + Array("bob\r\n".utf8))
      try server.process.waitFor("waiting for bob …")
      try Deadline.poll("the refusals") {
        try peer.waitFor("SERVER\0")
        return peer.received.dropFirst(7).prefix(6) == [0xff, 0xfe, 0x1f, 0xff, 0xfc, 0x01]
      }
      // A window's size in the middle of a word, and the interrupt key.
      try peer.send(
        Array("h".utf8) + [0xff, 0xfa, 0x1f, 0, 80, 0, 24, 0xff, 0xf0] + Array("i".utf8)
          + [0xff, 0xf4] + Array("\r\n".utf8))
      try server.process.waitFor("bob> hi\n")
      #expect(try stage.transcript() == ["bob line: client 1 hi; open"])
    }
  }

  @Test("the goodbye of a server that is stopped is a sentence", arguments: Wire.allCases)
  func serverStops(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.linePeer("bob", on: server, over: wire)
      server.process.signal(15)
      try peer.waitForEnd()
      #expect(peer.receivedText == "SERVER\0\(Self.begins)\(LeavingTests.serversGoodbye)\n")
    }
  }

  @Test("a second person with nc is told the place in the queue", arguments: Wire.allCases)
  func place(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let first = try stage.linePeer("one", on: server, over: wire)
      let second = try wire.peer(port: server.port)
      try second.send("two\n")
      try second.waitFor("You are number 1 in the queue. \\quit leaves it.\n")
      try first.send("\\quit\n")
      try server.process.waitFor("waiting for two …")
    }
  }
}
