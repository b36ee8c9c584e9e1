import Glibc
import Harness
import Testing

/// `--no-log`: the talk is the same, and nothing of it is kept.
@Suite struct NoLogTests {
  private static let promise = "Nothing that is said is kept (--no-log). Ctrl-C stops."

  /// Whether `stage` has come to its end without a file of the server's: chatclient has a
  /// directory of its own.
  private func expectNothingKept(_ stage: Stage) {
    #expect(stage.files(in: stage.home).filter { $0 != "state" } == [])
    #expect(serversFiles(stage) == [])
  }

  private func serversFiles(_ stage: Stage) -> [String] {
    stage.files(in: stage.home + "/state").filter { $0 != "chatclient" }
  }

  @Test("two peers are served one after another, and no file is made")
  func twoPeers() throws {
    try Stage.run { stage in
      let server = try stage.server("--no-log")
      #expect(server.process.screen.text.contains(Self.promise))
      #expect(!server.process.screen.text.contains("Transcript"))
      for name in ["tatyana", "mike"] {
        let peer = try stage.nativePeer(name, on: server.port)
        try peer.send("say 1 hi from \(name)\0")
        try peer.waitFor("ack 1\0")
        try server.process.waitForInput("SERVER> ")
        try server.process.enter("\\who")
        try server.process.waitFor("You are talking with \(name) (127.0.0.1:")
        try server.process.enter("hello \(name)")
        try peer.waitFor("say 1 hello \(name)\0")
        try peer.send("ack 1\0say 2 bye\0")
        try peer.waitFor("ack 2\0")
        try server.process.waitForInput("SERVER> ")
        try server.process.enter("\\history")
        // Of this conversation: what the one before said is gone with it.
        try server.process.waitFor("The last 3 messages with \(name):")
        try server.process.waitFor("\(name)> hi from \(name)", times: 2)
        try server.process.waitFor("SERVER> hello \(name)", times: 2)
        try peer.send("quit user\0")
        try peer.waitForEnd()
      }
      try server.process.waitFor(LeavingTests.clientLeft, times: 2)
      expectNothingKept(stage)
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      expectNothingKept(stage)
    }
  }

  @Test("a confirmation with nothing said after it costs nothing")
  func quiet() throws {
    try Stage.run { stage in
      let server = try stage.server("--no-log", "--mode", "free")
      let peer = try ReturningPeer(port: server.port, handle: "tatyana")
      try peer.waitForFloor()
      try server.process.enter("one")
      try peer.waitToHear(1)
      let process = try #require(server.conversations.last)
      let before = try #require(ProcessTable.processorTicks(of: process))
      // A second, and two in which it has nothing to do.
      let clock = ContinuousClock()
      let end = clock.now.advanced(by: .seconds(3))
      try Deadline.poll("three seconds") { clock.now >= end }
      let after = try #require(ProcessTable.processorTicks(of: process))
      #expect(after - before < 30, "hundredths of a second")
    }
  }

  @Test("chatclient talks as ever")
  func chatclient() throws {
    try Stage.run { stage in
      let server = try stage.server("--no-log")
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitFor("tatyana> hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("\\history")
      try server.process.waitFor("The last message with tatyana:")
      try server.process.enter("hello")
      try client.waitFor("SERVER> hello")
      try server.process.enter("\\quit")
      #expect(try client.exitStatus() == 0)
      expectNothingKept(stage)
    }
  }

  @Test("\\history has a screenful of a long talk, and none where nothing was said")
  func longTalk() throws {
    try Stage.run { stage in
      let server = try stage.server("--no-log", "--mode", "free")
      let peer = try stage.nativePeer("tatyana", on: server.port)
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("\\history")
      try server.process.waitFor("Nothing was said with tatyana before.")
      try peer.send((1...50).map { "say \($0) line \($0)\0" }.joined())
      try peer.waitFor("ack 50\0")
      try server.process.waitFor("tatyana> line 50")
      try server.process.enter("\\history")
      try server.process.waitFor("The last 20 messages with tatyana:")
      try server.process.waitFor("tatyana> line 50", times: 2)
      #expect(server.process.screen.text.occurrences(of: "tatyana> line 31") == 2)
      #expect(server.process.screen.text.occurrences(of: "tatyana> line 30") == 1)
      expectNothingKept(stage)
    }
  }

  @Test(
    "what is said out of turn is held, and told when it comes too late; others wait in the queue")
  func heldAndWaiting() throws {
    try Stage.run { stage in
      let server = try stage.server("--no-log")
      let peer = try stage.nativePeer("tatyana", on: server.port)
      let next = try stage.client(server.port, "--handle", "mike")
      try next.waitFor("You are number 1 in the queue. \\quit leaves it.")
      // mike has told his name to his own conversation's process alone.
      try server.process.waitFor(" waits in the queue.")
      #expect(server.process.screen.lines.contains { $0.hasPrefix("127.0.0.1:") })
      try peer.send("say 1 one\0say 2 two\0say 3 three\0")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("so?")
      try server.process.waitFor("tatyana> two")
      #expect(!server.process.screen.text.contains("tatyana> three"))
      try peer.send("quit user\0")
      try server.process.waitFor("tatyana wrote this out of turn:")
      try server.process.waitFor("tatyana> three")
      try next.waitForInput("mike> ")
      try next.enter("hi")
      try server.process.waitFor("mike> hi")
      expectNothingKept(stage)
    }
  }

  @Test("a killed conversation is told, and the next peer is served")
  func conversationDies() throws {
    try Stage.run { stage in
      let server = try stage.server("--no-log")
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      kill(try #require(server.conversations.first), SIGKILL)
      try server.process.waitFor("crashed (signal 9). Waiting for new connection...")
      #expect(try client.exitStatus() == 74)
      let next = try stage.talker("mike", on: server.port)
      try next.enter("hello")
      try server.process.waitFor("mike> hello")
      expectNothingKept(stage)
    }
  }

  @Test("between pipes it listens when its input has ended, and says no word of recording")
  func piped() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--no-log", "--mode", "free", input: "/dev/null")
      let peer = try stage.nativePeer("tatyana", on: server.port)
      try peer.send("say 1 hi\0")
      try peer.waitFor("ack 1\0")
      try server.process.waitFor("tatyana> hi")
      try server.process.waitFor("Standard input has ended: listening only.\n")
      expectNothingKept(stage)
    }
  }

