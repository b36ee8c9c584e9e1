import ChatSecure
import Harness
import Testing

/// Who may not take a conversation's place.
@Suite struct ReconnectSecurityTests {
  @Test("another key is told nothing, said once, and the right one goes on")
  func otherKey() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer(over: .tls)
      let (client, peer) = try stage.resumable(server)
      let own = server.key
      server.key = try PrivateKey.random()
      peer.reset()
      for _ in 0..<2 {
        // The client refuses the key, and the handshake is not finished.
        #expect(throws: HarnessFailure.self) { try server.accept(within: 20).waitForSomething() }
      }
      try client.waitFor("has another key (SHA256:")
      server.key = own
      let again = try server.accept()
      try again.hearClaim(shown: 0, attempt: 1)
      try again.goOn(after: 0)
      try client.waitForInput("bob> ")
      #expect(client.screen.paragraphs.occurrences(of: "has another key (SHA256:") == 1)
      try client.enter("hi")
      try again.waitFor("say 1 hi\0")
    }
  }

  @Test(
    "an answer in clear gets not a byte but a handshake's, where the talk was encrypted",
    arguments: ["SERVER\0", "HTTP/1.1 302 Found\r\n", ""])
  func inClear(greeting: String) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer(over: .tls)
      let (client, peer) = try stage.resumable(server)
      let own = server.key
      server.key = nil
      peer.reset()
      let portal = try server.accept()
      try portal.send(greeting + "resumed 0\0")
      try? portal.waitForEnd(within: 15)
      #expect(!portal.receivedText.contains(Session.token))
      #expect(!portal.receivedText.contains("resume"))
      portal.leave()
      server.key = own
      let again = try server.accept()
      try again.hearClaim(shown: 0, attempt: 1)
      try again.goOn(after: 0)
      try client.waitForInput("bob> ")
    }
  }

  @Test("what was encrypted is not gone on with in clear, nor with another key, by the next start")
  func nextStart() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer(over: .tls)
      let (client, peer) = try stage.resumable(server)
      client.signal(9)
      _ = try client.exitOutcome()
      try peer.waitForEnd()
      // The pin is gone: whoever answers is new.
      let forget = try stage.onPipes(.chatclient, ["127.0.0.1", "\(server.port)", "--forget"])
      #expect(try forget.exitStatus() == 0)
      let next = try stage.client(server.port, "--handle", "bob", "--require-encryption")
      let fresh = try server.accept()
      try fresh.giveFloor(to: "bob")
      try next.waitForInput("bob> ")
      #expect(!fresh.receivedText.contains(Session.token))
    }
  }

  @Test("a server of another name does not get the claim")
  func otherName() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (_, peer) = try stage.resumable(server)
      peer.reset()
      let other = try server.accept()
      try other.send("MALLORY\0")
      try other.waitForEnd()
      #expect(!other.receivedText.contains(Session.token))
      try server.accept().hearClaim(shown: 0, attempt: 1)
    }
  }
}
