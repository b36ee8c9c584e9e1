import Harness
import Testing

/// A terminal without an editor, read aloud: every row once, in the order it
/// happened, who spoke first.
@Suite struct PlainDeskTests {
  private static let waits = "* It is SERVER's turn; your line is sent when yours comes."

  @Test("a talk by turns: one row a message, and the prompt when it is one's turn")
  func talk() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.client(server.port, "--plain", "--handle", "bob")
      try client.waitForInput("bob> ")
      try client.enter("hello")
      try server.process.waitFor("bob> hello")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("hi there")
      try client.waitFor("SERVER> hi there")
      try client.waitForInput("bob> ")
      #expect(client.rowsRead() == ["bob> hello", "SERVER> hi there", "bob>"])
      try client.enter("fine")
      try server.process.waitFor("bob> fine")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("good")
      try client.waitFor("SERVER> good")
      try client.waitForInput("bob> ")
      #expect(
        client.rowsRead() == [
          "bob> hello", "SERVER> hi there", "bob> fine", "SERVER> good", "bob>",
        ])
      // But at the start, where the mouse is switched off.
      let text = String(decoding: client.output, as: UTF8.self)
      #expect(text.split(separator: "\u{1b}[0m").last?.contains("\u{1b}") == false)
    }
  }

  @Test("lines entered out of turn are told, and said one by one when the turn comes")
  func outOfTurn() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.client(server.port, "--plain", "--handle", "bob")
      try client.waitForInput("bob> ")
      try client.enter("one")
      try server.process.waitForInput("SERVER> ")
      try client.enter("two")
      try client.waitFor(Self.waits)
      try client.enter("three")
      try client.waitFor(Self.waits, times: 2)
      try server.process.enter("ok")
      try server.process.waitFor("bob> two")
      try server.process.enter("and")
      try server.process.waitFor("bob> three")
      try client.waitFor("bob> three")
      #expect(
        client.rowsRead() == [
          "bob> one", "two", Self.waits, "three", Self.waits, "SERVER> ok", "bob> two",
          "SERVER> and", "bob> three",
        ])
    }
  }

  @Test("commands act at once, whoever's turn it is", arguments: ["--plain", "dumb"])
  func commands(mode: String) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.onTerminal(
        path: "/usr/bin/env",
        ["TERM=\(mode == "dumb" ? "dumb" : "xterm")", Program.chatclient.path, "127.0.0.1"]
          + ["\(server.port)", "--handle", "bob"] + (mode == "dumb" ? [] : [mode]))
      try client.waitForInput("bob> ")
      try client.enter("one")
      try server.process.waitForInput("SERVER> ")
      try client.enter("\\who")
      try client.waitFor("\n* You are talking with SERVER (127.0.0.1:\(server.port))")
      try client.enter("\\help")
      try client.waitFor("\n* \\quit     leaves")
      try client.enter("two")
      try client.waitFor(Self.waits)
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      let last = client.rowsRead().suffix(3)
      #expect(
        last == [
          "\\quit", "* Not sent: two", "You have requested to close this connection. Good Bye",
        ])
      try server.process.waitFor(LeavingTests.clientLeft)
    }
  }

  @Test("a server's operator too, and what was not said is not the next peer's")
  func server() throws {
    try Stage.run { stage in
      let server = try stage.server("--plain")
      let client = try stage.talker("tatyana", on: server.port)
      try server.process.enter("\\who")
      try server.process.waitFor("\n* You are talking with tatyana (127.0.0.1:")
      try server.process.enter("for tatyana")
      try server.process.waitFor("* It is tatyana's turn; your line is sent when yours comes.")
      try client.enter("\\quit")
      try server.process.waitFor("\n* Not sent: for tatyana\nClient requested")
      let next = try stage.talker("mike", on: server.port)
      try next.enter("hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("hello")
      try next.waitFor("SERVER> hello")
      #expect(!next.screen.text.contains("for tatyana"))
    }
  }

  @Test("where both speak at any time, no empty prompt is left between the rows")
  func free() throws {
    try Stage.run { stage in
      let server = try stage.server("--mode", "free")
      let client = try stage.client(server.port, "--plain", "--handle", "bob")
      try client.waitForInput("bob> ")
      try client.enter("hello")
      try client.waitForInput("bob> ")
      for number in 1...3 {
        try server.process.waitForInput("SERVER> ")
        try server.process.enter("row \(number)")
        try client.waitFor("SERVER> row \(number)")
      }
      try client.waitForInput("bob> ")
      try client.enter("bye")
      try server.process.waitFor("bob> bye")
      try client.waitForInput("bob> ")
      #expect(
        client.rowsRead() == [
          "bob> hello", "SERVER> row 1", "SERVER> row 2", "SERVER> row 3", "bob> bye", "bob>",
        ])
    }
  }

  @Test("with --timestamps every row has its time, one's own too")
  func times() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.client(
        server.port, "--plain", "--handle", "bob", "--timestamps")
      try client.waitFor("bob> ")
      try client.enter("hello")
      try server.process.waitForInput("SERVER> ")
      try client.enter("early")
      try client.waitFor(Self.waits)
      try server.process.enter("hi")
      try server.process.waitFor("bob> early")
      try client.waitFor("bob> early")
      let said = client.rowsRead().filter { $0.contains("> ") }
      #expect(said.count == 3)
      for (row, text) in zip(said, ["bob> hello", "SERVER> hi", "bob> early"]) {
        #expect(row.hasSuffix(" " + text) && row.utf8.count == text.utf8.count + 9, "\(row)")
      }
    }
  }

  @Test("\\help at the question for a name is answered, and is no name")
  func helpAtTheQuestion() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.client(server.port, "--plain")
      try client.waitFor("Please enter a User Name:")
      try client.enter("\\help")
      try client.waitFor("* \\quit     leaves")
      try client.waitFor("Please enter a User Name:", times: 2)
      try client.enter("bob")
      try client.waitForInput("bob> ")
    }
  }
}
