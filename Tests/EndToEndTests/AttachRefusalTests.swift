import ChatPosix
import Glibc
import Harness
import Testing

/// Who cannot attach to a server, and what comes to the socket that is no terminal.
@Suite struct AttachRefusalTests {
  /// To attach: five choices and five variables, all of them off.
  private static let request = [0x81] + [UInt8](repeating: 0, count: 5 * 8 + 5 * 16)

  @Test("a second terminal reads who has the server, and the first goes on")
  func second() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer()
      let first = try stage.attached(to: server.port)
      let second = try stage.onTerminal(.chatserve, ["attach", "\(server.port)"])
      try second.waitFor("of process \(first.processID).")
      #expect(try second.waitForReturn(status: 75))
      try first.enter("\\detach")
      #expect(try first.waitForReturn())
    }
  }

  @Test("no server, no terminal, no port and one that has its own: a sentence and a status")
  func nobody() throws {
    try Stage.run { stage in
      mkdir(stage.runtime, 0o700)
      stage.variables["XDG_RUNTIME_DIR"] = stage.runtime
      let port = try FakeServer.freePort()
      let alone = try stage.onTerminal(.chatserve, ["attach", "\(port)"])
      try alone.waitFor("chatserve --detached \(port)")
      #expect(try alone.waitForReturn(status: 69))
      let piped = try stage.onPipes(.chatserve, ["attach", "\(port)"], input: "/dev/null")
      #expect(try piped.exitStatus() == 64)
      let portless = try stage.onTerminal(.chatserve, ["attach", "70000"])
      try portless.waitFor("invalid port 70000: must be 1 to 65535.")
      #expect(try portless.exitStatus() == 64)
      let own = try stage.server()
      let refused = try stage.onTerminal(.chatserve, ["attach", "\(own.port)"])
      #expect(try refused.waitForReturn(status: 69))
      try own.process.enter("\\detach")
      try own.process.waitFor("This is the server's own terminal.")
    }
  }

  @Test(
    "a directory that others can write, a link and none: the server runs without, and says so",
    arguments: ["open", "link", "none", "missing", "file"])
  func directory(kind: String) throws {
    try Stage.run { stage in
      let place = stage.home + "/place"
      switch kind {
      case "open":
        mkdir(place, 0o700)
        chmod(place, 0o777)
      case "link":
        mkdir(stage.runtime, 0o700)
        symlink(stage.runtime, place)
      case "file": try SmallFile.write("", to: place)
      default: break
      }
      if kind != "none" { stage.variables["XDG_RUNTIME_DIR"] = place }
      let server = try stage.pipedServer("--detached", input: "/dev/null")
      try server.process.waitFor("No terminal can be attached: ")
      let terminal = try stage.onTerminal(.chatserve, ["attach", "\(server.port)"])
      #expect(try terminal.exitStatus() == (kind == "open" ? 77 : 69))
      #expect(terminal.mode == terminal.originalMode)
      let client = try stage.talker("tatyana", on: server.port)
      try client.waitFor(DetachedTests.alone)
      #expect(server.process.errorText.occurrences(of: "No terminal can be attached") == 1)
    }
  }

  @Test("the socket is the user's alone")
  func mode() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer()
      #expect(stage.mode(of: stage.runtime + "/chatserve-\(server.port)") == 0o600)
      // As a service has it.
      let service = stage.home + "/service"
      mkdir(service, 0o755)
      stage.variables["RUNTIME_DIRECTORY"] = service + ":/nowhere"
      let other = try stage.pipedServer("--detached", input: "/dev/null")
      #expect(stage.mode(of: service + "/chatserve-\(other.port)") == 0o600)
    }
  }

  @Test("a file of that name which is no socket is not touched")
  func foreignFile() throws {
    try Stage.run { stage in
      mkdir(stage.runtime, 0o700)
      stage.variables["XDG_RUNTIME_DIR"] = stage.runtime
      let port = try FakeServer.freePort()
      let path = stage.runtime + "/chatserve-\(port)"
      try SmallFile.write("mine", to: path)
      let server = try stage.onPipes(.chatserve, ["--detached", "\(port)"], input: "/dev/null")
      try server.waitFor("No terminal can be attached: ")
      #expect(SmallFile.read(path) == "mine")
    }
  }

  @Test("garbage, descriptors that are no terminals, none and too many are refused")
  func garbage() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer()
      let null = try FileDescriptor.open("/dev/null", .readWrite)
      defer { null.closeOnce() }
      let request = Self.request
      let messages: [([UInt8], [FileDescriptor])] = [
        ([0], []), ([0x81], []), ([0x82], []), ([0x83], []), (Array("GET / HTTP/1.1".utf8), []),
        (request, []), (request, [null]), (request, [null, null]),
        (request, [null, null, null, null]), (request + [1], [null, null]),
        ([UInt8](repeating: 0x81, count: 60_000), []),
      ]
      let before = OpenFiles.paths(of: server.process.processID)
      for (bytes, descriptors) in messages {
        let caller = try stage.caller(of: server.port)
        #expect(try caller.send(bytes, passing: descriptors) == .sent)
        try Deadline.poll("an answer to \(bytes.prefix(3))") {
          try caller.receive() == .message([0x93])
        }
        caller.close()
      }
      #expect(OpenFiles.paths(of: server.process.processID).isSubset(of: before))
      let terminal = try stage.attached(to: server.port)
      try terminal.enter("\\detach")
      #expect(try terminal.waitForReturn())
    }
  }

  @Test("callers that say nothing, a thousand of them, are in nobody's way for long")
  func silence() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer()
      var callers: [MessageSocket] = []
      for _ in 0..<1000 {
        guard let caller = try? stage.caller(of: server.port) else { continue }
        callers.append(caller)
      }
      // Nobody waits for them meanwhile.
      let client = try stage.talker("tatyana", on: server.port)
      try client.waitFor(DetachedTests.alone)
      try Deadline.poll("their end") {
        callers.allSatisfy { (try? $0.receive()) == .endOfFile }
      }
      for caller in callers { caller.close() }
      let terminal = try stage.attached(to: server.port)
      try terminal.enter("\\detach")
      #expect(try terminal.waitForReturn())
    }
  }

  @Test("what an attached program may not send ends the attachment, and not the server")
  func babble() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer()
      let pty = try stage.onTerminal(path: "/bin/sleep", ["1000"])
      let name = try #require(OpenFiles.target(of: 0, in: pty.processID))
      let end = try FileDescriptor.open(
        name, .readWrite, options: FileDescriptor.OpenOptions(rawValue: O_NOCTTY))
      defer { end.closeOnce() }
      let caller = try stage.caller(of: server.port)
      let request = Self.request
      #expect(try caller.send(request, passing: [end, end]) == .sent)
      try Deadline.poll("an answer") { try caller.receive() == .message([0x91]) }
      #expect(try caller.send([0xff]) == .sent)
      try Deadline.poll("the end") { try caller.receive().isDetached }
      let terminal = try stage.attached(to: server.port)
      try terminal.enter("\\detach")
      #expect(try terminal.waitForReturn())
    }
  }

  @Test("another user's terminal is refused", .enabled(if: getuid() == 0))
  func otherUser() throws {
    try Stage.run { stage in
      let server = try stage.detachedServer()
      // As far as anybody may come who is not root.
      for path in [stage.home + "/..", stage.home] { chmod(path, 0o755) }
      chmod(stage.runtime, 0o755)
      chmod(stage.runtime + "/chatserve-\(server.port)", 0o666)
      stage.variables["XDG_CONFIG_HOME"] = "/none"
      let terminal = try stage.onTerminal(
        path: "/usr/bin/setpriv",
        ["--reuid=65534", "--clear-groups", Program.chatserve.path, "attach", "\(server.port)"])
      try terminal.waitFor("is another user's.")
      #expect(try terminal.exitStatus() == 77)
    }
  }
}

extension MessageSocket.ReceiveResult {
  fileprivate var isDetached: Bool {
    if case .message(let bytes) = self { bytes.first == 0x95 } else { self == .endOfFile }
  }
}
