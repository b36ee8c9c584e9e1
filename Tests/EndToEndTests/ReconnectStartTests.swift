import Glibc
import Harness
import Testing

/// A chatclient that is started again.
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

      let next = try stage.client(server.port)
      let again = try server.accept()
      try again.hearClaim(shown: 1, attempt: Session.nextAttempt)
      try again.waitFor("recall 20\0")
      try again.goOn(after: 1, past: "past client 1 one\0past server 1 first\0")
      try again.waitFor("say 2 two\0")
      try again.send("ack 2\0say 2 missed\0")
      try next.waitForInput("bob> half a li")
      try next.waitFor("You were cut off 0:")
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
      #expect(stage.keptSizes() == [0], "nothing is left of it")
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
      try server.goOn()
      let next = try stage.client(server.port, "--handle", "bob")
      let told = try server.accept()
      try told.hearClaim(shown: 0, attempt: Session.nextAttempt)
      try told.goOn(after: 0)
      try told.waitFor("quit user\0")
      told.leave()
      let fresh = try server.accept()
      try fresh.offerSession()
      try next.waitForInput("bob> ")
      #expect(!next.screen.text.contains("going on") && !fresh.hasEnded)
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
      let next = try stage.client(server.port, "--handle", "bob", "--new")
      let told = try server.accept()
      try told.hearClaim(shown: 0, attempt: Session.nextAttempt)
      try told.goOn(after: 0)
      try told.waitFor("quit user\0")
      told.leave()
      let fresh = try server.accept()
      try fresh.giveFloor(to: "bob")
      try next.waitForInput("bob> ")
      #expect(!fresh.hasEnded && !others.hasEnded)
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
      let taker = try stage.client(server.port, "--take-over")
      let again = try server.accept()
      try again.hearClaim(shown: 0, attempt: Session.nextAttempt)
      try again.goOn(after: 0)
      try peer.send("quit moved\0")
      #expect(try client.exitStatus() == 0)
      #expect(client.screen.lines.last == "The conversation goes on in another chatclient.")
      try taker.waitForInput("bob> ")
      try taker.enter("here now")
      try again.waitFor("say 1 here now\0")
      #expect(!besides.hasEnded)
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

  @Test("a conversation that the server does not know is named, and another begins")
  func unknown() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      try client.enter("lost?")
      try peer.waitFor("say 1 lost?\0")
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
      let next = try stage.client(server.port)
      let again = try server.accept()
      try again.hearClaim(shown: 0, attempt: Session.nextAttempt)
      try again.send("deny This conversation is not known.\0")
      let fresh = try server.accept()
      try fresh.giveFloor(to: "bob")
      try next.waitForInput("bob> ")
      try next.waitFor("The server does not know this conversation any more.")
      try next.waitFor("The server did not confirm 1 message of yours; it may be lost:")
      try next.waitFor("bob> lost?")
      #expect(!fresh.hasEnded)
    }
  }

  @Test("one that is over says what was not recorded", arguments: ["expired", "lost"])
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
    arguments: ["expired", "lost"])
  func overAtStart(reason: String) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server)
      try client.enter("lost?")
      try peer.waitFor("say 1 lost?\0")
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
      let next = try stage.client(server.port)
      let again = try server.accept()
      try again.hearClaim(shown: 0, attempt: Session.nextAttempt)
      try again.send("resumed 0\0quit \(reason)\0")
      again.leave()
      let fresh = try server.accept()
      try fresh.giveFloor(to: "bob")
      try next.waitForInput("bob> ")
      try next.waitFor("The server did not confirm 1 message of yours; it may be lost:")
      try next.waitFor(
        reason == "lost"
          ? "The server does not know this conversation any more."
          : "The server ended the conversation while there was no link.")
      #expect(!fresh.hasEnded)
    }
  }

  @Test("one whose time ends before the server is back is named, and another begins")
  func overMeanwhile() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server, within: 4)
      try client.enter("lost?")
      try peer.waitFor("say 1 lost?\0")
      server.pause()
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
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
      let (client, peer) = try stage.resumable(server, within: 1)
      try client.enter("lost?")
      try peer.waitFor("say 1 lost?\0")
      server.pause()
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
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

  @Test("with --no-state, and on a pipe, nothing is kept")
  func noState() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let (client, peer) = try stage.resumable(server, "--no-state")
      try client.enter("hi")
      try peer.waitFor("say 1 hi\0")
      #expect(stage.files(in: stage.talks) == [])
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
      _ = try stage.client(server.port, "--handle", "bob")
      try server.accept().giveFloor(to: "bob")
    }
  }

  @Test(
    "a file that is none is said once, and its place taken",
    arguments: ["garbage", String(repeating: "chattalk", count: 40)])
  func damaged(text: String) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      for directory in ["/state", "/state/chatclient", "/state/chatclient/talks"] {
        mkdir(stage.home + directory, 0o700)
      }
      let file = stage.talks + "/[127.0.0.1]:\(server.port).1"
      try SmallFile.write(text, to: file)
      chmod(file, 0o600)
      let (client, _) = try stage.resumable(server)
      try client.waitFor(
        "What was kept of a conversation with 127.0.0.1 port \(server.port) is damaged")
      // The content is written before the head that leads to it.
      try Deadline.poll("its place is taken") {
        SmallFile.read(file).map { $0.prefix(48) != text.prefix(48) } == true
      }
      #expect(stage.files(in: stage.talks).count == 1)
      client.signal(SIGKILL)
      _ = try client.exitOutcome()
      let next = try stage.client(server.port)
      try server.accept().hearClaim(shown: 0, attempt: Session.nextAttempt)
      #expect(!next.screen.text.contains("is damaged"))
    }
  }

  @Test(
    "where nothing can be kept the talk goes on, and it is said once",
    arguments: ["full", "nowhere", "others"])
  func nowhere(trouble: String) throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let state = stage.home + "/state"
      mkdir(state, 0o700)
      switch trouble {
      case "full": symlink("/dev/full", state + "/chatclient")
      case "others":
        mkdir(state + "/chatclient", 0o700)
        mkdir(stage.talks, 0o777)
        chmod(stage.talks, 0o777)
      default: stage.variables["XDG_STATE_HOME"] = "/proc/nothing"
      }
      let (client, peer) = try stage.resumable(server)
      try client.enter("hi")
      try peer.waitFor("say 1 hi\0")
      try peer.send("ack 1\0say 1 hello\0")
      try client.waitFor("SERVER> hello")
      #expect(
        client.screen.paragraphs.occurrences(
          of: "Should this chatclient be killed, the conversation cannot go on") == 1)
      peer.reset()
      try server.accept().hearClaim(shown: 1, attempt: 1)
    }
  }
}
