import Glibc
import Harness
import Testing

/// What is half typed at a terminal without an editor when something arrives, when
/// Ctrl-C is pressed, and where a program that died left the mouse on.
@Suite struct PlainTypingTests {
  private static let reset =
    "\u{1b}[?9;1000;1001;1002;1003;1005;1006;1015;1016l\u{1b}[=0u\u{1b}[>4;0m\u{1b}[0m"

  private func bob(_ stage: Stage, _ port: UInt16) throws -> PtyProcess {
    let client = try stage.client(port, "--plain", "--handle", "bob")
    try client.waitForInput("bob> ")
    return client
  }

  @Test("half a line typed out of turn is behind the name when the turn comes")
  func outOfTurn() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try bob(stage, server.port)
      try client.enter("one")
      try server.process.waitForInput("SERVER> ")
      try client.send("half ahead")
      try client.waitFor("half ahead")
      try server.process.enter("reply")
      // Blanks are behind it, where the row was cleared.
      try client.waitFor("bob> half ahead")
      #expect(client.rowsRead() == ["bob> one", "SERVER> reply", "bob> half ahead"])
      try client.enter(" of it")
      try server.process.waitFor("bob> half ahead of it")
      #expect(client.rowsRead() == ["bob> one", "SERVER> reply", "bob> half ahead of it"])
    }
  }

  @Test("where both speak at any time, half a line is behind what arrives, each time")
  func free() throws {
    try Stage.run { stage in
      let server = try stage.server("--mode", "free")
      let client = try bob(stage, server.port)
      try client.send("half")
      try client.waitForInput("bob> half")
      for number in 1...2 {
        try server.process.waitForInput("SERVER> ")
        try server.process.enter("row \(number)")
        try client.waitFor("SERVER> row \(number)")
        try client.waitForInput("bob> half")
      }
      try client.enter(" more")
      try server.process.waitFor("bob> half more")
      try client.waitForInput("bob> ")
      #expect(
        client.rowsRead() == ["SERVER> row 1", "SERVER> row 2", "bob> half more", "bob>"])
    }
  }

  @Test("half a line of an idle server is off the row when somebody comes, and offered")
  func idle() throws {
    try Stage.run { stage in
      let server = try stage.server("--plain")
      try server.process.send("idle half")
      try server.process.waitFor("idle half")
      _ = try stage.talker("tatyana", on: server.port)
      let offer = "* Not sent before; \\draft shows it again: idle half"
      try server.process.waitFor(offer)
      let shown = server.process.rowsRead()
      #expect(shown.suffix(2) == ["Connection with client opened.", offer], "\(shown)")
      #expect(shown.filter { $0.contains("idle half") } == [offer])
      try server.process.enter("\\draft")
      try server.process.waitFor("* Not sent: idle half")
    }
  }

  @Test("half a line at the end of a conversation is told")
  func end() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try bob(stage, server.port)
      try client.send("half")
      try client.waitForInput("bob> half")
      try server.process.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      #expect(client.rowsRead().first == "* Not sent: half")
    }
  }

  @Test("Ctrl-C clears half a line, and leaves where there is none")
  func interrupt() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try bob(stage, server.port)
      try client.send("half")
      try client.waitForInput("bob> half")
      try client.send(Keys.interrupt)
      try client.waitFor("bob> half^C")
      try client.waitForInput("bob> ")
      try client.enter("whole")
      try server.process.waitFor("bob> whole")
      try client.send(Keys.interrupt)
      try server.process.waitFor("Waiting for new connection...")
      _ = try client.exitStatus()
    }
  }

  @Test("Ctrl-C clears what an idle server's operator has half typed, and stops it then")
  func interruptAtAnIdleServer() throws {
    try Stage.run { stage in
      let server = try stage.server("--plain")
      // An answer shows that its desk has the terminal.
      try server.process.enter("\\who")
      try server.process.waitFor("* Nobody is here")
      try server.process.send("half")
      try server.process.waitFor("half")
      try server.process.send(Keys.interrupt)
      try server.process.waitFor("half^C")
      try server.process.enter("\\history")
      try server.process.waitFor("* Nobody was here in this run of the server.")
      try server.process.send(Keys.interrupt)
      _ = try server.process.exitStatus()
    }
  }

  @Test("SIGINT from elsewhere stops at once, whatever is half typed")
  func signal() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try bob(stage, server.port)
      try client.send("half")
      try client.waitForInput("bob> half")
      client.signal(SIGINT)
      _ = try client.exitStatus()
      #expect(client.rowsRead().first == "* Not sent: half")
    }
  }

  @Test("reports of the mouse and arrows are no text, and are switched off at the start")
  func mouse() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try bob(stage, server.port)
      let output = String(decoding: client.output, as: UTF8.self)
      #expect(output.hasPrefix(Self.reset))
      #expect(!output.dropFirst(Self.reset.count).contains("\u{1b}"))
      try client.enter("one\u{1b}[<0;10;5M\u{1b}[<0;10;5m two\u{1b}[D")
      try server.process.waitFor("bob> one two\n")
    }
  }

  @Test("a terminal that is dumb gets no escape sequence at all")
  func dumb() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.onTerminal(
        path: "/usr/bin/env",
        ["TERM=dumb", Program.chatclient.path, "127.0.0.1", "\(server.port)", "--handle", "bob"])
      try client.waitForInput("bob> ")
      try client.send(Keys.endOfFile)
      #expect(try client.exitStatus() == 0)
      #expect(!client.output.contains(0x1b))
    }
  }
}
