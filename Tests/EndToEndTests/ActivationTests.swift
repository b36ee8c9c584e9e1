import Glibc
import Harness
import Testing

/// A server that a service manager starts: its socket, and what it says to the manager.
@Suite struct ActivationTests {
  /// As systemd starts it, with `socket` as descriptor 3. Standard input is nothing.
  private static let script = """
    exec 3<&0 </dev/null; LISTEN_PID=${PID:-$$} LISTEN_FDS=${COUNT:-1} LISTEN_FDNAMES=chat \
    exec "$0" "$@"
    """

  private func start(
    _ stage: Stage, _ socket: Int32, _ options: String...
  ) throws -> PipeProcess {
    try stage.onPipes(
      path: "/bin/sh", ["-c", Self.script, Program.chatserve.path, "--detached"] + options,
      descriptor: socket)
  }

  /// A socket that listens at a free port of 127.0.0.1.
  private final class Listening {
    let descriptor: Int32
    let port: UInt16

    init() throws {
      let descriptor = socket(
        AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      self.descriptor = descriptor
      let bound = Self.with(port: 0) { bind(descriptor, $0, $1) }
      #expect(bound == 0 && listen(descriptor, 16) == 0)
      var address = sockaddr_in()
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      _ = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          getsockname(descriptor, $0, &length)
        }
      }
      port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }

    private static func with(
      port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
  }

  @Test("it listens at the socket that was passed, and who connected before is served")
  func passed() throws {
    try Stage.run { stage in
      let socket = try Listening()
      let early = try PeerSocket(port: socket.port)
      let server = try start(stage, socket.descriptor)
      try server.waitFor("Listening on port \(socket.port) at 127.0.0.1.")
      try early.waitFor("SERVER\0")
      // None but the listener has the socket.
      let listening = try #require(OpenFiles.target(of: 3, in: server.processID))
      #expect(server.children.count >= 3)
      for child in server.children {
        #expect(!OpenFiles.paths(of: child).contains(listening))
      }
      server.signal(SIGTERM)
      #expect(try server.exitStatus() == 0)
    }
  }

  @Test(
    "the next server at the same socket goes on with who was there",
    arguments: ["the listener is signalled", "its whole group is"])
  func restart(who: String) throws {
    try Stage.run { stage in
      let socket = try Listening()
      let first = try start(stage, socket.descriptor, "--mode", "free")
      try first.waitFor("Ctrl-C stops.")
      try stage.acquaint(with: first.errorText, port: socket.port)
      let client = try stage.talker("tatyana", on: socket.port)
      try client.waitFor(DetachedTests.alone)
      try client.enter("one")
      let queued = try stage.client(socket.port, "--handle", "mike")
      try queued.waitFor("You are number 1 in the queue.")
      // Both know how to come back.
      let kept = stage.home + "/state/chatclient/talks"
      try Deadline.poll("two kept conversations") {
        stage.files(in: kept).filter { SmallFile.read("\(kept)/\($0)")?.isEmpty == false }.count
          == 2
      }
      let all = first.children
      // It leads it.
      #expect(getpgid(first.processID) == first.processID)
      #expect(all.count >= 4 && all.allSatisfy { getpgid($0) == first.processID })
      let isOfAll = who != "the listener is signalled"
      #expect(kill(isOfAll ? -first.processID : first.processID, SIGUSR2) == 0)
      #expect(try first.exitStatus() == 0)
      let second = try start(stage, socket.descriptor, "--mode", "free")
      // Both come back, in their order.
      try second.waitFor("tatyana was talking here when the server stopped")
      try second.waitFor(") is back.")
      try client.enter("here I am")
      try stage.waitForTranscript([
        "tatyana native: client 1 one, client 2 here I am; open",
        "mike native: ; open",
      ])
    }
  }

  @Test("SIGUSR2 and SIGTERM to all processes at once end it in order")
  func signals() throws {
    for signals in [[SIGUSR2], [SIGTERM], [SIGUSR2, SIGTERM], [SIGTERM, SIGUSR2]] {
      try Stage.run { stage in
        let server = try stage.pipedServer("--detached", input: "/dev/null")
        let peer = try stage.nativePeer("tatyana", on: server.port, over: .clear)
        try peer.waitFor("away\0")
        let all = [server.process.processID] + server.process.children
        #expect(all.count >= 4)
        // Whoever is first, both are there when a process looks.
        for process in all { kill(process, SIGSTOP) }
        try Deadline.poll("the stop of \(all)") {
          all.allSatisfy { ProcessTable.entry($0)?.state == "T" }
        }
        for signal in signals { for process in all { kill(process, signal) } }
        for process in all { kill(process, SIGCONT) }
        #expect(try server.process.exitStatus() == 0, "\(signals)")
        try peer.waitForEnd()
        // It could not come back: it did not say that it knows how.
        let reason = signals.contains(SIGTERM) ? "sigint (SIGTERM)" : "restart (SIGUSR2)"
        #expect(try stage.transcript() == ["tatyana native: ; closed by server, \(reason)"])
        #expect(try stage.runsUnstopped() == 0)
      }
    }
  }

