import Glibc
import Harness
import Testing

/// How long somebody is waited for, and what ends that.
@Suite struct ResumeGraceTests {
  @Test("the grace ends as today, and what comes after it reads how it ended")
  func graceIsOver() throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "1")
      let peer = try ResumeTests.peer(on: server.port)
      #expect(peer.within == 1)
      try peer.say("one")
      try peer.waitUntilRecorded()
      peer.cut(.reset)
      try server.process.waitFor("link is down")
      try server.process.waitFor("Connection with client was lost.")
      try peer.claim(on: server.port)
      try peer.waitForEnd()
      #expect(peer.resumed == 1)
      #expect(peer.farewell == "expired")
      let transcript = try stage.transcript()
      #expect(transcript.count == 1)
      #expect(transcript.first?.contains("closed by nobody, reset") == true)
      try ResumeTests.expectSound(stage)
    }
  }

  @Test("coming back is no sign of life: who says nothing is as silent as before")
  func idleClock() throws {
    try Stage.run { stage in
      let server = try stage.server("--idle-timeout", "4", unlimited: true)
      let peer = try ResumeTests.peer(on: server.port)
      let deadline = Deadline(seconds: 30)
      while peer.farewell == nil, !deadline.isOver {
        // It stays silent for a part of what it may.
        Deadline(seconds: 1).pass()
        try peer.wait(for: "what has come") { _ in true }
        if peer.farewell != nil { break }
        peer.cut(.reset)
        try peer.claim(on: server.port)
        try peer.wait(for: "resumed") { $0.resumed != nil }
      }
      #expect(peer.farewell == "idle")
    }
  }

  @Test(
    "somebody who waits ends the grace after a fifth of it, and who comes then reads why",
    arguments: [false, true])
  func waiterEndsTheGrace(isKilled: Bool) throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "20")
      let peer = try ResumeTests.peer(on: server.port)
      try peer.say("one")
      try peer.waitUntilRecorded()
      if isKilled {
        kill(try #require(server.conversations.last), SIGKILL)
        try server.process.waitFor("waiting for tatyana to come back")
      } else {
        peer.cut(.reset)
        try server.process.waitFor("link is down")
      }
      let next = try ReturningPeer(port: server.port, handle: "mike")
      try next.wait(for: "a place") { $0.place == 1 }
      try next.waitForFloor()
      try server.process.waitFor(
        isKilled
          ? "tatyana did not come back. The next in the queue has the floor."
          : "Client did not come back, and others have waited.")
      try peer.claim(on: server.port)
      try peer.waitForEnd()
      #expect(peer.farewell == "others-waited")
      let shown = try stage.history("show", "1")
      #expect(
        shown.outputText.contains("connection closed: connection lost, and others waited"),
        "\(shown.outputText)")
      try ResumeTests.expectSound(stage)
    }
  }

  @Test("a late claim of one that is over reads how it ended, as long as it is being seen off, too")
  func lateClaimAfterQuit() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try ResumeTests.peer(on: server.port)
      peer.cut(.reset)
      try peer.resume(on: server.port)
      try peer.say("one")
      try peer.waitUntilRecorded()
      try peer.send("quit user")
      try stage.waitForTranscript(["tatyana native: client 1 one; closed by client, quit"])
      // Its process sees the connection off, whose other end is open.
      #expect(server.conversations.count == 1)
      try peer.claim(on: server.port, attempt: 1)
      try peer.waitForEnd()
      #expect(peer.farewell == "user")
    }
  }

  @Test("\\quit ends a conversation whose link is down, and frees the floor of one that died")
  func quit() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try ResumeTests.peer(on: server.port)
      peer.cut(.reset)
      try server.process.waitFor("link is down")
      try server.process.enter("\\who")
      try server.process.waitFor("tatyana's link has been down for 0:")
      try server.process.enter("\\quit")
      try server.process.waitFor("Waiting for new connection...")
      try peer.claim(on: server.port)
      try peer.waitForEnd()
      #expect(peer.farewell == "user")
      let second = try ReturningPeer(port: server.port, handle: "mike")
      try second.waitForFloor()
      try second.waitForOffer()
      kill(try #require(server.conversations.last), SIGKILL)
      try server.process.waitFor("waiting for mike to come back")
      let third = try ReturningPeer(port: server.port, handle: "amy")
      try third.wait(for: "a place") { $0.place == 1 }
      // Its name is known by then.
      try third.waitForOffer()
      try Deadline.poll("the desk") { server.desk != nil }
      try server.process.enter("\\who")
      try server.process.waitFor("Waiting for mike (away; can come back for ")
      try server.process.waitFor("\\quit stops waiting. In the queue: amy (127.0.0.1:")
      try server.process.enter("\\quit")
      try server.process.waitFor("No longer waiting for mike. The next in the queue has the floor.")
      try third.waitForFloor()
    }
  }

  @Test("\\quit stops waiting also where nobody waits, and nothing was typed before")
  func quitAlone() throws {
    try Stage.run { stage in
      let server = try stage.server()
      _ = try ResumeTests.peer(on: server.port)
      kill(try #require(server.conversations.last), SIGKILL)
      try server.process.waitFor("waiting for tatyana to come back")
      try Deadline.poll("the desk") { server.desk != nil }
      try server.process.enter("\\quit")
      try server.process.waitFor(
        "No longer waiting for tatyana. Waiting for new connection...")
      #expect(!server.process.screen.text.contains("Stop the server"))
    }
  }

  @Test("somebody in the queue keeps the place")
  func queuePlace() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let owner = try ResumeTests.peer(on: server.port)
      let first = try ReturningPeer(port: server.port, handle: "mike")
      try first.wait(for: "a place") { $0.place == 1 }
      try first.waitForOffer()
      let second = try ReturningPeer(port: server.port, handle: "amy")
      try second.wait(for: "a place") { $0.place == 2 }
      first.cut(.reset)
      try Deadline.poll("its process gone") { server.conversations.count == 2 }
      try first.claim(on: server.port)
      try first.wait(for: "its place") { $0.place == 1 }
      try owner.send("quit user")
      try first.waitForFloor()
      #expect(second.place == 1 || !second.hasFloor)
    }
  }

  /// Nobody can go on with it, and nobody waits for it any more.
  @Test(
    "a transcript that goes while nobody serves a conversation ends that at once",
    arguments: [false, true])
  func transcriptIsGone(isReplaced: Bool) throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "3600")
      let copy = stage.home + "/earlier.db"
      if isReplaced { _ = try stage.bash("cp \(stage.database) \(copy)") }
      let peer = try ResumeTests.peer(on: server.port)
      try peer.say("one")
      try peer.waitUntilRecorded()
      kill(try #require(server.conversations.last), SIGKILL)
      try server.process.waitFor("waiting for tatyana to come back")
      // The others' share of the time is longer than this test.
      let next = try ReturningPeer(port: server.port, handle: "amy")
      try next.wait(for: "a place") { $0.place == 1 }
      for suffix in ["", "-wal", "-shm"] { unlink(stage.database + suffix) }
      if isReplaced { _ = try stage.bash("mv \(copy) \(stage.database)") }
      // As often as it takes until the transcript is there again. That nothing is recorded
      // of what was, the peer takes for a failure.
      try Deadline.poll("the floor for the next") {
        try peer.claim(on: server.port)
        try? peer.waitForEnd()
        // It reads what is there.
        try next.waitForOffer()
        return next.hasFloor
      }
    }
  }
}
