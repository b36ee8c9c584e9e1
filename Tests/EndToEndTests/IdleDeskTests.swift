import Glibc
import Harness
import Testing

/// An operator who is alone.
@Suite struct IdleDeskTests {
  static let question = "Stop the server (y/n)? \\quit once more stops it too."
  static let nobody = "Nobody is here to talk to yet. Up or \\draft brings the line back."

  /// Waits until keys come as keys: the desk has the terminal.
  private func waitForDesk(_ process: PtyProcess) throws {
    try Deadline.poll("a desk") {
      process.readAvailable()
      return !process.isCooked
    }
  }

  private func idle(_ stage: Stage, _ options: String...) throws -> Server<PtyProcess> {
    let server =
      try options.isEmpty ? stage.server() : stage.server("--mode", "free")
    try waitForDesk(server.process)
    return server
  }

  @Test("nothing is drawn until a key is pressed, and what is erased leaves nothing")
  func nothingIsDrawn() throws {
    try Stage.run { stage in
      let server = try idle(stage)
      let before = server.process.screen.text
      try server.process.send("hel")
      try server.process.waitForInput("SERVER> hel")
      try server.process.send(Keys.interrupt)
      try server.process.waitUntil("an empty row") { $0.text == before }
      #expect(server.process.peekOutcome() == nil)
    }
  }

