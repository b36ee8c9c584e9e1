import Harness
import Testing

/// chatclient against servers that are none, or not chatserve.
@Suite struct FakeServerTests {
  @Test("a server that is silent for 2 s is spoken to in lines")
  func silentServer() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try client.waitForInput("bob> ")
      try client.enter("hi")
      try peer.waitFor("\n")
      #expect(peer.receivedText == "bob> hi\n")
      try peer.send("ann> hello\n")
      try client.waitFor("ann> hello")
      try client.waitForInput("bob> ")
      peer.sendEndOfFile()
      #expect(try client.exitStatus() == 0)
      #expect(client.screen.lines.last == LeavingTests.serversGoodbye)
    }
  }

  @Test("a server that closes at once is a lost connection")
  func closesAtOnce() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "bob"])
      try server.accept().leave()
      #expect(try client.exitStatus() == 74)
      #expect(client.errorText.hasPrefix("The connection was lost. "))
      #expect(client.errorText.occurrences(of: "\n") == 1)
      #expect(client.outputText == "")
    }
  }

  @Test("a sentence instead of a greeting is the reason of a refusal")
  func refusal() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "bob"])
      let peer = try server.accept()
      try peer.send("Come back \u{1b}[31mtomorrow.\n")
      peer.leave()
      #expect(try client.exitStatus() == 69)
      #expect(client.errorText == "The server refused: Come back \\x1b[31mtomorrow.\n")
    }
  }

  @Test(
    "a native server that breaks the protocol is told so and left with 74",
    arguments: BadRecord.fromServer)
  func malformed(record: BadRecord) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try peer.giveFloor(to: "bob")
      try client.waitForInput("bob> ")
      try? peer.send(record.text)
      try? peer.waitForEnd()
      #expect(peer.receivedText.hasSuffix("quit error\0"))
      peer.leave()
      #expect(try client.exitStatus() == 74)
      #expect(client.screen.lines.contains { $0.hasPrefix("The connection was lost. What came") })
      #expect(client.isCooked)
    }
  }

  @Test(
    "notices that a server causes without end are counted, not shown",
    arguments: [
      ("floor\0", "deny no\0", "no"), ("floor\0", "idle 100 50\0", "said nothing for"),
    ])
  func notices(opening: String, flood: String, shown: String) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--plain", "--handle", "bob")
      let peer = try server.accept()
      try peer.send("SERVER\0")
      try peer.waitFor("bob\0")
      try peer.send("mode turns\0" + opening)
      for _ in 0..<60 {
        try peer.send(String(repeating: flood, count: 10) + "ping\0")
      }
      try peer.waitFor("pong\0")
      try client.waitFor("could not be shown: there were too many.")
      #expect(client.screen.lines.filter { $0.contains(shown) }.count < 20)
    }
  }

  @Test("binary garbage reaches no screen raw, and the client can be left")
  func garbage() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try peer.send([0x1b, 0x5b, 0x32, 0x4a, 0xff, 0xfe, 0x9b, 0x33, 0x31, 0x6d])
      try client.waitForInput("bob> ")
      try client.enter("what?")
      try peer.waitFor("what?")
      try peer.send([0x1b, 0x5b, 0x32, 0x4a, 0x07, 0xff, 0x80])
      try client.waitFor("\\x1b[2J\\x07")
      #expect(client.screen.unknown == [] && client.screen.bells == 0)
      try client.enter("\\quit")
      try peer.waitForEnd()
      peer.leave()
      #expect(try client.exitStatus() == 0)
    }
  }

  @Test("a connection that breaks in mid-conversation is lost, with 74")
  func reset() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try peer.giveFloor(to: "bob")
      try client.waitForInput("bob> ")
      peer.reset()
      #expect(try client.exitStatus() == 74)
      #expect(client.screen.lines.last?.hasPrefix("The connection was lost. ") == true)
      #expect(client.isCooked)
    }
  }

  @Test(
    "a server that calls itself as the user does, or nearly so, is marked",
    arguments: ["bob", "Bob", "b\u{43e}b", "bob.", "bob\u{fe0f}", "p\u{430}ul", "bob>ok"])
  func impostor(handle: String) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try peer.send("\(handle)\0")
      try peer.waitFor("bob\0")
      try peer.send("mode free\0floor\0say 1 I owe you 1000\0")
      // What is not seen is shown by name.
      let shown = handle.unicodeScalars.map { $0 == "\u{fe0f}" ? "\\u{fe0f}" : String($0) }.joined()
      try client.waitFor("\(shown)(server)> I owe you 1000")
      #expect(!client.screen.lines.contains { $0.hasPrefix("\(shown)> I owe") })
    }
  }

  @Test("what was said and never confirmed is named at the end")
  func unconfirmed() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try peer.giveFloor(to: "bob")
      try client.waitForInput("bob> ")
      try client.enter("are you there?")
      try peer.waitFor("say 1 are you there?\0")
      peer.leave()
      #expect(try client.exitStatus() == 74)
      try client.waitFor("The server did not confirm 1 message of yours; it may be lost:")
      #expect(client.screen.text.occurrences(of: "bob> are you there?") == 2)
    }
  }
}