  @Test("what was passed and is not one socket that listens is a sentence and 78")
  func wrong() throws {
    try Stage.run { stage in
      let socket = try Listening()
      let peer = try PeerSocket(port: socket.port)
      let null = open("/dev/null", O_RDWR | O_CLOEXEC)
      let file = open("\(stage.home)/file", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      var ends: [Int32] = [-1, -1]
      #expect(pipe(&ends) == 0)
      let datagram = Glibc.socket(
        AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      let local = try NotifySocket(at: "\(stage.home)/local", type: SOCK_STREAM)
      defer { for descriptor in [null, file, datagram] + ends { close(descriptor) } }
      typealias Case = (
        descriptor: Int32, variables: [String: String], options: [String], text: String
      )
      let cases: [Case] = [
        (peer.descriptor, [:], [], "is no TCP socket that listens"),
        (null, [:], [], "is no TCP socket that listens"),
        (file, [:], [], "is no TCP socket that listens"),
        (ends[0], [:], [], "is no TCP socket that listens"),
        (datagram, [:], [], "is no TCP socket that listens"),
        (local.descriptor, [:], [], "is no TCP socket that listens"),
        (socket.descriptor, ["COUNT": "-1"], [], "LISTEN_FDS is no number from 1: -1."),
        (socket.descriptor, ["COUNT": "2"], [], "passed 2 sockets"),
        (socket.descriptor, ["COUNT": "x"], [], "LISTEN_FDS is no number from 1: x."),
        (socket.descriptor, ["COUNT": "0"], [], "LISTEN_FDS is no number from 1: 0."),
        (socket.descriptor, ["PID": "x"], [], "LISTEN_PID is no number from 1: x."),
        (socket.descriptor, [:], ["1025"], "listens on port \(socket.port), not on 1025"),
        (socket.descriptor, [:], ["--bind", "127.0.0.1"], "--bind is for a server"),
      ]
      for wrong in cases {
        stage.variables = wrong.variables
        let server = try stage.onPipes(
          path: "/bin/sh",
          ["-c", Self.script, Program.chatserve.path, "--detached"] + wrong.options,
          descriptor: wrong.descriptor)
        #expect(try server.exitStatus() == 78, "\(wrong.text)")
        #expect(server.errorText.contains(wrong.text), "\(server.errorText)")
        #expect(server.errorText.split(separator: "\n").count == 1)
      }
      // The port may be named, where it is that one; what is for another is not ours.
      stage.variables = [:]
      let named = try start(stage, socket.descriptor, "\(socket.port)")
      try named.waitFor("Ctrl-C stops.")
      stage.variables = ["PID": "1"]
      let other = try start(stage, socket.descriptor)
      #expect(try other.exitStatus() == 64)
    }
  }

  @Test(
    "the manager reads that it is ready, who talks, that it lives and that it stops",
    arguments: [true, false])
  func states(isAbstract: Bool) throws {
    try Stage.run { stage in
      let name = "\(stage.home)/notify"
      let manager = try NotifySocket(at: isAbstract ? "@\(name)" : name)
      stage.variables = ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "400000"]
      let server = try stage.pipedServer("--detached", input: "/dev/null")
      try manager.waitFor("READY=1")
      try manager.waitFor("STATUS=Nobody is here.")
      try manager.waitFor("WATCHDOG=1", times: 4)
      let peer = try stage.nativePeer("tatyana", on: server.port, over: .clear)
      let other = try PeerSocket(port: server.port)
      try other.waitFor("SERVER\0")
      try other.send("mike\0")
      try Deadline.poll("the status") {
        manager.readAvailable()
        return manager.states.contains {
          $0.hasPrefix("STATUS=Talking with tatyana (127.0.0.1:") && $0.hasSuffix("); 1 waits.")
        }
      }
      server.process.signal(SIGTERM)
      try manager.waitFor("STOPPING=1")
      #expect(try server.process.exitStatus() == 0)
      manager.readAvailable()
      #expect(manager.states.first == "READY=1")
      #expect(manager.states.count { $0 == "READY=1" } == 1)
      _ = peer
    }
  }

  @Test(
    "a manager that is not there, or reads nothing, changes nothing",
    arguments: [
      "relative", "/", "@", "vsock:2:1234", "/nowhere/notify", "HOME", "HOME/full",
      "/" + String(repeating: "x", count: 200), "@" + String(repeating: "x", count: 106),
    ])
  func noManager(path: String) throws {
    try Stage.run { stage in
      let path = path.replacing("HOME", with: stage.home)
      let full = path.hasSuffix("/full") ? try NotifySocket(at: path) : nil
      stage.variables = ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "1000"]
      full?.fill()
      let server = try stage.pipedServer("--detached", input: "/dev/null")
      let peer = try stage.nativePeer("tatyana", on: server.port, over: .clear)
      try peer.waitFor("away\0")
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      #expect(!server.process.errorText.contains("notify"))
    }
  }

  @Test(
    "systemd-socket-activate starts it",
    .enabled(if: access("/usr/bin/systemd-socket-activate", X_OK) == 0, "there is no such program"))
  func activator() throws {
    try Stage.run { stage in
      let port = try FakeServer.freePort()
      let activator = try stage.onPipes(
        path: "/usr/bin/systemd-socket-activate",
        ["-l", "127.0.0.1:\(port)"]
          + stage.environment.flatMap { ["-E", "\($0.key)=\($0.value)"] }
          + [Program.chatserve.path, "--detached"])
      try activator.waitFor("Listening on")
      let peer = try PeerSocket(port: port)
      try peer.waitFor("SERVER\0")
      try activator.waitFor("Listening on port \(port) at 127.0.0.1.")
      activator.signal(SIGTERM)
      #expect(try activator.exitStatus() == 0)
    }
  }
}
