import Glibc
import Harness
import Testing

/// A link that is lost, and the pipe that waits for it.
@Suite struct ReconnectPipeTests {
  @Test("a pipe goes on over another link, and gives up at the end of the grace with 74")
  func pipe() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "bob"])
      let peer = try server.accept()
      try peer.offerSession(within: 3)
      try client.send("one\ntwo\n")
      try peer.waitFor("say 1 one\0")
      peer.reset()
      let again = try server.accept()
      try again.hearClaim(shown: 0, attempt: 1)
      try again.goOn(after: 0)
      try again.waitFor("say 1 one\0")
      try again.send("ack 1\0say 1 go on\0")
      try again.waitFor("say 2 two\0")
      #expect(stage.files(in: stage.talks) == [], "what a pipe says is kept nowhere")
      server.pause()
      again.reset()
      #expect(try client.exitStatus() == 74, "\(client.evidence)")
      #expect(client.outputText == "bob> one\nSERVER> go on\nbob> two\n")
      #expect(client.errorText.occurrences(of: "The link is lost. Trying again") == 2)
      #expect(client.errorText.contains("The link is back after 0:0"))
      #expect(client.errorText.contains("did not confirm 1 message of yours"))
    }
  }

  @Test(
    "a pipe that has ended waits until what it said is confirmed over another link",
    arguments: [true, false])
  func pipeEnds(beforeTheLoss: Bool) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "bob"])
      let peer = try server.accept()
      try peer.offerSession()
      try client.send("one\n")
      try peer.waitFor("say 1 one\0")
      if beforeTheLoss { client.closeInput() }
      server.pause()
      peer.reset()
      try client.waitFor("The link is lost")
      if !beforeTheLoss { client.closeInput() }
      try server.goOn()
      let again = try server.accept()
      try again.hearClaim(shown: 0, attempt: 1)
      try again.goOn(after: 0)
      try again.waitFor("say 1 one\0")
      #expect(!again.receivedText.contains("quit"))
      try again.send("ack 1\0")
      try again.waitFor("quit user\0")
      again.leave()
      #expect(try client.exitStatus() == 0)
      #expect(!client.errorText.contains("did not confirm"))
    }
  }

  @Test("a pipe that has ended gives up at the end of the grace, with 74")
  func pipeEndsInVain() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "bob"])
      let peer = try server.accept()
      try peer.offerSession(within: 2)
      try client.send("one\n")
      try peer.waitFor("say 1 one\0")
      server.pause()
      peer.reset()
      client.closeInput()
      #expect(try client.exitStatus() == 74, "\(client.evidence)")
      #expect(client.errorText.contains("did not confirm 1 message of yours"))
    }
  }

  @Test("what a pipe gave and nobody said is one row, whatever line breaks it has")
  func notSent() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "bob"])
      let peer = try server.accept()
      try peer.offerSession()
      try client.send("one\ntwo\nthree\n")
      try peer.waitFor("say 1 one\0")
      client.signal(SIGTERM)
      try peer.waitFor("quit stopped\0")
      peer.leave()
      _ = try client.exitOutcome()
      #expect(client.errorText.contains("Not sent: two⏎three\n"), "\(client.evidence)")
    }
  }
}
