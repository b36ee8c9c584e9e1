import Harness
import Testing

@Suite struct FirstWordsTests {
  @Test("what a peer says together with its name is on the screen at once")
  func together() throws {
    try Stage.run { stage in
      let server = try stage.server("--mode", "free", "--color", "never")
      let peer = try PeerSocket(port: server.port)
      try peer.send("bob\0say 1 marker\0")
      try peer.waitFor("ack 1\0")
      // Whoever is silent for 30 s is pinged, and the answer would wake the
      // server, as a peer that is gone would.
      try server.process.waitFor("bob> marker", within: 20)
      withExtendedLifetime(peer) {}
    }
  }
}
