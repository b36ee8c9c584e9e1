import Harness
import Testing

@Suite struct LeavingTests {
  static let clientLeft = "Client requested to close connection. Waiting for new connection..."
  static let serverLeft = "Server requested to close connection. Waiting for new connection..."
  static let ownGoodbye = "You have requested to close this connection. Good Bye"
  static let serversGoodbye = "Server requested to close connection. Good Bye"

  @Test(
    "\\quit or Ctrl-D leaves, in turn and out of turn, from the client",
    arguments: [
      ("\\quit\r", true), ("\\quit\r", false), (Keys.endOfFile, true), (Keys.endOfFile, false),
    ])
  func clientLeaves(keys: String, inTurn: Bool) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      if !inTurn {
        try client.enter("hi")
        try client.waitFor("waiting for SERVER …")
      }
      try client.send(keys)
      #expect(try client.exitStatus() == 0)
      #expect(client.screen.lines.last == Self.ownGoodbye)
      try server.process.waitFor(Self.clientLeft)
      #expect(try stage.transcript().last?.hasSuffix("closed by client, quit") == true)
      #expect(client.isCooked)
    }
  }

  @Test(
    "\\quit or Ctrl-D leaves, in turn and out of turn, from the server",
    arguments: [
      ("\\quit\r", true), ("\\quit\r", false), (Keys.endOfFile, true), (Keys.endOfFile, false),
    ])
  func serverLeaves(keys: String, inTurn: Bool) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      if inTurn {
        try client.enter("hi")
        try server.process.waitForInput("SERVER> ")
      } else {
        try server.process.waitFor("waiting for tatyana …")
      }
      try server.process.send(keys)
      #expect(try client.exitStatus() == 0)
      #expect(client.screen.lines.last == Self.serversGoodbye)
      try server.process.waitFor(Self.serverLeft)
      #expect(try stage.transcript().last?.hasSuffix("closed by server, quit") == true)
      #expect(client.isCooked)
    }
  }

  @Test("the operator learns at once that the client left, and finds what was typed by Up")
  func typedTextIsKept() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let first = try stage.talker("tatyana", on: server.port)
      try first.enter("hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.send("where were")
      try server.process.waitForInput("SERVER> where were")
      try first.enter("\\quit")
      try server.process.waitFor(Self.clientLeft)

      let second = try stage.talker("mike", on: server.port)
      try second.enter("hello")
      try server.process.waitForInput("SERVER> ")
      try server.process.send(Keys.up)
      try server.process.waitForInput("SERVER> where were")
      try server.process.enter(" we?")
      try second.waitFor("SERVER> where were we?")
    }
  }

  @Test("the client learns at once that the server left, with a line half typed")
  func serverLeavesATypingClient() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.send("half a li")
      try client.waitForInput("tatyana> half a li")
      try server.process.waitFor("waiting for tatyana …")
      try server.process.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      #expect(client.screen.lines.suffix(2) == ["Not sent: half a li", Self.serversGoodbye])
      #expect(client.isCooked)
    }
  }

  @Test("Ctrl-D at the question for a name leaves, and the server hears of nobody")
  func endOfInputAtTheQuestion() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.client(server.port)
      try client.waitForInput("Please enter a User Name:")
      try client.send(Keys.endOfFile)
      #expect(try client.exitStatus() == 0)
      #expect(client.screen.lines.last == Self.ownGoodbye)
      try stage.waitForTranscript(["-: ; closed by client, quit"])
      #expect(!server.process.screen.text.contains("Connection with client opened."))
    }
  }
}
