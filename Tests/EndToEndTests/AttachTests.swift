import Glibc
import Harness
import Testing

/// `chatserve attach`: a terminal for a server that was started without one.
@Suite struct AttachTests {
  static let goesOn = "Detached; the server at port"

  @Test("at the idle desk: help, and \\detach, Ctrl-C, Ctrl-D or \\quit give the terminal back")
  func idle() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer()
      for keys in ["\\detach\r", Keys.interrupt, Keys.endOfFile, "\\quit\r"] {
        let terminal = try stage.attached(to: server.port)
        try terminal.enter("\\help")
        try terminal.waitFor("\\detach   the terminal back; the server and the talk go on")
        try terminal.send(keys)
        try terminal.waitFor(Self.goesOn)
        #expect(try terminal.waitForReturn())
        #expect(server.process.peekOutcome() == nil)
      }
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      #expect(stage.files(in: stage.runtime).isEmpty)
    }
  }

  @Test("in turns: what was said is shown, an answer goes out, and detached the talk goes on")
  func turns() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer()
      let client = try stage.talker("tatyana", on: server.port)
      try client.waitFor(DetachedTests.alone)
      try client.enter("are you there?")
      try stage.waitForTranscript(["tatyana native: client 1 are you there?; open"])
      var terminal = try stage.attached(to: server.port)
      try terminal.waitFor("The last message with tatyana")
      try terminal.waitFor("tatyana> are you there?")
      try terminal.waitForInput("SERVER> ")
      try terminal.enter("I am")
      try client.waitFor("SERVER> I am")
      try terminal.enter("\\detach")
      #expect(try terminal.waitForReturn())
      try client.waitForInput("tatyana> ")
      try client.enter("and now?")
      try stage.waitForTranscript([
        "tatyana native: client 1 are you there?, server 1 I am, client 2 and now?; open"
      ])
      terminal = try stage.attached(to: server.port)
      try terminal.waitFor("tatyana> and now?")
      try terminal.waitForInput("SERVER> ")
      try terminal.enter("still")
      try client.waitFor("SERVER> still")
      #expect(terminal.screen.text.occurrences(of: "and now?") == 1)
      // \quit ends the talk, as at any desk, and the terminal is the idle desk's.
      try client.enter("bye")
      try terminal.waitFor("tatyana> bye")
      try terminal.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      try terminal.enter("\\who")
      try terminal.waitFor("tatyana")
      try terminal.enter("\\detach")
      #expect(try terminal.waitForReturn())
    }
  }

  @Test("in free: a line that is typed and not said is on the line when a terminal comes back")
  func draft() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer("free")
      let client = try stage.talker("tatyana", on: server.port)
      var terminal = try stage.attached(to: server.port)
      try client.enter("one")
      try terminal.waitFor("tatyana> one")
      try terminal.send("half a li")
      try terminal.waitForInput("SERVER> half a li")
      terminal.signal(SIGTERM)
      #expect(try terminal.waitForReturn())
      try client.enter("two")
      try stage.waitForTranscript(["tatyana native: client 1 one, client 2 two; open"])
      terminal = try stage.attached(to: server.port)
      try terminal.waitFor("tatyana> two")
      try terminal.waitForInput("SERVER> half a li")
      try terminal.enter("ne")
      try client.waitFor("SERVER> half a line")
    }
  }

  @Test("what was typed at the idle desk outlives a killed conversation that nobody attended")
  func draftOfNobody() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer("free")
      var terminal = try stage.attached(to: server.port)
      try terminal.send("half a li")
      try terminal.waitFor("half a li")
      terminal.signal(SIGTERM)
      #expect(try terminal.waitForReturn())
      let client = try stage.talker("tatyana", on: server.port)
      try client.waitFor(DetachedTests.alone)
      kill(try #require(server.conversations.first), SIGKILL)
      try server.process.waitFor(") is back.")
      terminal = try stage.attached(to: server.port)
      try terminal.waitFor("brings it back: half a li")
    }
  }

  @Test("a client that comes back reads that somebody has come meanwhile")
  func cameMeanwhile() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer("free")
      let client = try stage.talker("tatyana", on: server.port)
      try client.waitFor(DetachedTests.alone)
      client.signal(SIGSTOP)
      kill(try #require(server.conversations.first), SIGKILL)
      try Deadline.poll("its death") { server.conversations.isEmpty }
      let terminal = try stage.attached(to: server.port)
      client.signal(SIGCONT)
      try client.waitFor("Somebody is at the server's terminal now.")
      try terminal.enter("here")
      try client.waitFor("SERVER> here")
    }
  }

  @Test("the file of typed lines comes with the terminal and goes with it")
  func typedLines() throws {
    try Stage.run { stage in
      let path = stage.home + "/typed"
      let server = try stage.detachedServer("free", typedLines: path)
      _ = try stage.talker("tatyana", on: server.port)
      let talk = try #require(server.conversations.first)
      for _ in 0..<2 {
        let terminal = try stage.attached(to: server.port)
        try terminal.waitForInput("SERVER> ")
        #expect(OpenFiles.paths(of: talk).contains(path))
        try terminal.enter("\\detach")
        #expect(try terminal.waitForReturn())
        #expect(!OpenFiles.paths(of: talk).contains(path))
      }
    }
  }

  @Test("who comes gets the attached terminal, and the next after them")
  func arrival() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer("free")
      let terminal = try stage.attached(to: server.port)
      for name in ["tatyana", "mike"] {
        let client = try stage.talker(name, on: server.port)
        try client.enter("hi from \(name)")
        try terminal.waitFor("\(name)> hi from \(name)")
        #expect(!client.screen.text.contains(DetachedTests.alone))
        try terminal.enter("hello \(name)")
        try client.waitFor("SERVER> hello \(name)")
        try client.enter("\\quit")
        #expect(try client.exitStatus() == 0)
      }
      try terminal.send(Keys.interrupt)
      #expect(try terminal.waitForReturn())
    }
  }

  @Test("words of a talk that nobody saw the end of are shown at the idle desk")
  func unseen() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer("free")
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("call me")
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      try server.process.waitFor(") left.")
      var terminal = try stage.attached(to: server.port)
      try terminal.waitFor("tatyana> call me")
      try terminal.enter("\\detach")
      #expect(try terminal.waitForReturn())
      // Once.
      terminal = try stage.attached(to: server.port)
      try terminal.enter("\\who")
      try terminal.waitFor("tatyana")
      #expect(!terminal.screen.text.contains("call me"))
    }
  }

  @Test("a killed terminal leaves the talk as it is, and another can come")
  func killedTerminal() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer("free")
      let client = try stage.talker("tatyana", on: server.port)
      var terminal = try stage.attached(to: server.port)
      try terminal.waitForInput("SERVER> ")
      kill(terminal.processID, SIGKILL)
      try client.waitFor(DetachedTests.alone)
      try Deadline.poll("the mode of the terminal") { terminal.mode == terminal.originalMode }
      terminal = try stage.attached(to: server.port)
      try terminal.waitForInput("SERVER> ")
      // A window that is closed.
      terminal.hangUp()
      try client.waitFor(DetachedTests.alone, times: 2)
      terminal = try stage.attached(to: server.port)
      try terminal.enter("back")
      try client.waitFor("SERVER> back")
    }
  }

  @Test("a killed conversation goes on at the attached terminal")
  func killedConversation() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer("free")
      let client = try stage.talker("tatyana", on: server.port)
      let terminal = try stage.attached(to: server.port)
      try client.enter("one")
      try terminal.waitFor("tatyana> one")
      let talk = try #require(server.conversations.first)
      kill(talk, SIGKILL)
      try server.process.waitFor(") is back.")
      try client.enter("two")
      try terminal.waitFor("tatyana> two")
      try terminal.enter("three")
      try client.waitFor("SERVER> three")
      // So does the desk.
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      try Deadline.poll("a desk") { server.desk != nil }
      kill(try #require(server.desk), SIGKILL)
      try terminal.waitFor("; another is started.")
      try terminal.enter("\\detach")
      #expect(try terminal.waitForReturn())
    }
  }

  @Test("of a killed server the terminal says so, and a later one takes it again")
  func killedListener() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer("free")
      _ = try stage.talker("tatyana", on: server.port)
      let terminal = try stage.attached(to: server.port)
      try terminal.waitForInput("SERVER> ")
      try terminal.send("unsaid")
      try terminal.waitForInput("SERVER> unsaid")
      server.process.signal(SIGKILL)
      try terminal.waitFor("died; this terminal is yours again.")
      #expect(try terminal.waitForReturn(status: 74))
      #expect(terminal.screen.text.contains("unsaid"))
      // What it left in the directory is in nobody's way.
      let next = try stage.onPipes(
        .chatserve, ["--detached", "\(server.port)"], input: "/dev/null")
      try next.waitFor("Ctrl-C stops.")
      let again = try stage.attached(to: server.port)
      try again.enter("\\detach")
      #expect(try again.waitForReturn())
      next.signal(SIGTERM)
      #expect(try next.exitStatus() == 0)
    }
  }

  @Test("Ctrl-Z stops the terminal's program alone, and fg attaches it again")
  func suspended() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer("free")
      let client = try stage.talker("tatyana", on: server.port)
      let shell = try stage.onTerminal(path: "/bin/sh", ["-i"])
      try shell.enter("\(Program.chatserve.path) attach \(server.port)")
      try shell.waitForInput("SERVER> ")
      try shell.send("later")
      try shell.waitForInput("SERVER> later")
      try shell.send(Keys.suspend)
      try shell.waitFor("Stopped")
      try client.waitFor(DetachedTests.alone)
      try client.enter("meanwhile")
      try stage.waitForTranscript(["tatyana native: client 1 meanwhile; open"])
      try shell.enter("fg")
      try shell.waitFor("tatyana> meanwhile")
      try shell.waitForInput("SERVER> later")
      try shell.enter("")
      try client.waitFor("SERVER> later")
    }
  }

  @Test("a terminal that becomes narrower is drawn on as such")
  func resized() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer()
      let terminal = try stage.attached(to: server.port)
      terminal.resize(columns: 30, rows: 20)
      // What is printed before the size comes is laid out for the one before.
      try Deadline.poll("rows of 30 columns") {
        try terminal.enter("\\help")
        terminal.readAvailable()
        return terminal.screen.lines.contains("A message that starts with a")
      }
    }
  }

  @Test("when the server stops, the terminal is given back and its program says so")
  func stopped() throws {
    try Stage.run { stage in
      for talks in [true, false] {
        let server = try stage.detachedServer("free")
        let client = talks ? try stage.talker("tatyana", on: server.port) : nil
        let terminal = try stage.attached(to: server.port)
        if talks { try terminal.waitForInput("SERVER> ") }
        server.process.signal(SIGTERM)
        #expect(try server.process.exitStatus() == 0)
        try terminal.waitFor("has stopped.")
        #expect(try terminal.waitForReturn())
        if let client { #expect(try client.exitStatus() == 0) }
      }
    }
  }

  @Test("on a terminal that takes text alone, which the server was not started on, too")
  func plain() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer("free")
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("one")
      try stage.waitForTranscript(["tatyana native: client 1 one; open"])
      stage.terminalName = "dumb"
      let terminal = try stage.attached(to: server.port)
      try terminal.waitFor("tatyana> one")
      try terminal.enter("two")
      try client.waitFor("SERVER> two")
      try terminal.enter("\\detach")
      #expect(try terminal.waitForReturn())
      #expect(!terminal.output.contains(0x1b))
    }
  }
}