  @Test("a transcript that is there is neither opened nor changed")
  func transcriptStays() throws {
    try Stage.run { stage in
      let before = try stage.server()
      let first = try stage.talker("tatyana", on: before.port)
      try first.enter("kept")
      try before.process.waitForInput("SERVER> ")
      before.process.signal(SIGTERM)
      #expect(try before.process.exitStatus() == 0)
      let directory = stage.home + "/state/chatserve"
      let files = try contents(of: directory, stage)
      #expect(files.map(\.name).contains("transcript.db"))

      let port = try FakeServer.freePort()
      let server = try stage.onTerminal(
        path: "/usr/bin/env",
        ["CHATSERVE_DATABASE=\(stage.database)", Program.chatserve.path, "\(port)", "--no-log"])
      try server.waitFor(Self.promise)
      let peer = try stage.nativePeer("mike", on: port)
      try peer.send("say 1 not kept\0")
      try peer.waitFor("ack 1\0")
      try peer.send("quit user\0")
      try peer.waitForEnd()
      server.signal(SIGTERM)
      #expect(try server.exitStatus() == 0)
      #expect(try contents(of: directory, stage) == files)
      #expect(stage.files(in: stage.home) == ["state"])
      #expect(serversFiles(stage) == ["chatserve"])
    }
  }

  private struct File: Equatable {
    var name: String
    var bytes: [UInt8]
    /// Nanoseconds since 1970: of the directory it tells of files, a log
    /// above all, that were made and removed again.
    var changed: Int
  }

  /// A directory, as the first, and every file in it.
  private func contents(of directory: String, _ stage: Stage) throws -> [File] {
    try [file(".", in: directory)] + stage.files(in: directory).map { try file($0, in: directory) }
  }

  private func file(_ name: String, in directory: String) throws -> File {
    let path = directory + "/" + name
    var status = stat()
    let file = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    guard fstat(file, &status) == 0 else { throw HarnessFailure("\(path) is not there") }
    let isFile = status.st_mode & S_IFMT == S_IFREG
    var bytes = [UInt8](repeating: 0, count: isFile ? status.st_size : 0)
    guard bytes.isEmpty || read(file, &bytes, bytes.count) == bytes.count else {
      throw HarnessFailure("\(path) cannot be read")
    }
    let changed = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    return File(name: name, bytes: bytes, changed: changed)
  }

  @Test("--no-log with --database is refused with a sentence and 64")
  func contradiction() throws {
    try Stage.run { stage in
      let path = stage.home + "/transcript.db"
      let server = try stage.onPipes(.chatserve, ["1027", "--no-log", "--database", path])
      #expect(try server.exitStatus() == 64)
      #expect(
        server.errorText
          == "chatserve: --no-log and --database contradict each other; give one of the two.\n")
      #expect(server.outputText == "")
      expectNothingKept(stage)
    }
  }

  /// The program as a user of whom the system knows nothing, a home neither.
  private static func homeless(_ arguments: String...) -> [String] {
    [
      "--reuid=54321", "--regid=54321", "--clear-groups", "/usr/bin/env", "-u", "HOME", "-u",
      "XDG_STATE_HOME", "-u", "XDG_CONFIG_HOME", Program.chatserve.path,
    ] + arguments
  }

  @Test(
    "whoever has no home can talk with --no-log, and only so",
    .enabled(
      if: getuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0,
      "only root can be a user that does not exist"))
  func homeless() throws {
    try Stage.run { stage in
      let port = try FakeServer.freePort()
      let refused = try stage.onTerminal(
        path: "/usr/bin/setpriv", Self.homeless("\(port)"))
      #expect(try refused.exitStatus() == 64)
      #expect(refused.screen.text.contains("chatserve: there is no home directory"))
      let server = try stage.onTerminal(
        path: "/usr/bin/setpriv", Self.homeless("\(port)", "--no-log"))
      try server.waitFor(Self.promise)
      let peer = try stage.nativePeer("tatyana", on: port)
      try peer.send("say 1 hi\0")
      try peer.waitFor("ack 1\0")
      try server.waitFor("tatyana> hi")
    }
  }
}
