import Glibc
import Harness
import Testing

/// A chatclient that is started again, and goes on.
@Suite struct ReconnectStartTests {
  @Test(
    "one that was killed is gone on with: the last rows, what was missed, the line",
    arguments: Wire.allCases)
  func killed(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer(over: wire)
      let (client, peer) = try stage.resumable(server)
      try client.enter("one")
      try peer.waitFor("say 1 one\0")
      try peer.send("ack 1\0say 1 first\0")
      try peer.waitFor("ack 1\0")
      try client.waitForInput("bob> ")
      try client.enter("two")
      try peer.waitFor("say 2 two\0")
      try client.send("half a li")
      try Deadline.poll("the draft in the file") {
        SmallFile.read(stage.talks + "/[127.0.0.1]:\(server.port).1")?.contains("half a li")
          == true
      }
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
      try peer.waitForEnd()

      let (next, again) = try stage.startedAgain(server, shown: 1)
      try again.waitFor("recall 20\0")
      try again.goOn(after: 1, past: "past client 1 one\0past server 1 first\0")
      try again.waitFor("say 2 two\0")
      try again.send("ack 2\0say 2 missed\0")
      try next.waitForInput("bob> half a li")
      try next.waitFor("You were cut off less than a minute ago; going on.")
      let rows = next.screen.lines
      let order = ["bob> one", "SERVER> first", "SERVER> missed"].map { rows.firstIndex(of: $0) }
      #expect(order.allSatisfy { $0 != nil }, "\(rows)")
      #expect(order.compactMap { $0 } == order.compactMap { $0 }.sorted())
      #expect(rows.filter { $0.contains("SERVER> missed") }.count == 1)
      try next.enter("ne")
      try again.waitFor("say 3 half a line\0")
      try again.send("ack 3\0")
      try next.enter("\\quit")
      try again.waitFor("quit user\0")
      again.leave()
      #expect(try next.exitStatus() == 0)
      #expect(stage.keptSizes().allSatisfy { $0 == 0 }, "nothing is left of it")
    }
  }

  @Test("a window that is closed says no goodbye, and the next start goes on")
  func windowClosed() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      client.hangUp()
      try peer.waitForEnd()
      #expect(!peer.receivedText.contains("quit"))
      _ = try client.exitStatus()
      _ = try stage.client(server.port, "--handle", "bob")
      try server.accept().hearClaim(shown: 0, attempt: Session.nextAttempt)
    }
  }

  @Test("one that lives is left alone without --take-over, and is told with it")
  func living() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      let beside = try stage.client(server.port, "--handle", "bob")
      let besides = try server.accept()
      try besides.giveFloor(to: "bob")
      try beside.waitForInput("bob> ")
      let (taker, again) = try stage.startedAgain(server, "--take-over")
      try again.goOn(after: 0)
      try peer.send("quit moved\0")
      #expect(try client.exitStatus() == 0)
      #expect(client.screen.lines.last == "The conversation goes on in another chatclient.")
      try taker.waitForInput("bob> ")
      try taker.waitFor("Going on in the place of another chatclient.")
      #expect(!taker.screen.text.contains("cut off"))
      try taker.enter("here now")
      try again.waitFor("say 1 here now\0")
      #expect(!besides.hasEnded)
    }
  }

  @Test("who starts beside oneself reads what goes on with the other, and another name does not")
  func besideOneself() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (_, peer) = try stage.resumable(server)
      let advice =
        "Your conversation as bob goes on in another chatclient. This goes on with it here: "
        + "chatclient 127.0.0.1 \(server.port) --take-over"
      for options in [["--handle=bob"], ["--handle=eve"], ["--handle=bob", "--new"]] {
        let beside = try stage.onTerminal(
          .chatclient, ["127.0.0.1", "\(server.port)"] + options)
        let name = options[0].suffix(3)
        let besides = try server.accept()
        try besides.giveFloor(to: String(name))
        try beside.waitForInput("\(name)> ")
        #expect(!besides.hasEnded && !peer.hasEnded)
        #expect(beside.screen.paragraphs.contains(advice) == (options == ["--handle=bob"]))
      }
    }
  }

  @Test("--take-over goes on with one whose chatclient was killed, and not with one that was left")
  func takeOverKilled() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      try stage.killed(server, saying: "here")
      let (taker, again) = try stage.startedAgain(server, "--take-over")
      try again.goOn(after: 0)
      try again.waitFor("say 1 here\0")
      try taker.waitFor("You were cut off less than a minute ago; going on.")
      #expect(!taker.screen.text.contains("another chatclient"))
      server.pause()
      again.reset()
      try taker.waitFor("link lost, trying again …")
      try taker.enter("\\quit")
      #expect(try taker.exitStatus() == 0)
      let none = try stage.client(server.port, "--take-over")
      #expect(try none.exitStatus() == 1)
    }
  }

  @Test("one that is kept under another name is named, with what goes on with it")
  func otherHandle() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      try stage.killed(server, saying: "here")
      let other = try stage.client(server.port, "--handle", "eve")
      let others = try server.accept()
      try others.offerSession(to: "eve")
      try other.waitForInput("eve> ")
      #expect(
        other.screen.paragraphs.contains(
          "Your conversation as bob is kept for about 5 minutes. This goes on with it: "
            + "chatclient 127.0.0.1 \(server.port) --handle=bob"))
      other.signal(SIGKILL)
      _ = try other.exitOutcome()
      // Though the other is newer.
      let (next, again) = try stage.startedAgain(server, "--handle=bob")
      try again.goOn(after: 0)
      try again.waitFor("say 1 here\0")
      try next.waitFor("Your conversation as eve is kept")
    }
  }

  @Test("without anything to take over there is nothing to do")
  func nothingToTakeOver() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--take-over")
      #expect(try client.exitStatus() == 1)
      try client.waitFor("there is no conversation with 127.0.0.1 port")
    }
  }
}
