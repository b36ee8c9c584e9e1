import Harness
import Testing

/// From the connection on to the floor: what a person reads and types meanwhile.
@Suite struct ConnectingTests {
  @Test("what is typed while there is no connection is on the line once there is one")
  func typedEarly() throws {
    try Stage.run { stage in
      let server = try FakeServer()
      stage.link = .new
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try client.send("early\rand more")
      try client.waitFor("Connecting to 127.0.0.1 port \(server.port). Ctrl-C ends it.")
      #expect(!client.screen.text.contains("early"))
      try client.waitFor("bob> early")
      try peer.waitFor("early")
      try client.waitFor("and more")
      #expect(client.screen.lines.filter { $0.contains("early") } == ["bob> early"])
    }
  }

  @Test("Ctrl-C while there is no connection leaves the terminal as it was")
  func interruptedEarly() throws {
    try Stage.run { stage in
      let server = try FakeServer()
      stage.link = .new
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try client.send(Keys.interrupt)
      #expect(try client.exitStatus() == 130)
      #expect(peer.receivedText == "")
      #expect(client.isCooked)
      #expect(client.screen.text.allSatisfy { $0.isWhitespace }, "\(client.screen.text)")
    }
  }

  @Test(
    "who talks in clear to a server that wants encryption reads why, and leaves",
    arguments: [true, false], [true, false])
  func refusedInClear(isNamed: Bool, allows: Bool) throws {
    try Stage.run { stage in
      stage.link = .clear
      let list = stage.home + "/who"
      try SmallFile.write("", to: list)
      let server =
        try allows
        ? stage.server("--allow", list) : stage.server("--require-encryption")
      let client = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)"] + (isNamed ? ["--handle", "bob"] : []))
      if !isNamed { try client.send("bob\n") }
      #expect(try client.exitStatus() == 69, "\(client.evidence)")
      #expect(
        client.errorText.contains("The server refused: This server "), "\(client.errorText)")
    }
  }

  @Test("a reason and the end, at any moment before the floor", arguments: [0, 1, 2])
  func refusedLate(moment: Int) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "bob"])
      let peer = try server.accept()
      if moment > 0 {
        try peer.send("SERVER\0")
        try peer.waitFor("bob\0")
      }
      try peer.send("Not today.\n")
      if moment == 2 { #expect(throws: HarnessFailure.self) { try peer.waitForEnd(within: 0.1) } }
      peer.leave()
      #expect(try client.exitStatus() == 69, "\(client.evidence)")
      #expect(client.errorText.contains("The server refused: Not today."))
    }
  }

  @Test("a message that is cut where one of its rows ends is a lost connection")
  func cutRow() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "bob"])
      let peer = try server.accept()
      try peer.giveFloor(to: "bob")
      try client.send("hi\n")
      try peer.waitFor("say 1 hi\0")
      try peer.send("ack 1\0say 1 one row\n")
      peer.leave()
      #expect(try client.exitStatus() == 74, "\(client.evidence)")
    }
  }
}
