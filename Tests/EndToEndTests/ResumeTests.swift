import Glibc
import Harness
import Testing

/// A conversation whose connection, process or server is lost goes on: both sides have the
/// same words, each once and in order, and the transcript has one conversation.
@Suite struct ResumeTests {
  /// What there is in the end: one conversation of these messages, which its peer ended,
  /// and nothing that `verify` finds.
  static func expect(
    _ stage: Stage, _ words: String, _ ending: String = "closed by client, quit"
  ) throws {
    try stage.waitForTranscript(["tatyana native: \(words); \(ending)"])
    try expectSound(stage)
  }

  static func expectSound(_ stage: Stage) throws {
    let verify = try stage.onPipes(
      .chatserve, ["history", "verify", "--database", stage.database])
    #expect(try verify.exitStatus() == 0, "\(verify.outputText)\(verify.errorText)")
  }

  /// A peer that has the floor and can come back.
  static func peer(on port: UInt16) throws -> ReturningPeer {
    let peer = try ReturningPeer(port: port, handle: "tatyana")
    try peer.waitForFloor()
    try peer.waitForOffer()
    return peer
  }

  @Test(
    "a lost connection: said once, gone on with, and both say what the other has not",
    arguments: ReturningPeer.Cut.allCases)
  func cutInTurns(how: ReturningPeer.Cut) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try Self.peer(on: server.port)
      #expect(peer.within == 300)
      try peer.say("one")
      try peer.waitUntilRecorded()
      try server.process.waitForInput("SERVER> ")
      peer.cut(how)
      try server.process.waitFor("tatyana's link is down; \\quit ends the conversation.")
      // The operator goes on, under the same rules.
      try server.process.enter("two")
      try server.process.waitFor("SERVER> two")
      try peer.resume(on: server.port)
      try server.process.waitFor("tatyana is back after 0:0")
      try peer.waitToHear(1)
      #expect(peer.heard == ["two"])
      try peer.say("three")
      try peer.waitUntilRecorded()
      try server.process.waitFor("tatyana> three")
      #expect(server.process.screen.text.occurrences(of: "tatyana> one") == 1)
      #expect(server.process.screen.text.occurrences(of: "link is down") == 1)
      try peer.send("quit user")
      try peer.waitForEnd()
      try Self.expect(stage, "client 1 one, server 1 two, client 2 three")
    }
  }

  @Test("what was said and not acknowledged is said again, and shown once")
  func cutInFree() throws {
    try Stage.run { stage in
      let server = try stage.server("--mode", "free")
      let peer = try Self.peer(on: server.port)
      var heard = 0
      for round in 1...6 {
        try peer.say("a\(round)")
        try peer.say("b\(round)")
        try server.process.enter("s\(round)")
        heard += 1
        if round.isMultiple(of: 2) { try peer.waitToHear(heard) }
        peer.cut(round.isMultiple(of: 3) ? .endOfFile : .reset)
        try peer.resume(on: server.port, from: UInt8(1 + round % 2))
        try peer.waitUntilRecorded()
      }
      try peer.waitToHear(heard)
      #expect(peer.heard == (1...6).map { "s\($0)" })
      try peer.send("quit user")
      try peer.waitForEnd()
      try server.process.waitFor("Waiting for new connection...")
      let text = server.process.screen.text
      for round in 1...6 {
        #expect(text.occurrences(of: "tatyana> a\(round)") == 1)
        #expect(text.occurrences(of: "tatyana> b\(round)") == 1)
      }
      #expect(text.contains("from 127.0.0.2."))
      let said = try #require(try stage.transcript().first)
      for number in 1...12 { #expect(said.occurrences(of: "client \(number) ") == 1) }
      #expect(try stage.transcript().count == 1)
      try Self.expectSound(stage)
    }
  }

  @Test("a wrong token, a stale attempt and one that is too early evict nobody")
  func refused() throws {
    try Stage.run { stage in
      let server = try stage.server(unlimited: true)
      let peer = try Self.peer(on: server.port)
      let other = try ReturningPeer(port: server.port, handle: "mike")
      try other.claim(on: server.port, token: String(repeating: "0", count: 64))
      try other.wait(for: "a denial") { $0.denial != nil }
      // It says who it is instead.
      try other.send("mike")
      try other.wait(for: "a place") { $0.place != nil }
      try peer.say("one")
      try peer.waitUntilRecorded()
      // Beside a living link, with a higher attempt, it goes on.
      try peer.resume(on: server.port)
      try server.process.enter("two")
      try peer.waitToHear(1)
      let late = try PeerSocket(port: server.port)
      try late.send("resume \(peer.token ?? "") 0 1\0")
      try late.waitFor("resumed 1\0quit moved\0")
      try late.waitForEnd()
      try peer.say("three")
      try peer.waitUntilRecorded()
    }
  }

  @Test("a killed conversation: the terminal comes back, and what was said last is shown once more")
  func conversationKilled() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let mode = server.process.originalMode
      let peer = try Self.peer(on: server.port)
      try peer.say("one")
      try server.process.enter("two", after: "tatyana> one")
      try peer.waitToHear(1)
      kill(try #require(server.conversations.first), SIGKILL)
      try server.process.waitFor("crashed (signal 9); waiting for tatyana to come back.")
      try Deadline.poll("the desk") { server.desk != nil }
      try peer.resume(on: server.port, recalling: 20)
      try server.process.waitFor("tatyana is back after")
      try peer.wait(for: "what was said") { $0.past.count == 2 }
      #expect(peer.past == ["client 1 one", "server 1 two"])
      try peer.say("three")
      try server.process.enter("four", after: "tatyana> three")
      try peer.waitToHear(2)
      try peer.send("quit user")
      try peer.waitForEnd()
      try Self.expect(stage, "client 1 one, server 1 two, client 2 three, server 2 four")
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      #expect(server.process.mode == mode)
    }
  }

  @Test("a stopped conversation is killed after two seconds, and the talk goes on")
  func conversationStopped() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try Self.peer(on: server.port)
      try peer.say("one")
      try peer.waitUntilRecorded()
      try server.process.waitForInput("SERVER> ")
      kill(try #require(server.conversations.first), SIGSTOP)
      try peer.resume(on: server.port)
      try server.process.waitFor("tatyana is back after")
      try server.process.enter("two")
      try peer.waitToHear(1)
      try peer.send("quit user")
      try peer.waitForEnd()
      try Self.expect(stage, "client 1 one, server 1 two")
    }
  }

  @Test("the operator's line is on the line again")
  func draft() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try Self.peer(on: server.port)
      try peer.say("one")
      try server.process.waitForInput("SERVER> ")
      try server.process.send("half")
      try server.process.waitForInput("SERVER> half")
      peer.cut(.reset)
      try server.process.waitFor("link is down")
      try peer.resume(on: server.port)
      try server.process.waitFor("is back after")
      try server.process.waitForInput("SERVER> half")
      try server.process.enter(" done")
      try peer.waitToHear(1)
      #expect(peer.heard == ["half done"])
    }
  }

  @Test("a killed server: a new one on the same port keeps the floor, and the talk goes on")
  func listenerKilled() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try Self.peer(on: server.port)
      try peer.say("one")
      try server.process.enter("two", after: "tatyana> one")
      try peer.waitToHear(1)
      kill(server.process.processID, SIGKILL)
      // No goodbye, and no word of one.
      try peer.waitForEnd()
      #expect(peer.farewell == nil)
      let again = try stage.onTerminal(.chatserve, ["\(server.port)"])
      try again.waitFor("tatyana was talking here when the server stopped; waiting for tatyana")
      try peer.resume(on: server.port)
      try again.waitFor("tatyana is back after")
      try peer.say("three")
      try again.enter("four", after: "tatyana> three")
      try peer.waitToHear(2)
      try peer.send("quit user")
      try peer.waitForEnd()
      try Self.expect(stage, "client 1 one, server 1 two, client 2 three, server 2 four")
    }
  }

  @Test("a killed server leaves what was typed on the screen, and says who can come back")
  func listenerKilledWithADraft() throws {
    try Stage.run { stage in
      let shell = try stage.shelledServer("--resume-within 60")
      let mode = shell.process.originalMode
      let peer = try Self.peer(on: shell.port)
      try peer.say("one")
      try shell.process.waitForInput("SERVER> ")
      try shell.process.send("half")
      try shell.process.waitForInput("SERVER> half")
      kill(shell.listener, SIGKILL)
      try shell.process.waitFor("status 137")
      try shell.process.waitFor("Not sent: half")
      try shell.process.waitFor(
        "The server's listening process died. Start chatserve again: tatyana can come back for 1")
      try Deadline.poll("the terminal as it was") { shell.process.mode == mode }
      try peer.waitForEnd()
      #expect(peer.farewell == nil)
      #expect(try stage.transcript() == ["tatyana native: client 1 one; open"])
    }
  }

  @Test("SIGUSR2 stops the server for a restart: no goodbye, and the draft on the screen")
  func restart() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let mode = server.process.originalMode
      let peer = try Self.peer(on: server.port)
      let foreign = try PeerSocket(port: server.port)
      try foreign.waitFor("SERVER\0")
      try foreign.send("amy\n")
      try foreign.waitFor("number 1 in the queue")
      try peer.say("one")
      try server.process.waitForInput("SERVER> ")
      try server.process.send("half")
      try server.process.waitForInput("SERVER> half")
      server.process.signal(SIGUSR2)
      #expect(try server.process.exitStatus() == 0)
      #expect(server.process.mode == mode)
      #expect(server.process.screen.text.contains("Not sent: half"))
      #expect(
        server.process.screen.text.contains(
          "The server stops for a restart: tatyana can come back for 5 minutes."))
      try peer.waitForEnd()
      #expect(peer.farewell == nil)
      // Who cannot come back reads a goodbye.
      try foreign.waitForEnd()
      #expect(foreign.receivedText.contains("Server requested to close connection."))
      #expect(try stage.runsUnstopped() == 0)
      let again = try stage.onTerminal(.chatserve, ["\(server.port)"])
      try again.waitFor("waiting for tatyana to come back")
      try peer.resume(on: server.port)
      try again.enter("two", after: "is back after")
      try peer.waitToHear(1)
      try peer.send("quit user")
      try peer.waitForEnd()
      try stage.waitForTranscript([
        "tatyana native: client 1 one, server 1 two; closed by client, quit",
        "amy line: ; closed by server, sigint (SIGUSR2)",
      ])
      try Self.expectSound(stage)
    }
  }

  @Test("the grace ends as today, and what comes after it reads how it ended")
  func graceIsOver() throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "1")
      let peer = try Self.peer(on: server.port)
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
      try Self.expectSound(stage)
    }
  }

  @Test("coming back is no sign of life: who says nothing is as silent as before")
  func idleClock() throws {
    try Stage.run { stage in
      let server = try stage.server("--idle-timeout", "4", unlimited: true)
      let peer = try Self.peer(on: server.port)
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

  @Test("somebody who waits ends the grace after a fifth of it")
  func waiterEndsTheGrace() throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "20")
      let peer = try Self.peer(on: server.port)
      peer.cut(.reset)
      try server.process.waitFor("link is down")
      let next = try ReturningPeer(port: server.port, handle: "mike")
      try next.wait(for: "a place") { $0.place == 1 }
      try next.waitForFloor()
      try peer.claim(on: server.port)
      try peer.waitForEnd()
      #expect(peer.farewell == "expired")
    }
  }

  @Test("\\quit ends a conversation whose link is down, and frees the floor of one that died")
  func quit() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try Self.peer(on: server.port)
      peer.cut(.reset)
      try server.process.waitFor("link is down")
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
      try Deadline.poll("the desk") { server.desk != nil }
      try server.process.enter("\\who")
      try server.process.waitFor("Somebody whose connection is lost can come back; \\quit gives")
      try server.process.enter("\\quit")
      try third.waitForFloor()
    }
  }

  @Test("somebody in the queue keeps the place")
  func queuePlace() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let owner = try Self.peer(on: server.port)
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

  @Test("without a transcript, or with --resume-within 0, nothing is offered")
  func nothingOffered() throws {
    for options in [["--no-log"], ["--resume-within", "0"]] {
      try Stage.run { stage in
        let server = try stage.server(options[0], options.dropFirst().first ?? "--no-bell")
        let peer = try ReturningPeer(port: server.port, handle: "tatyana")
        try peer.waitForFloor()
        try peer.say("one")
        try peer.waitUntilRecorded()
        #expect(peer.token == nil)
        peer.cut(.reset)
        try server.process.waitFor("Connection with client was lost.")
      }
    }
  }
}

extension PtyProcess {
  /// Types a line once the screen shows `text`.
  fileprivate func enter(_ line: String, after text: String) throws {
    try waitFor(text)
    try enter(line)
  }
}
