import Glibc
import Harness
import Testing

/// A link that is lost, and the client that stays.
@Suite struct ReconnectTests {
  /// How a link is lost.
  enum Loss: String, CaseIterable {
    case reset, end, midRecord

    func happen(to peer: PeerSocket) throws {
      switch self {
      case .reset: peer.reset()
      case .end: peer.leave()
      case .midRecord:
        try peer.send("say 1 this never co")
        peer.reset()
      }
    }
  }

  @Test(
    "what is entered while the link is down is said once it is back, once",
    arguments: Wire.allCases, Loss.allCases)
  func entered(wire: Wire, loss: Loss) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer(over: wire)
      let (client, peer) = try stage.resumable(server)
      server.pause()
      try loss.happen(to: peer)
      try client.waitFor("link lost, trying again …")
      try client.enter("kept")
      try client.waitFor("bob> kept")
      try client.send("half a li")
      try server.goOn()
      let again = try server.accept()
      try again.hearClaim(shown: 0, attempt: 1)
      #expect(!again.receivedText.contains("recall"), "the screen has it all")
      try again.goOn(after: 0)
      try again.waitFor("say 1 kept\0")
      try again.send("ack 1\0say 1 welcome back\0")
      try again.waitFor("ack 1\0")
      try client.waitForInput("bob> half a li")
      try client.enter("ne")
      try again.waitFor("say 2 half a line\0")
      #expect(again.receivedText.occurrences(of: "say 1 ") == 1)
      let rows = client.screen.lines
      #expect(rows.filter { $0 == "bob> kept" }.count == 1)
      #expect(rows.filter { $0.contains("welcome back") }.count == 1)
      #expect(!client.screen.text.contains("this never co"))
    }
  }

  @Test("what was confirmed is not said again, what was not is, and a repetition is not shown")
  func confirmed() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      try client.enter("one")
      try peer.waitFor("say 1 one\0")
      try peer.send("ack 1\0say 1 first\0")
      try peer.waitFor("ack 1\0")
      try client.waitForInput("bob> ")
      try client.enter("two")
      try peer.waitFor("say 2 two\0")
      peer.reset()
      let again = try server.accept()
      try again.hearClaim(shown: 1, attempt: 1)
      // The receipt was lost with the link: it has both.
      try again.goOn(after: 2)
      try again.send("say 1 first\0say 2 second\0")
      try again.waitFor("ack 2\0")
      #expect(!again.receivedText.contains("say "))
      try client.waitFor("SERVER> second")
      #expect(client.screen.lines.filter { $0 == "SERVER> first" }.count == 1)
    }
  }

  @Test("a link that is lost again and again is claimed by a higher number each time")
  func again() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, first) = try stage.resumable(server)
      var peer = first
      for attempt in 1...5 {
        peer.reset()
        peer = try server.accept()
        try peer.hearClaim(shown: 0, attempt: attempt)
        // Now and then it dies before it goes on.
        if attempt % 2 == 0 { continue }
        try peer.goOn(after: 0)
      }
      try client.waitForInput("bob> ")
      try client.enter("still here")
      try peer.waitFor("say 1 still here\0")
    }
  }

  @Test("Enter on an empty line is no message")
  func emptyLine() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      server.pause()
      peer.reset()
      try client.waitFor("link lost, trying again …")
      try client.send(Keys.enter)
      try client.waitFor("trying again … 2 s")
      #expect(!client.screen.text.contains("Please enter a message"))
      try server.goOn()
      try client.send(Keys.enter)
      let again = try server.accept()
      try again.hearClaim(shown: 0, attempt: 1)
      try again.goOn(after: 0)
      try client.waitFor("The link is back after 0:0")
    }
  }

  @Test("Enter that was meant for the link is no message for a second after it came back")
  func lateEnter() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      peer.reset()
      let again = try server.accept()
      try again.hearClaim(shown: 0, attempt: 1)
      try again.goOn(after: 0)
      try client.waitForInput("bob> ")
      try client.enter("")
      try client.enter("hi")
      try again.waitFor("say 1 hi\0")
      // Also where the next line has taken its place.
      let drawn = String(decoding: client.output, as: UTF8.self)
      #expect(!drawn.contains("Please enter a message"))
      try again.send("ack 1\0say 1 hello\0")
      try client.waitForInput("bob> ")
      // The second is over.
      Deadline(seconds: 1.2).pass()
      try client.enter("")
      try client.waitFor("Please enter a message between [1-500] characters.")
    }
  }

  @Test("an answer that does not come has another link tried beside, which goes on")
  func silence() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      try client.enter("are you there?")
      try peer.waitFor("say 1 are you there?\0")
      try peer.waitFor("ping\0")
      let again = try server.accept()
      #expect(!peer.hasEnded, "the old link is kept until the new one greets")
      try again.hearClaim(shown: 0, attempt: 1)
      try peer.waitForEnd()
      try again.goOn(after: 1)
      try again.send("say 1 yes\0")
      try client.waitFor("SERVER> yes")
    }
  }

  @Test("a byte on the old link calls the other off")
  func slow() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      try client.enter("are you there?")
      try peer.waitFor("ping\0")
      let beside = try server.accept()
      try peer.send("pong\0ack 1\0say 1 slowly\0")
      try client.waitFor("SERVER> slowly")
      try beside.waitForEnd()
      #expect(!beside.receivedText.contains("resume"))
      // Nor does the time end that the other had.
      #expect((try? server.accept(within: 17)) == nil && !peer.hasEnded)
      #expect(!client.screen.text.contains("link lost"))
      try client.enter("good")
      try peer.waitFor("say 2 good\0")
    }
  }

  @Test("who leaves while the link is down reads what was not confirmed", arguments: [true, false])
  func leaving(byKey: Bool) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      server.pause()
      peer.reset()
      try client.waitFor("link lost, trying again …")
      try client.enter("under way")
      try client.waitFor("bob> under way")
      if byKey { try client.send(Keys.interrupt) } else { try client.enter("\\quit") }
      #expect(try client.exitStatus() == (byKey ? 130 : 0))
      try client.waitFor("The server did not confirm 1 message of yours; it may be lost:")
      #expect(client.isCooked)
      #expect(client.screen.lines.filter { $0 == "bob> under way" }.count == 2)
    }
  }

  @Test("in plain mode the rows say what the prompt says elsewhere")
  func plain() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server, "--plain")
      peer.reset()
      try client.waitFor("The link is lost. Trying again")
      let again = try server.accept()
      try again.hearClaim(shown: 0, attempt: 1)
      try again.goOn(after: 0)
      try client.waitFor("The link is back after 0:0")
      try client.enter("hi")
      try again.waitFor("say 1 hi\0")
    }
  }

  @Test(
    "commands and rows that are entered say that the link is down", arguments: ["turns", "free"])
  func saidLater(mode: String) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      if mode == "free" { try peer.send("mode free\0") }
      if mode == "free" { try client.waitFor("You can both speak at any time now.") }
      server.pause()
      peer.reset()
      try client.waitFor("link lost, trying again …")
      try client.enter("\\who")
      try client.waitFor("The link has been down for 0:0")
      #expect(!client.screen.text.contains("Not encrypted.\n"))
      try client.enter("\\free")
      try client.waitUntil("the answer") {
        $0.text.occurrences(of: "The link has been down for 0:0") == (mode == "free" ? 1 : 2)
      }
      try client.enter("one")
      try client.waitFor("The link is down; what you enter is said once it is back.")
      if mode == "free" { try client.enter("two") }
      try server.goOn()
      try client.send(Keys.enter)
      let again = try server.accept()
      try again.hearClaim(shown: 0, attempt: 1)
      try again.goOn(after: 0, mode: mode)
      try again.waitFor("say 1 one\0")
      if mode == "free" {
        try again.waitFor("say 2 two\0")
      } else {
        try again.waitFor("ask free\0")
      }
      #expect(client.screen.text.occurrences(of: "what you enter is said") == 1)
    }
  }
}
