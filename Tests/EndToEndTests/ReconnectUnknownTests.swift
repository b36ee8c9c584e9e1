import Glibc
import Harness
import Testing

/// A server that does not know the conversation: the wrong one, for a while.
@Suite struct ReconnectUnknownTests {
  private static let denial = "deny This conversation is not known.\0"

  @Test("the client that runs says so once, asks again, and goes on with the right one")
  func running() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      try client.enter("kept?")
      try peer.waitFor("say 1 kept?\0")
      peer.reset()
      for attempt in 1...2 {
        let wrong = try server.accept()
        try wrong.hearClaim(shown: 0, attempt: attempt)
        try wrong.send(Self.denial)
        try wrong.waitForEnd()
        try client.waitFor("does not have this conversation, which is kept for about 5 minutes")
        #expect((try? server.accept(within: 5)) == nil, "wrong tokens are an offence")
        try client.send(Keys.enter)
      }
      let right = try server.accept()
      try right.hearClaim(shown: 0, attempt: 3)
      try right.goOn(after: 0)
      try right.waitFor("say 1 kept?\0")
      #expect(client.screen.paragraphs.occurrences(of: "does not have") == 1)
    }
  }

  @Test("it gives up with the time that the conversation is kept for, with 74")
  func runningInVain() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server, within: 6)
      try client.enter("lost")
      try peer.waitFor("say 1 lost\0")
      peer.reset()
      let wrong = try server.accept()
      try wrong.hearClaim(shown: 0, attempt: 1)
      try wrong.send(Self.denial)
      try client.waitFor("which is kept for less than a minute")
      #expect(try client.exitStatus() == 74)
      try client.waitFor("The server does not know this conversation any more.")
      try client.waitFor("did not confirm 1 message of yours; it may be lost:")
      #expect(stage.keptSizes().allSatisfy { $0 == 0 })
    }
  }

  @Test("a start says so and begins another; the next start goes on with the right one")
  func start() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      try stage.killed(server, saying: "lost?")
      let (next, wrong) = try stage.startedAgain(server)
      try wrong.send(Self.denial)
      let fresh = try server.accept()
      try fresh.offerSession()
      try next.waitForInput("bob> ")
      try next.waitFor("does not have the conversation that was cut off. It is kept for about")
      #expect(!next.screen.text.contains("may be lost"))
      try next.enter("\\quit")
      try fresh.waitFor("quit user\0")
      fresh.leave()
      #expect(try next.exitStatus() == 0)
      let last = try stage.client(server.port)
      let right = try server.accept()
      try right.hearClaim(shown: 0, attempt: 2 * Session.nextAttempt)
      try right.goOn(after: 0)
      try right.waitFor("say 1 lost?\0")
      try last.waitFor("bob> lost?")
    }
  }

  @Test("the line is on the line of the other conversation, and not in the kept one, too")
  func draft() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      try client.send("half a li")
      try Deadline.poll("the draft in the file") {
        SmallFile.read(stage.talks + "/[127.0.0.1]:\(server.port).1")?.contains("half a li")
          == true
      }
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
      try peer.waitForEnd()
      let (next, wrong) = try stage.startedAgain(server)
      try wrong.send(Self.denial)
      let fresh = try server.accept()
      try fresh.giveFloor(to: "bob")
      try next.waitForInput("bob> half a li")
      try next.enter("ne")
      try fresh.waitFor("say 1 half a line\0")
      next.signal(SIGKILL)
      _ = try next.exitOutcome()
      let last = try stage.client(server.port)
      let right = try server.accept()
      try right.hearClaim(shown: 0, attempt: 2 * Session.nextAttempt)
      try right.goOn(after: 0)
      try last.waitForInput("bob> ")
    }
  }

  @Test(
    "the one before is gone on with, where the newest is left or not known",
    arguments: [true, false])
  func several(isLeft: Bool) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      try stage.killed(server, saying: "old")
      let (next, wrong) = try stage.startedAgain(server)
      try wrong.send(Self.denial)
      let fresh = try server.accept()
      try fresh.offerSession()
      try next.waitForInput("bob> ")
      if isLeft {
        server.pause()
        fresh.reset()
        try next.waitFor("link lost, trying again …")
        try next.enter("\\quit")
        #expect(try next.exitStatus() == 0)
        try server.goOn()
      } else {
        next.signal(SIGKILL)
        _ = try next.exitOutcome()
      }
      let (last, newest) = try stage.startedAgain(server)
      if isLeft {
        try newest.goOn(after: 0)
        try newest.waitFor("quit user\0")
        newest.leave()
      } else {
        try newest.send(Self.denial)
      }
      let right = try server.accept()
      try right.hearClaim(shown: 0, attempt: 2 * Session.nextAttempt)
      try right.goOn(after: 0)
      try right.waitFor("say 1 old\0")
      try right.send("ack 1\0say 1 hello\0")
      try last.waitFor("SERVER> hello")
      try last.waitForInput("bob> ")
      try last.enter("\\quit")
      try right.waitFor("quit user\0")
      right.leave()
      #expect(try last.exitStatus() == 0)
      #expect(stage.keptSizes().filter { $0 > 0 }.count == (isLeft ? 0 : 1))
    }
  }
}
