import Glibc
import Harness
import Testing

/// A signal that asks the server to end, at every millisecond of a start and of
/// a stop: the flags that a handler sets are looked at between waits, and none
/// may be waited past.
@Suite(.serialized) struct SignalMomentTests {
  /// More than a start takes on an idle machine.
  private static let startMilliseconds: Int64 = 60
  /// From the listening port to the first turn of the loop and some more.
  private static let listeningMilliseconds: Int64 = 20

  @Test("one that comes while the server starts ends it")
  func whileStarting() throws {
    for delay in 0..<Self.startMilliseconds {
      try Stage.run { stage in
        let server = try stage.onPipes(.chatserve, ["\(try FakeServer.freePort())"])
        Self.pass(milliseconds: delay)
        server.signal(SIGTERM)
        // Before the handlers are there the system ends it.
        let outcome = try server.exitOutcome()
        #expect(
          [.exited(0), .signaled(SIGTERM), .exited(69)].contains(outcome), "after \(delay) ms")
      }
    }
  }

  @Test("one that comes once the port listens ends it in good order, its keeper too")
  func onceListening() throws {
    for delay in 0..<Self.listeningMilliseconds {
      try Stage.run { stage in
        let port = try FakeServer.freePort()
        let server = try stage.onPipes(.chatserve, ["\(port)"])
        try Self.waitUntilListening(port, server)
        Self.pass(milliseconds: delay)
        server.signal(SIGTERM)
        #expect(try server.exitStatus() == 0, "after \(delay) ms")
        #expect(try stage.runsUnstopped() == 0, "after \(delay) ms")
        #expect(server.children == [])
      }
    }
  }

  @Test("a second one in the middle of a stop does not hold it up")
  func whileStopping() throws {
    for delay in stride(from: 0, to: Self.listeningMilliseconds, by: 2) {
      try Stage.run { stage in
        let server = try stage.pipedServer()
        let peer = try stage.nativePeer("tatyana", on: server.port)
        server.process.signal(SIGTERM)
        Self.pass(milliseconds: delay)
        server.process.signal(SIGTERM)
        try peer.waitFor("quit stopped\0")
        peer.leave()
        #expect(try server.process.exitStatus() == 0, "after \(delay) ms")
        #expect(
          try stage.transcript() == ["tatyana native: ; closed by server, sigint (SIGTERM)"])
      }
    }
  }

  /// Lets time go by: the moment is what is tried here, not a thing to wait for.
  private static func pass(milliseconds: Int64) {
    let end = Deadline.now + milliseconds
    while Deadline.now < end { poll(nil, 0, 1) }
  }

  private static func waitUntilListening(_ port: UInt16, _ server: SpawnedProcess) throws {
    // proc_net(5): the local address ends with the port, state 0A is LISTEN.
    let hexadecimal = String(port, radix: 16, uppercase: true)
    let ending = ":" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
    while server.peekOutcome() == nil {
      let sockets = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap { SmallFile.read($0) }.joined()
      let isListening = sockets.split(separator: "\n").contains {
        let fields = $0.split(separator: " ")
        return fields.count > 3 && fields[1].hasSuffix(ending) && fields[3] == "0A"
      }
      if isListening { return }
    }
    throw HarnessFailure("the server ended before it listened:\n\(server.evidence)")
  }
}