  @Test("half a line is erased when somebody comes, and offered, not put on the line")
  func halfALine() throws {
    try Stage.run { stage in
      let server = try idle(stage)
      try server.process.send("for mike al")
      try server.process.waitForInput("SERVER> for mike al")
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      let rows = server.process.screen.lines
      #expect(!rows.contains("SERVER> for mike al"))
      #expect(
        rows.contains("Not sent before; Up or \\draft brings it back: for mike al"), "\(rows)")
      // One Enter sends nothing of it.
      try server.process.send(Keys.enter)
      try server.process.waitFor("ERROR: Your message is less than 1 character long.")
      try server.process.send(Keys.up)
      try server.process.waitForInput("SERVER> for mike al")
      try server.process.send(Keys.killLine)
      try server.process.enter("\\draft")
      try server.process.waitForInput("SERVER> for mike al")
      try server.process.enter("one")
      try client.waitFor("SERVER> for mike alone")
    }
  }

  @Test(
    "\\quit asks once, and stops at the second", arguments: ["\\quit\r", "y\r", Keys.endOfFile])
  func quit(second: String) throws {
    try Stage.run { stage in
      let server = try idle(stage)
      try server.process.enter("\\quit")
      try server.process.waitFor(Self.question)
      #expect(server.process.peekOutcome() == nil)
      try server.process.send(second)
      #expect(try server.process.exitStatus() == 0)
      #expect(server.process.mode == server.process.originalMode)
      #expect(try stage.runsUnstopped() == 0)
    }
  }

  @Test("n, no and any other line answer no, and \\quit asks again")
  func notQuit() throws {
    try Stage.run { stage in
      let server = try idle(stage)
      try server.process.enter("\\quit")
      try server.process.waitFor(Self.question)
      // A line of another kind is kept, as ever.
      try server.process.enter("not yet")
      try server.process.waitFor("Not sent: not yet")
      for (count, answer) in ["n", "no", "No"].enumerated() {
        try server.process.enter("\\quit")
        try server.process.waitFor(Self.question, times: count + 2)
        try server.process.enter(answer)
      }
      try server.process.enter("\\quit")
      try server.process.waitFor(Self.question, times: 5)
      #expect(!server.process.screen.text.contains("Not sent: n\n"))
      #expect(server.process.screen.text.occurrences(of: "Not sent: ") == 1)
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitFor("tatyana> hi")
    }
  }

  @Test("no command that was typed before a peer came acts on that peer")
  func commandsBefore() throws {
    try Stage.run { stage in
      let server = try idle(stage)
      // At the same moment as the peer.
      for number in 1...5 {
        try server.process.send("\\quit\rno \(number)\r")
        let client = try stage.talker("amy\(number)", on: server.port)
        try client.enter("hi")
        try server.process.waitFor("amy\(number)> hi")
        try server.process.waitForInput("SERVER> ")
        #expect(client.peekOutcome() == nil)
        try server.process.enter("\\quit")
        #expect(try client.exitStatus() == 0)
        try server.process.waitFor(LeavingTests.serverLeft, times: number)
      }
      #expect(server.process.peekOutcome() == nil)
    }
  }

  @Test("Enter keeps lines apart, and Up finds each of them in the conversation")
  func linesApart() throws {
    try Stage.run { stage in
      let server = try idle(stage)
      try server.process.send("zzzidle typing\r\\help\rsecond line\r")
      try server.process.waitFor("Not sent: zzzidle typing")
      try server.process.waitFor("stops the server, after a question")
      try server.process.waitFor("Not sent: second line")
      #expect(server.process.screen.text.occurrences(of: Self.nobody) == 1)
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.send(Keys.up)
      try server.process.waitForInput("SERVER> second line")
      try server.process.send(Keys.up)
      try server.process.waitForInput("SERVER> zzzidle typing")
      try server.process.send(Keys.enter)
      try client.waitFor("SERVER> zzzidle typing")
    }
  }

  @Test("lines said in one conversation are found by Up at the idle desk and in the next")
  func historyOfTheRun() throws {
    try Stage.run { stage in
      let server = try idle(stage)
      let first = try stage.talker("tatyana", on: server.port)
      try first.enter("hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("how do you do")
      try first.waitFor("SERVER> how do you do")
      try first.enter("\\quit")
      try server.process.waitFor(LeavingTests.clientLeft)
      try waitForDesk(server.process)
      try server.process.send(Keys.up)
      try server.process.waitForInput("SERVER> how do you do")
      try server.process.send(Keys.interrupt)
      try server.process.waitForInput("")
      let second = try stage.talker("mike", on: server.port)
      try second.enter("hello")
      try server.process.waitForInput("SERVER> ")
      try server.process.send("\u{12}do you")
      try server.process.waitForInput("(search) do you: how do you do")
      try server.process.send(Keys.enter)
      try second.waitFor("SERVER> how do you do")
    }
  }

  @Test("a draft is offered to the eye once, and to Up for the run")
  func offeredOnce() throws {
    try Stage.run { stage in
      let server = try idle(stage)
      try server.process.enter("for mike")
      try server.process.waitFor("Not sent: for mike")
      let offer = "Not sent before; Up or \\draft brings it back: for mike"
      for name in ["ann", "bob"] {
        let client = try stage.talker(name, on: server.port)
        try client.enter("hi")
        try server.process.waitFor("\(name)> hi")
        try server.process.waitForInput("SERVER> ")
        #expect(server.process.screen.text.occurrences(of: offer) == 1)
        try server.process.send(Keys.up)
        try server.process.waitForInput("SERVER> for mike")
        try server.process.send(Keys.killLine)
        try server.process.waitForInput("SERVER> ")
        try client.enter("\\quit")
        try server.process.waitUntil("the end of \(name)") {
          $0.text.occurrences(of: LeavingTests.clientLeft) == (name == "ann" ? 1 : 2)
        }
      }
    }
  }

  @Test("\\who says who has connected and who left last, \\history what was said")
  func who() throws {
    try Stage.run { stage in
      let server = try idle(stage)
      try server.process.enter("\\who")
      try server.process.waitFor("Nobody is here, and nobody waits.")
      try server.process.enter("\\history")
      try server.process.waitFor("Nobody was here in this run of the server.")
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("the one thing")
      try server.process.waitFor("tatyana> the one thing")
      try client.enter("\\quit")
      try server.process.waitFor(LeavingTests.clientLeft)
      let silent = try PeerSocket(port: server.port)
      try silent.waitFor("SERVER\0")
      try server.process.enter("\\who")
      try server.process.waitFor(" has connected and not said a name. tatyana (127.0.0.1:")
      try server.process.waitFor(") left last, at ")
      try server.process.enter("\\history")
      try server.process.waitFor("The last message with tatyana:")
      try server.process.waitFor("tatyana> the one thing", times: 2)
    }
  }

  @Test("a killed desk is replaced, the terminal is put back, and peers come meanwhile")
  func deskDies() throws {
    try Stage.run { stage in
      let server = try idle(stage)
      kill(try #require(server.desk), SIGKILL)
      try server.process.waitFor("The process of the prompt ended (signal 9); another is started.")
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitFor("tatyana> hi")
      try client.enter("\\quit")
      try server.process.waitFor(LeavingTests.clientLeft)
      try waitForDesk(server.process)
      try server.process.enter("\\who")
      try server.process.waitFor("Nobody is here, and nobody waits.")
    }
  }

  @Test("a desk that hangs keeps nobody from the floor, and a signal from nothing")
  func deskHangs() throws {
    try Stage.run { stage in
      let server = try idle(stage)
      kill(try #require(server.desk), SIGSTOP)
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitFor("tatyana> hi")
      try client.enter("\\quit")
      try server.process.waitFor(LeavingTests.clientLeft)
      try Deadline.poll("another desk") { server.desk != nil }
      kill(try #require(server.desk), SIGSTOP)
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      #expect(server.process.mode == server.process.originalMode)
    }
  }

  @Test("when the listener dies the desk goes and leaves the terminal as it was")
  func listenerDies() throws {
    try Stage.run { stage in
      let shell = try stage.shelledServer()
      try waitForDesk(shell.process)
      try shell.process.send("half")
      try shell.process.waitForInput("SERVER> half")
      kill(shell.listener, SIGKILL)
      try shell.process.waitFor("status 137")
      try Deadline.poll("the terminal as it was") { shell.process.isCooked }
      try shell.process.waitFor("Not sent: half")
    }
  }

  @Test("in plain mode on a terminal commands act at once, and lines are kept")
  func plain() throws {
    try Stage.run { stage in
      let server = try stage.server("--plain")
      try Deadline.poll("a desk") { server.desk != nil }
      try server.process.send("for mike\n\\who\n\\quit\n")
      try server.process.waitFor("Not sent: for mike")
      try server.process.waitFor("Nobody is here, and nobody waits.")
      try server.process.waitFor(Self.question)
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitFor("tatyana> hi")
      try server.process.waitFor("Not sent before; \\draft shows it again: for mike")
      try server.process.send("hello\n")
      try client.waitFor("SERVER> hello")
      #expect(!client.screen.text.contains("for mike"))
    }
  }

  @Test("in plain mode Ctrl-D asks as \\quit does, and a second one stops")
  func plainEndOfFile() throws {
    try Stage.run { stage in
      let server = try stage.server("--plain")
      try Deadline.poll("a desk") { server.desk != nil }
      try server.process.send(Keys.endOfFile)
      try server.process.waitFor(Self.question)
      try server.process.send(Keys.endOfFile)
      #expect(try server.process.exitStatus() == 0)
    }
  }

  @Test("a terminal that is closed ends an idle server in good order")
  func hangUp() throws {
    try Stage.run { stage in
      let server = try idle(stage)
      try server.process.send("half")
      try server.process.waitForInput("SERVER> half")
      server.process.hangUp()
      #expect(try server.process.exitStatus() == 0)
      #expect(try stage.runsUnstopped() == 0)
      #expect(server.process.children == [])
    }
  }

  @Test("a signal ends an idle server with half a line, which stays on the screen")
  func signal() throws {
    try Stage.run { stage in
      let server = try idle(stage)
      try server.process.send("half")
      try server.process.waitForInput("SERVER> half")
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      #expect(server.process.screen.lines.last == "Not sent: half")
      #expect(server.process.mode == server.process.originalMode)
    }
  }

  @Test("a server whose input is no terminal has no desk")
  func noDesk() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer()
      let peer = try stage.nativePeer("ann", on: server.port)
      peer.leave()
      try server.process.waitFor("Waiting for new connection...")
      #expect(server.desk == nil)
    }
  }

  @Test("Ctrl-Z and bg: the server serves on, and leaves the terminal to the shell")
  func background() throws {
    try Stage.run { stage in
      let shell = try stage.interactiveServer()
      try shell.process.send("half")
      try shell.process.waitForInput("SERVER> half")
      try shell.process.send(Keys.suspend)
      try shell.process.waitFor("Stopped")
      #expect(shell.process.isCooked)
      try shell.process.enter("bg")
      let peer = try PeerSocket(port: shell.port)
      try peer.waitFor("SERVER\0")
      try shell.process.enter("echo in the she'll'")
      try shell.process.waitFor("in the shell")
      #expect(shell.process.isCooked)
      #expect(ProcessTable.entry(shell.listener)?.state != "T")
      peer.leave()
      try shell.process.enter("fg")
      try waitForDesk(shell.process)
      try shell.process.send(Keys.up)
      try shell.process.waitForInput("SERVER> half")
      try shell.process.send(Keys.interrupt + Keys.interrupt)
      try shell.process.waitUntil("the shell again") {
        $0.cursorLine.hasSuffix("$ ") || $0.cursorLine.hasSuffix("# ")
      }
    }
  }
}
