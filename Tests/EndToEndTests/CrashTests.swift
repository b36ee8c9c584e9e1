import Glibc
import Harness
import Testing

/// Where nobody can come back: with that, see ``ResumeTests``.
@Suite struct CrashTests {
  @Test("a killed conversation costs that conversation: said, recorded, the terminal given back")
  func conversationDies() throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "0")
      let mode = server.process.originalMode
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      #expect(server.process.mode != mode)
      let conversation = try #require(server.conversations.first)
      kill(conversation, SIGKILL)
      try server.process.waitFor("crashed (signal 9). Waiting for new connection...")
      #expect(try client.exitStatus() == 74)
      #expect(client.screen.lines.last?.hasPrefix("The connection was lost.") == true)
      try stage.waitForTranscript([
        "tatyana native: client 1 hi; closed by server, crashed (signal 9)"
      ])
      let next = try stage.talker("mike", on: server.port)
      try next.enter("hello")
      try server.process.waitFor("mike> hello")
      // As it was found after the crash, and so by each after it.
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      #expect(server.process.mode == mode)
    }
  }

  @Test("a killed conversation gives the floor to the next in the queue")
  func nextInLine() throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "0")
      _ = try stage.talker("one", on: server.port)
      let second = try stage.client(server.port, "--handle", "two")
      try second.waitFor("You are number 1 in the queue. \\quit leaves it.")
      kill(try #require(server.conversations.first), SIGKILL)
      try second.waitForInput("two> ")
      try second.enter("hi")
      try server.process.waitFor("two> hi")
    }
  }

  @Test(
    "when the listener is killed its conversations report a death, and the port is free at once")
  func listenerDies() throws {
    try Stage.run { stage in
      let shell = try stage.shelledServer("--resume-within 0")
      let mode = shell.process.originalMode
      let client = try stage.talker("tatyana", on: shell.port)
      try client.enter("hi")
      try shell.process.waitForInput("SERVER> ")
      kill(shell.listener, SIGKILL)
      #expect(try client.exitStatus() == 74)
      #expect(
        client.screen.lines.last == "The connection was lost. The server broke it off.")
      try shell.process.waitFor("status 137")
      try shell.process.waitFor("the server's listening process died.")
      try stage.waitForTranscript([
        "tatyana native: client 1 hi; closed by server, crashed (the listener died)"
      ])
      try Deadline.poll("the terminal as it was") { shell.process.mode == mode }

      let again = try stage.onTerminal(.chatserve, ["\(shell.port)"])
      try again.waitFor("Listening on port \(shell.port)")
    }
  }

  @Test("conversations of a server that was killed whole are lost, not open")
  func everythingDies() throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "0")
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      #expect(try stage.transcript() == ["tatyana native: client 1 hi; open"])
      let all = [server.process.processID, try #require(server.keeper)] + server.conversations
      // Stopped first, so that none sees another's end and records it.
      for process in all { kill(process, SIGSTOP) }
      for process in all { kill(process, SIGKILL) }
      #expect(try client.exitStatus() == 74)
      try stage.waitForTranscript(["tatyana native: client 1 hi; lost"])
      let again = try stage.onTerminal(.chatserve, ["\(server.port)"])
      try again.waitFor("Listening on port \(server.port)")
      #expect(try stage.transcript() == ["tatyana native: client 1 hi; lost"])
    }
  }

  @Test("a killed keeper is replaced, and the ends of crashed conversations are recorded still")
  func keeperDies() throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "0")
      kill(try #require(server.keeper), SIGKILL)
      try Deadline.poll("another keeper") {
        server.process.children(named: "chatserve-keep").contains { $0 != server.keeper }
      }
      _ = try stage.talker("tatyana", on: server.port)
      kill(try #require(server.conversations.first), SIGKILL)
      try stage.waitForTranscript(["tatyana native: ; closed by server, crashed (signal 9)"])
    }
  }

  /// Stops a keeper that does not hold the transcript's lock, which everybody
  /// would wait for then.
  private func stopOutsideOfWriting(_ keeper: Int32, _ database: String) throws {
    try Deadline.poll("the keeper at rest") {
      kill(keeper, SIGSTOP)
      let writes = try ForeignConnection(database, busyTimeout: 0)
      do {
        try writes.execute("BEGIN IMMEDIATE; ROLLBACK")
        return true
      } catch {
        kill(keeper, SIGCONT)
        return false
      }
    }
  }

  @Test("what a keeper was asked to record and did not, when it was killed, the next one records")
  func keeperDiesWithEndsUnread() throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "0")
      let keeper = try #require(server.keeper)
      _ = try stage.talker("one", on: server.port)
      try stopOutsideOfWriting(keeper, stage.database)
      kill(try #require(server.conversations.first), SIGKILL)
      let crashed = "crashed (signal 9). Waiting for new connection..."
      try server.process.waitFor(crashed)
      _ = try stage.talker("two", on: server.port)
      kill(try #require(server.conversations.first), SIGKILL)
      try server.process.waitFor(crashed, times: 2)
      kill(keeper, SIGKILL)
      try stage.waitForTranscript([
        "one native: ; closed by server, crashed (signal 9)",
        "two native: ; closed by server, crashed (signal 9)",
      ])
    }
  }

  @Test("a terminal that was stopped with Ctrl-S holds neither the server nor its end up")
  func stoppedTerminal() throws {
    try Stage.run { stage in
      let server = try stage.server("--resume-within", "0", unlimited: true)
      // XOFF, termios(3).
      try server.process.send("\u{13}")
      for number in 1...20 {
        let peer = try PeerSocket(port: server.port)
        try peer.waitFor("SERVER\0")
        try Deadline.poll("the process of peer \(number)") { !server.conversations.isEmpty }
        kill(try #require(server.conversations.first), SIGKILL)
        try peer.waitForEnd()
        try Deadline.poll("peer \(number) reaped") { server.conversations.isEmpty }
      }
      let last = try PeerSocket(port: server.port)
      try last.waitFor("SERVER\0")
      last.leave()
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      #expect(try stage.runsUnstopped() == 0)
      #expect(
        try stage.transcript().count { $0 == "-: ; closed by server, crashed (signal 9)" } == 20)
    }
  }
}
