import Glibc
import Harness
import Testing

/// A line that was entered at the server and could not be said yet, when another process
/// goes on with the conversation: it is said, or on the line again.
@Suite struct ReconnectLineTests {
  @Test("a line that waits for its turn", arguments: [true, false])
  func waits(isPlain: Bool) throws {
    try Stage.run { stage in
      let server = try isPlain ? stage.server("--plain") : stage.server()
      let peer = try ResumeTests.peer(on: server.port)
      try server.process.enter("waits")
      try server.process.waitFor(
        "It is tatyana's turn; your line is \(isPlain ? "sent when yours comes" : "kept").")
      peer.cut(.reset)
      try server.process.waitFor("tatyana's link is down")
      try peer.resume(on: server.port)
      try server.process.waitFor("tatyana is back after")
      try peer.say("one")
      try server.process.waitFor("tatyana> one")
      if !isPlain {
        try server.process.waitForInput("SERVER> waits")
        try server.process.send(Keys.enter)
      }
      try peer.waitToHear(1)
      #expect(peer.heard == ["waits"])
      #expect(!server.process.screen.text.contains("Not sent"))
      try peer.send("quit user")
      try peer.waitForEnd()
      try ResumeTests.expect(stage, "client 1 one, server 1 waits")
    }
  }
}
