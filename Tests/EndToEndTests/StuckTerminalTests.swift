import Glibc
import Harness
import Testing

/// A terminal that nobody reads: a stuck ssh, a window that was stopped. What
/// is looked at here is never the screen, which would read it.
@Suite struct StuckTerminalTests {
  /// More than a pseudoterminal and everything in front of it keeps.
  private static let flood = 1_000_000
  private static let line = String(repeating: "x", count: 400) + "\n"

  /// A talk in which the peer has said more than the operator's terminal takes.
  private func fill(_ stage: Stage, _ server: Server<PtyProcess>) throws -> PeerSocket {
    let peer = try PeerSocket(port: server.port)
    try peer.waitFor("SERVER\0")
    try peer.send("bob\n")
    let deadline = Deadline(seconds: 20)
    var sent = 0
    // Left unread for a while, it is not read at all any more.
    var lastTaken = Deadline.now
    while sent < Self.flood, !deadline.isOver, Deadline.now - lastTaken < 1000 {
      let count = peer.offer(Self.line)
      sent += count
      if count > 0 { lastTaken = Deadline.now }
    }
    return peer
  }

  private func waitForExit(_ process: SpawnedProcess, within seconds: Double) throws -> ExitOutcome?
  {
    try Deadline.poll("the end, with nobody reading", within: seconds) {
      process.peekOutcome() != nil
    }
    return process.peekOutcome()
  }

  @Test(
    "a signal ends the server in mid-conversation, the peer is told", arguments: [SIGTERM, SIGINT])
  func talking(signal: Int32) throws {
    try Stage.run { stage in
      let server = try stage.server("--mode", "free")
      let peer = try fill(stage, server)
      server.process.signal(signal)
      try peer.waitFor("Server requested to close connection. Good Bye")
      #expect(try waitForExit(server.process, within: 20) == .exited(0))
      #expect(try stage.runsUnstopped() == 0)
    }
  }

  @Test("a talk that ends lets the next begin, and both are recorded")
  func nextPeer() throws {
    try Stage.run { stage in
      let server = try stage.server("--mode", "free")
      let first = try fill(stage, server)
      first.reset()
      let next = try PeerSocket(port: server.port)
      try next.waitFor("SERVER\0")
      try next.send("ann\0")
      try next.waitFor("floor\0", within: 30)
      try next.send("say 1 hello\0")
      try next.waitFor("ack 1\0")
      let ends = try stage.transcript().map { $0.suffix(200) }
      #expect(ends.contains("ann native: client 1 hello; open"), "\(ends)")
      server.process.signal(SIGTERM)
      #expect(try waitForExit(server.process, within: 20) == .exited(0))
    }
  }

  @Test("a signal ends the client, and the server is told")
  func client() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "bob")
      let peer = try server.accept()
      try peer.send("SERVER\0")
      try peer.waitFor("bob\0")
      try peer.send("mode free\0floor\0")
      let deadline = Deadline(seconds: 20)
      var number = 0
      var lastTaken = Deadline.now
      var rest = ""
      while number < Self.flood / 400, !deadline.isOver, Deadline.now - lastTaken < 1000 {
        if rest.isEmpty {
          number += 1
          rest = "say \(number) \(Self.line.dropLast())\0"
        }
        let count = peer.offer(rest)
        rest = String(rest.utf8.dropFirst(count)) ?? ""
        if count > 0 { lastTaken = Deadline.now }
      }
      client.signal(SIGTERM)
      try peer.waitFor("quit")
      #expect(try waitForExit(client, within: 20) == .exited(0))
    }
  }
}
