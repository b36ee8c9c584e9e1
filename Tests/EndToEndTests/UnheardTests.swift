import Glibc
import Harness
import Testing

/// Peers that say something and leave before they have the floor, as a script
/// does: `printf 'bob> hi' | nc`.
@Suite struct UnheardTests {
  private static let bobsWords = "bob line: client 1 hi (held); closed by client, eof"

  /// In one read, however slow the machine: the end of file ends the line, or the
  /// goodbye stands behind it.
  @Test(
    "what a script says all at once is read, and recorded",
    arguments: [("bob> hi", "eof"), ("bob> hi\n\\quit\n", "quit")])
  func allAtOnce(text: String, reason: String) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try PeerSocket(port: server.port)
      try peer.send(text)
      peer.sendEndOfFile()
      try peer.waitForEnd()
      try server.process.waitFor("Client requested to close connection.")
      #expect(
        server.process.screen.text.contains(
          """
          Connection with client opened.
          bob wrote this and left before the conversation began:
          bob> hi
          Client requested to close connection. Waiting for new connection...
          """))
      try stage.waitForTranscript(["bob line: client 1 hi (held); closed by client, \(reason)"])
    }
  }

  @Test("without a transcript too", arguments: Wire.allCases)
  func withoutLog(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server("--no-log")
      let peer = try wire.peer(port: server.port)
      try peer.send("bob\none\ntwo\n\\quit\n")
      try peer.waitForEnd()
      try server.process.waitFor("bob wrote this and left before the conversation began:")
      try server.process.waitFor("bob> two")
    }
  }

  @Test(
    "behind another's talk it waits, takes nobody's place, and is read when that ends",
    arguments: Wire.allCases)
  func behindAnother(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server("--max-waiting", "1")
      let first = try stage.talker("one", on: server.port)
      let script = try wire.peer(port: server.port)
      try script.send("bob> hi\n")
      script.sendEndOfFile()
      // Not held up by the talk.
      try script.waitForEnd()
      try stage.waitForTranscript(["one native: ; open", Self.bobsWords])
      let second = try stage.client(server.port, "--handle", "two")
      try second.waitFor("You are number 1 in the queue. \\quit leaves it.")
      #expect(!server.process.screen.text.contains("bob> hi"))
      try first.enter("\\quit")
      try server.process.waitFor("bob> hi")
      try second.waitForInput("two> ")
      try second.enter("hello")
      try server.process.waitFor("two> hello")
    }
  }

  @Test("one that leaves the line and does not hang up holds nobody up", arguments: Wire.allCases)
  func leavesTheLineOpen(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let alone = try handover(stage, server)
      // The last words to a peer may take two seconds, which nobody waits for.
      // The best of three: the machine may have other things to do.
      let fastest = try (1...3).map { round in
        let script = try wire.peer(port: server.port)
        let wait = try handover(stage, server, besides: script)
        try server.process.waitFor("bob> hi", times: round)
        return wait
      }.min()
      #expect(try #require(fastest) < alone + 1_000)
    }
  }

  /// Milliseconds from one talk's end to the next one's beginning. `script` has
  /// said something from the queue between the two and left, but for its socket.
  private func handover(
    _ stage: Stage, _ server: Server<PtyProcess>, besides script: PeerSocket? = nil
  ) throws -> Int64 {
    let first = try stage.talker("one", on: server.port)
    try script?.send("bob\n")
    try script?.waitFor("number 1 in ")
    let second = try stage.client(server.port, "--handle", "two")
    try second.waitFor("You are number \(script == nil ? 1 : 2) in the queue.")
    try script?.send("hi\n\\quit\n")
    try script?.waitForEnd()
    try first.enter("\\quit")
    let began = Deadline.now
    try second.waitForInput("two> ")
    let wait = Deadline.now - began
    try second.enter("\\quit")
    #expect(try second.exitStatus() == 0)
    return wait
  }

  @Test("when the server stops first, it says how much there was", arguments: Wire.allCases)
  func serverStops(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      _ = try stage.talker("one", on: server.port)
      let script = try wire.peer(port: server.port)
      try script.send("bob\none\ntwo\n\\quit\n")
      try script.waitForEnd()
      try stage.waitForTranscript([
        "one native: ; open",
        "bob line: client 1 one (held), client 2 two (held); closed by client, quit",
      ])
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      #expect(
        server.process.screen.text.contains(
          "left before the conversation began; 2 unread messages of it are in the transcript."))
    }
  }

  @Test("of more than a few the operator is told how many there were", arguments: Wire.allCases)
  func many(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server(unlimited: true)
      let talker = try stage.talker("one", on: server.port)
      for number in 0..<20 {
        let script = try wire.peer(port: server.port)
        try script.send("bob> n\(number)\n")
        script.sendEndOfFile()
        try script.waitForEnd()
      }
      try server.process.waitFor("left before the conversation began; 1 unread message", times: 4)
      try talker.enter("\\quit")
      try server.process.waitFor("bob wrote this and left", times: 16)
    }
  }
}
