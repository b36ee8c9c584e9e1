import Harness
import Testing

/// What the programs say before a person has to ask.
@Suite struct KindnessTests {
  @Test("another program's command is asked about once, and is a message when it is meant")
  func slip() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("/quit")
      try client.waitFor("/quit was not sent. Commands begin with a backslash: \\quit.")
      try client.waitForInput("tatyana> ")
      #expect(try stage.transcript() == ["tatyana native: ; open"])
      try client.enter("//quit")
      try server.process.waitFor("tatyana> /quit")
      try server.process.enter(":q")
      try server.process.waitFor(":q was not sent. Commands begin with a backslash: \\quit.")
      try server.process.enter(":q")
      try client.waitFor("SERVER> :q")
      try client.enter("/help")
      try client.waitFor("/help was not sent. Commands begin with a backslash: \\help.")
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      try stage.waitForTranscript([
        "tatyana native: client 1 /quit, server 1 :q; closed by client, quit"
      ])
    }
  }

  @Test("what comes from a pipe is said as it is")
  func slipFromAPipe() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.onPipes(
        .chatclient, ["localhost", "\(server.port)", "--handle", "bob"])
      try client.send("/quit\n")
      try server.process.waitFor("bob> /quit")
      try server.process.enter("ok")
      try client.waitFor("SERVER> ok")
      try client.send("//quit\n")
      try server.process.waitFor("bob> //quit")
    }
  }

  @Test("the first Enter out of turn explains turns; the second says no more than why")
  func turnsAreExplained() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      try client.waitFor("waiting for SERVER …")
      let why = "It is SERVER's turn; your line is kept."
      let explained =
        "Each says one message, then the other does. \\free asks to speak at any time."
      try client.enter("there?")
      try client.waitFor(explained)
      try client.send(Keys.killLine + "hello?" + Keys.enter)
      try client.waitFor(why, times: 2)
      #expect(client.screen.paragraphs.occurrences(of: explained) == 1)
    }
  }

  @Test("a client asks for free speech and the operator allows it")
  func free() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.client(server.port, "--handle", "tatyana", "--mode", "free")
      try server.process.waitFor("tatyana would like to speak at any time; \\free allows it.")
      try client.waitForInput("tatyana> ")
      try client.enter("one")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("\\free")
      for process in [client, server.process] {
        try process.waitFor("You can both speak at any time now.")
      }
      try client.waitForInput("tatyana> ")
      for text in ["two", "three"] { try client.enter(text) }
      try server.process.waitFor("tatyana> three")
      for text in ["four", "five"] { try server.process.enter(text) }
      try client.waitFor("SERVER> five")
      try client.enter("\\free")
      try client.waitFor("You can both speak at any time already.")
    }
  }

  @Test("\\free in the middle asks, and a server of its own accord is free for all")
  func freeByCommand() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("\\free")
      try client.waitFor("SERVER is asked to let you both speak at any time.")
      try server.process.waitFor("tatyana would like to speak at any time; \\free allows it.")
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      let other = try stage.server("--mode", "free")
      let mike = try stage.client(other.port, "--handle", "mike", "--mode", "free")
      try mike.waitForInput("mike> ")
      try mike.enter("one")
      try mike.enter("two")
      try other.process.waitFor("mike> two")
      #expect(!other.process.screen.text.contains("would like"))
    }
  }

  @Test("a person with nc is warned of silence, and reads that both may write")
  func lines() throws {
    try Stage.run { stage in
      let server = try stage.server("--idle-timeout", "61")
      let peer = try stage.linePeer("bob", on: server)
      try peer.waitFor("You have said nothing for 1 second; in 1 minute the server ends")
      try server.process.enter("\\free")
      try peer.waitFor("You may both write at any time now.\n")
      peer.leave()
    }
  }

  @Test("both sides are warned a minute before silence ends it")
  func warning() throws {
    try Stage.run { stage in
      let server = try stage.server("--idle-timeout", "61")
      let client = try stage.talker("tatyana", on: server.port)
      try client.waitFor(
        "You have said nothing for 1 second; in 1 minute the server ends the conversation.")
      try server.process.waitFor(
        "tatyana has said nothing for 1 second; in 1 minute the conversation ends.")
    }
  }

  @Test("a warning names what counts", arguments: [true, false])
  func whatCounts(isPlain: Bool) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(
        server.port, "--handle", "bob", isPlain ? "--plain" : "--no-bell")
      let peer = try server.accept()
      try peer.giveFloor(to: "bob")
      try peer.send("idle 100 50\0")
      try client.waitFor(isPlain ? "counts, also \\who." : "Any key counts.")
    }
  }

  @Test("who types is not thrown out, and what is typed stays")
  func typing() throws {
    try Stage.run { stage in
      let server = try stage.server("--idle-timeout", "1")
      let client = try stage.talker("tatyana", on: server.port)
      let start = Deadline.now
      var typed = ""
      while Deadline.now - start < 2500 {
        typed += "a"
        try client.send("a")
        try client.waitForInput("tatyana> " + typed)
        let next = Deadline.now + 200
        try Deadline.poll("a pause") { Deadline.now >= next }
      }
      #expect(client.peekOutcome() == nil)
      try client.send(Keys.enter)
      try server.process.waitFor("tatyana> " + typed)
      #expect(!server.process.screen.text.contains("typing"))
    }
  }

  @Test("keys are reported once in ten seconds, in the client's own turn alone")
  func typingOnTheWire() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try peer.giveFloor(to: "bob")
      try client.waitForInput("bob> ")
      for key in ["h", "i", " ", "t"] {
        try client.send(key)
        try client.waitUntil("the key") {
          // A blank may be at the end of the row, or not yet.
          $0.cursorLine.hasSuffix(key) || key == " " && $0.cursorLine.hasSuffix("hi")
        }
      }
      try peer.waitFor("typing\0")
      try client.send(Keys.enter)
      try peer.waitFor("say 1 hi t\0")
      try client.send("more")
      try client.waitFor("more")
      try peer.send("ack 1\0say 1 yes\0")
      try peer.waitFor("ack 1\0")
      #expect(peer.receivedText == "bob\0typing\0say 1 hi t\0ack 1\0")
    }
  }

  @Test("commands act at the question for a name, and are none")
  func commandsForAName() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.client(server.port)
      try client.waitForInput("Please enter a User Name:")
      try client.enter("\\help")
      try client.waitFor("\\free     asks to speak at any time, without turns")
      try client.enter("\\hlep")
      try client.waitFor("Unknown command \\hlep; nothing was sent.")
      try client.enter("/quit")
      try client.waitFor("/quit was not sent. Commands begin with a backslash: \\quit.")
      try client.waitForInput("Please enter a User Name:")
      try client.enter("tatyana")
      try client.waitForInput("tatyana> ")
      try client.enter("hi")
      try server.process.waitFor("tatyana> hi")
    }
  }

  @Test(
    "who comes while the window has no focus is announced there, also to an operator who is alone",
    arguments: [
      ("xterm-kitty", ["tatyana"], 0), ("foot", ["notify;tatyana;"], 0), ("xterm-256color", [], 1),
    ])
  func arrival(terminal: String, notifications: [String], bells: Int) throws {
    try Stage.run { stage in
      stage.terminalName = terminal
      let server = try stage.server()
      try server.process.waitUntil("reports of focus") { $0.reportsFocus }
      try server.process.send("\u{1b}[O")
      let client = try stage.talker("tatyana", on: server.port)
      try server.process.waitFor("waiting for tatyana …")
      #expect(server.process.screen.titles == ["tatyana"])
      #expect(server.process.screen.notifications == notifications)
      #expect(server.process.screen.bells == bells)
      #expect(client.screen.titles == ["SERVER"])
      // The client's window has not said that it lost the focus.
      #expect(client.screen.notifications == [] && client.screen.bells == 0)
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      #expect(client.screen.keptTitles == 0 && !client.screen.reportsFocus)
    }
  }

  @Test("--no-title, and a terminal that is not known to have one", arguments: [true, false])
  func noTitle(byOption: Bool) throws {
    try Stage.run { stage in
      stage.terminalName = byOption ? "xterm-kitty" : "linux"
      let options = byOption ? ["--no-title", "--no-bell"] : ["--no-bell"]
      let port = try FakeServer.freePort()
      let server = try stage.onTerminal(.chatserve, ["\(port)"] + options)
      try server.waitFor("Ctrl-C stops.")
      try server.waitUntil("reports of focus") { $0.reportsFocus }
      try server.send("\u{1b}[O")
      let client = try stage.talker("tatyana", on: port)
      try server.waitFor("waiting for tatyana …")
      #expect(server.screen.titles == [] && server.screen.notifications == [])
      #expect(server.screen.bells == 0)
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
    }
  }

  @Test("blanks alone say nothing, and the turn stays")
  func blanks() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("   ")
      try client.waitFor("Please enter a message between [1-500] characters.")
      try client.send(Keys.killLine + "hi" + Keys.enter)
      try server.process.waitForInput("SERVER> ")
      try server.process.enter(" ")
      try server.process.waitFor("ERROR: Your message is less than 1 character long.")
      #expect(try stage.transcript() == ["tatyana native: client 1 hi; open"])
    }
  }
}
