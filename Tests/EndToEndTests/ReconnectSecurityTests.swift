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

  @Test("a name proves nothing: one with another is gone on with under it, if its key is the same")
  func otherName() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer(over: .tls)
      let (client, peer) = try stage.resumable(server)
      peer.reset()
      let own = server.key
      server.key = try PrivateKey.random()
      #expect(throws: HarnessFailure.self) { try server.accept(within: 20).waitForSomething() }
      server.key = own
      let other = try server.accept()
      try other.hearClaim(shown: 0, attempt: 1, as: "maud")
      try other.goOn(after: 0)
      try client.waitFor("SERVER calls itself maud now.")
      try client.waitForInput("bob> ")
      try client.enter("hi")
      try other.waitFor("say 1 hi\0")
      try client.waitFor("waiting for maud …")
      try other.send("ack 1\0say 1 hello\0")
      try client.waitFor("maud> hello")
      // It is the one that is known from now on.
      other.reset()
      let again = try server.accept()
      try again.hearClaim(shown: 1, attempt: 2, as: "maud")
      try again.goOn(after: 1)
      try client.waitForInput("bob> ")
      client.signal(9)
      _ = try client.exitOutcome()
      let next = try stage.client(server.port)
      let last = try server.accept()
      try last.hearClaim(shown: 1, attempt: Session.nextAttempt + 2, as: "maud")
      try last.goOn(after: 1)
      try next.waitForInput("bob> ")
      #expect(client.screen.text.occurrences(of: "calls itself") == 1)
      #expect(!next.screen.text.contains("calls itself"))
    }
  }
}
