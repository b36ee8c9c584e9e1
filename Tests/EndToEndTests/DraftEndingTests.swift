import Glibc
import Harness
import Testing

/// What was typed and not said stays on the screen, however a connection ends.
@Suite struct DraftEndingTests {
  enum End: CaseIterable {
    case peerQuits, peerDies, serverStops, timeout
  }

  private func options(_ end: End) -> [String] {
    end == .timeout ? ["--idle-timeout", "2"] : ["--idle-timeout", "0"]
  }

  @Test("at the server's desk", arguments: End.allCases)
  func server(_ end: End) throws {
    try Stage.run { stage in
      let options = options(end)
      let server = try stage.server(options[0], options[1], "--resume-within", "0")
      let client = try stage.talker("tatyana", on: server.port)
      if end != .timeout { try client.enter("hi") }
      try server.process.send("half a")
      try server.process.waitUntil("half a line") { $0.cursorLine.hasSuffix("half a") }
      switch end {
      case .peerQuits: try client.enter("\\quit")
      case .peerDies: client.signal(SIGKILL)
      case .serverStops: server.process.signal(SIGTERM)
      case .timeout: break
      }
      try server.process.waitUntil("what was not sent, above the end") { screen in
        guard let place = screen.lines.firstIndex(of: "Not sent: half a") else { return false }
        return screen.lines.dropFirst(place + 1).first?.contains("onnection") == true
          || screen.lines.dropFirst(place + 1).first?.contains("inactivity") == true
      }
    }
  }

  @Test("at the client's, with every exit", arguments: End.allCases)
  func client(_ end: End) throws {
    try Stage.run { stage in
      let options = options(end)
      let server = try stage.server(options[0], options[1], "--resume-within", "0")
      let client = try stage.talker("tatyana", on: server.port)
      try client.send("half a")
      try client.waitForInput("tatyana> half a")
      switch end {
      case .peerQuits:
        try server.process.waitFor("waiting for tatyana …")
        try server.process.enter("\\quit")
      case .peerDies: kill(try #require(server.conversations.first), SIGKILL)
      case .serverStops: client.signal(SIGTERM)
      case .timeout: break
      }
      _ = try client.exitOutcome()
      let rows = client.screen.lines
      let place = try #require(rows.firstIndex(of: "Not sent: half a"), "\(rows)")
      #expect(place == rows.count - 2, "\(rows)")
    }
  }

  @Test("a line that was entered out of turn is not sent either")
  func outOfTurn() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try client.waitFor("waiting for SERVER …")
      try client.enter("and more")
      try client.waitFor("your line is kept")
      server.process.signal(SIGTERM)
      #expect(try client.exitStatus() == 0)
      #expect(client.screen.lines.contains("Not sent: and more"))
    }
  }

  @Test("nor is what follows in a pipe when the server has gone")
  func pipe() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "amy"])
      try client.send("hi\nand more\n")
      try server.process.waitFor("amy> hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      // What was read of the pipe; what was not is the pipe's.
      #expect(
        client.errorText.contains("Not sent: and more\n") || !client.errorText.contains("Not sent"))
      #expect(!client.outputText.contains("Not sent"))
    }
  }

  @Test("a line that was said is no draft, nor is an empty one")
  func nothingUnsent() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("hello")
      try client.waitForInput("tatyana> ")
      try client.send("  ")
      try client.waitForInput("tatyana>   ")
      server.process.signal(SIGTERM)
      _ = try client.exitOutcome()
      #expect(!client.screen.text.contains("Not sent"))
      #expect(!server.process.screen.text.contains("Not sent"))
    }
  }
}
