import Harness
import Testing

/// Several lines in one read: typed before there was anybody to read them, sent
/// by a slow network, or pasted without brackets.
@Suite struct TypedAheadTests {
  @Test("what stands behind a line is drawn and obeyed though the peer says nothing more")
  func behindALine() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try stage.linePeer("bob", on: server)
      try peer.send("hi\n")
      try server.process.waitForInput("SERVER> ")
      try server.process.send("hello\rworld")
      try server.process.waitForInput("        world")
      try server.process.send(" and all")
      try server.process.waitForInput("        world and all")
      try peer.waitFor("SERVER> hello\n")
    }
  }

  @Test("all lines are said where they may be, and what follows them stays for the next peer")
  func severalLines() throws {
    try Stage.run { stage in
      let server = try stage.server("--mode", "free")
      let peer = try PeerSocket(port: server.port)
      try peer.send("bob\n")
      try server.process.waitForInput("SERVER> ")
      try server.process.send("one\rtwo\rthree\rfour")
      try peer.waitFor("SERVER> three\n")
      try server.process.waitForInput("SERVER> four")
      peer.leave()
      try server.process.waitFor("Waiting for new connection...")
      let next = try PeerSocket(port: server.port)
      try next.send("ann\n")
      try server.process.waitFor("Not sent before; Up or \\draft brings it back: four")
      try server.process.waitForInput("SERVER> ")
      try server.process.send(Keys.up)
      try server.process.waitForInput("SERVER> four")
    }
  }
}
