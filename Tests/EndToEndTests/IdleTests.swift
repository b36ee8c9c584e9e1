import Harness
import Testing

@Suite struct IdleTests {
  static let sentence =
    "Client timed out after 1 second of inactivity. Waiting for new connection..."
  static let goodbye = "You have been disconnected after 1 second of inactivity. Good Bye"

  @Test("a client that lets its turn pass is disconnected, with sentences on both sides")
  func silentTurn() throws {
    try Stage.run { stage in
      let server = try stage.server("--idle-timeout", "1")
      let client = try stage.talker("tatyana", on: server.port)
      #expect(try client.exitStatus() == 75)
      #expect(client.screen.lines.last == Self.goodbye)
      try server.process.waitFor(Self.sentence)
      #expect(try stage.transcript() == ["tatyana native: ; closed by client, timeout"])
      #expect(client.isCooked)
    }
  }

  @Test("so is one who never says a name, at the question and on a bare socket")
  func neverAName() throws {
    try Stage.run { stage in
      let server = try stage.server("--idle-timeout", "1")
      let client = try stage.client(server.port)
      try client.waitForInput("Please enter a User Name:")
      let peer = try PeerSocket(port: server.port)
      #expect(try client.exitStatus() == 75)
      #expect(client.screen.lines.last == Self.goodbye)
      try peer.waitForEnd()
      try stage.waitForTranscript([
        "-: ; closed by client, timeout", "-: ; closed by client, timeout",
      ])
    }
  }

  @Test("a client that waits for the server's answer is not idle")
  func serversTurn() throws {
    try Stage.run { stage in
      let server = try stage.server("--idle-timeout", "1")
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      // Connected later, and gone by the time limit: more than it has passed.
      let silent = try PeerSocket(port: server.port)
      try silent.waitForEnd()
      try server.process.enter("here")
      try client.waitFor("SERVER> here")
    }
  }

  @Test("to a person with nc the goodbye is a sentence")
  func lineDialect() throws {
    try Stage.run { stage in
      let server = try stage.server("--idle-timeout", "1")
      let peer = try stage.linePeer("bob", on: server)
      try peer.waitForEnd()
      #expect(
        peer.receivedText.hasSuffix(
          "You have been disconnected after a long inactivity. Good Bye\n"))
      try server.process.waitFor(Self.sentence)
    }
  }
}
