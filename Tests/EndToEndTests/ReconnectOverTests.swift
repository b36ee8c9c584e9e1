import Glibc
import Harness
import Testing

/// A conversation that was kept, and is over, or is to be.
@Suite struct ReconnectOverTests {
  @Test("who left while the link was down has the server told before anything else")
  func leftWhileDown() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      server.pause()
      peer.reset()
      try client.waitFor("link lost, trying again …")
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      try client.waitFor("so the server does not know yet that you left")
      try server.goOn()
      let (next, told) = try stage.startedAgain(server, "--handle", "bob")
      try told.goOn(after: 0, past: "past server 1 of before\0")
      try told.waitFor("quit user\0")
      told.leave()
      let fresh = try server.accept()
      try fresh.offerSession()
      try next.waitForInput("bob> ")
      try next.waitFor("The server knows now that you left the conversation before.")
      #expect(!next.screen.text.contains("going on") && !fresh.hasEnded)
      #expect(!next.screen.text.contains("of before"), "it is over for who left")
      // The new one is no more than it is: who leaves it is heard.
      try next.enter("\\quit")
      try fresh.waitFor("quit user\0")
      fresh.leave()
      #expect(try next.exitStatus() == 0)
      #expect(stage.keptSizes().allSatisfy { $0 == 0 })
    }
  }

  @Test(
    "one that is over says what was not recorded", arguments: ["expired", "lost", "others-waited"])
  func over(reason: String) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      try client.enter("kept")
      try peer.waitFor("say 1 kept\0")
      peer.reset()
      let again = try server.accept()
      try again.hearClaim(shown: 0, attempt: 1)
      try again.send("resumed 1\0quit \(reason)\0")
      again.leave()
      #expect(try client.exitStatus() == 74)
      #expect(!client.screen.text.contains("did not confirm"))
    }
  }

  @Test(
    "one that is over when it is gone on with is named, and another begins",
    arguments: ["expired", "lost", "others-waited"])
  func overAtStart(reason: String) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      try stage.killed(server, saying: "lost?")
      let (next, again) = try stage.startedAgain(server)
      try again.send("resumed 0\0quit \(reason)\0")
      again.leave()
      let fresh = try server.accept()
      try fresh.giveFloor(to: "bob")
      try next.waitForInput("bob> ")
      try next.waitFor("The server did not confirm 1 message of yours; it may be lost:")
      let sentence =
        switch reason {
        case "lost": "The server does not know this conversation any more."
        case "expired": "The server ended the conversation while there was no link."
        default: "while there was no link, since others waited for the floor."
        }
      try next.waitFor(sentence)
      #expect(!fresh.hasEnded)
    }
  }

  @Test("one that the server ended meanwhile is said to be over, and that another begins")
  func endedMeanwhile() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      try stage.killed(server, saying: "last")
      let (next, again) = try stage.startedAgain(server)
      try again.send("resumed 1\0quit user\0")
      again.leave()
      let fresh = try server.accept()
      try fresh.giveFloor(to: "bob")
      try next.waitForInput("bob> ")
      #expect(!fresh.hasEnded)
      #expect(
        next.screen.paragraphs.contains(
          "The server ended the conversation while you were away. Another begins."))
      #expect(!next.screen.text.contains("Good Bye"))
    }
  }

  @Test("one whose time ends before the server is back is named, and another begins")
  func overMeanwhile() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      try stage.killed(server, within: 4, saying: "lost?")
      server.pause()
      let next = try stage.client(server.port)
      try next.waitFor("The server did not confirm 1 message of yours; it may be lost:")
      try server.goOn()
      let fresh = try server.accept()
      try fresh.giveFloor(to: "bob")
      try next.waitForInput("bob> ")
      #expect(!fresh.receivedText.contains("resume"))
    }
  }

  @Test("what was not confirmed stays kept until it was shown, also where nobody answers")
  func staleStays() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      try stage.killed(server, within: 1, saying: "lost?")
      server.pause()
      Deadline(seconds: 1.2).pass()
      let refused = try stage.client(server.port, "--handle", "bob")
      #expect(try refused.exitStatus() != 0)
      try server.goOn()
      let next = try stage.client(server.port, "--handle", "bob")
      let fresh = try server.accept()
      try fresh.giveFloor(to: "bob")
      try next.waitFor("did not confirm 1 message of")
      try next.waitFor("bob> lost?")
      try Deadline.poll("it is let go of") { stage.keptSizes().allSatisfy { $0 == 0 } }
    }
  }

  @Test("--new ends the one before, and another name leaves it alone")
  func others() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
      try peer.waitForEnd()
      let other = try stage.client(server.port, "--handle", "eve")
      let others = try server.accept()
      try others.giveFloor(to: "eve")
      try other.waitForInput("eve> ")
      let (next, told) = try stage.startedAgain(server, "--handle", "bob", "--new")
      try told.goOn(after: 0)
      try told.waitFor("quit user\0")
      told.leave()
      let fresh = try server.accept()
      try fresh.giveFloor(to: "bob")
      try next.waitForInput("bob> ")
      #expect(!fresh.hasEnded && !others.hasEnded)
    }
  }

  @Test("who left over a link that was dead and looked alive has the server told, too")
  func leftUnheard() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      try client.enter("\\quit")
      // It never ends its side, as a machine that is gone.
      #expect(try client.exitStatus() == 0)
      #expect(!peer.hasEnded || stage.keptSizes().contains { $0 > 0 })
      let (_, told) = try stage.startedAgain(server, "--handle", "bob")
      try told.goOn(after: 0)
      try told.waitFor("quit user\0")
    }
  }

  @Test(
    "a server that could not be told stays to be told by the next start", arguments: [true, false])
  func leftAndNotTold(isUnknown: Bool) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      server.pause()
      peer.reset()
      try client.waitFor("link lost, trying again …")
      try client.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      try server.goOn()
      let (next, other) = try stage.startedAgain(server, "--handle", "bob")
      if isUnknown {
        try other.send("deny This conversation is not known.\0")
      } else {
        other.reset()
      }
      let fresh = try server.accept()
      try fresh.giveFloor(to: "bob")
      try next.waitForInput("bob> ")
      try next.waitFor(
        isUnknown
          ? "does not have the conversation that you left before"
          : "The server could not be told that you left the conversation before")
      #expect(!fresh.hasEnded)
      next.signal(SIGKILL)
      _ = try next.exitOutcome()
      _ = try stage.client(server.port, "--handle", "bob")
      let told = try server.accept()
      try told.send("SERVER\0")
      try told.waitFor("resume \(Session.token) 0 ")
      try told.send("resumed 0\0mode turns\0floor\0")
      try told.waitFor("quit user\0")
    }
  }
}
