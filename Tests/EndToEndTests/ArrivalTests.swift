import Glibc
import Harness
import Testing

/// --on-arrival: a command of the operator's.
@Suite struct ArrivalTests {
  private func command(_ stage: Stage, _ script: String) -> String {
    "cd '\(stage.home)'; \(script)"
  }

  private func wait(_ stage: Stage, for text: String, in file: String) throws {
    try Deadline.poll("“\(text)” in \(file)", within: 20) {
      SmallFile.read("\(stage.home)/\(file)")?.contains(text) == true
    }
  }

  @Test("it is told who has the floor and who waits, and has no terminal and nothing open")
  func told() throws {
    try Stage.run { stage in
      // As a shell or a supervisor leaves files open to the server.
      let left = open("\(stage.home)/left", O_CREAT | O_RDONLY, 0o600)
      defer { close(left) }
      let server = try stage.pipedServer(
        "--detached", "--on-arrival",
        command(
          stage,
          "ls -l /proc/$$/fd > open; echo \"$CHAT_EVENT $CHAT_HANDLE $CHAT_ADDRESS.\" >> came"),
        input: "/dev/null")
      let first = try stage.nativePeer("tatyana", on: server.port, over: .clear)
      try wait(stage, for: "floor tatyana 127.0.0.1:", in: "came")
      let open = try #require(SmallFile.read("\(stage.home)/open"))
      let targets = open.split(separator: "\n").compactMap { row in
        row.firstRange(of: " -> ").map { String(row[$0.upperBound...]) }
      }
      let known = targets.filter {
        $0 == "/dev/null" || $0.hasSuffix("/open") || $0.hasPrefix("/proc/")
      }
      #expect(targets == known)
      let second = try PeerSocket(port: server.port)
      try second.send("mike\n")
      try wait(stage, for: "queue mike 127.0.0.1:", in: "came")
      _ = first
    }
  }

  @Test(
    "a name is never the shell's to read", arguments: ["$(id>x)", "`id>x`", "';id>x;'", "-n\\c"])
  func names(handle: String) throws {
    try Stage.run { stage in
      // Of the usual size of a process's environment, some 30 times.
      stage.variables = ["BIG": String(repeating: "x", count: 100_000)]
      let server = try stage.pipedServer(
        "--detached", "--on-arrival",
        command(stage, "printf '%s %s\\n' \"$CHAT_HANDLE\" ${#BIG} > came"), input: "/dev/null")
      let peer = try PeerSocket(port: server.port)
      try peer.send("\(handle)\n")
      try wait(stage, for: "\(handle) 100000\n", in: "came")
      #expect(SmallFile.read("\(stage.home)/x") == nil)
    }
  }

  @Test(
    "what went wrong is said, once as long as it is the same",
    arguments: [
      ("/nowhere/at all", "was not found: the shell ended with status 127."),
      ("'./a place/program'; exit 3", "ended with status 3."), ("kill -9 $$", "ended by signal 9."),
    ])
  func fails(script: String, sentence: String) throws {
    try Stage.run { stage in
      let place = try stage.bash(
        command(stage, "mkdir 'a place' && ln -s /bin/true 'a place/program'"))
      #expect(try place.exitStatus() == 0)
      let server = try stage.pipedServer(
        "--detached", "--on-arrival", command(stage, "echo $CHAT_HANDLE >> came; \(script)"),
        input: "/dev/null")
      let first = try stage.nativePeer("tatyana", on: server.port, over: .clear)
      try server.process.waitFor(sentence)
      let second = try PeerSocket(port: server.port)
      try second.send("mike\n")
      try wait(stage, for: "tatyana\nmike\n", in: "came")
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      #expect(server.process.errorText.ranges(of: "--on-arrival").count == 1)
      _ = first
    }
  }

  @Test("what goes on after its shell, as mail(1) does, is not cut off")
  func goesOn() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer(
        "--detached", "--on-arrival",
        command(stage, "(sleep 2; echo sent > sent) & exit 0"), input: "/dev/null")
      let peer = try stage.nativePeer("tatyana", on: server.port, over: .clear)
      try wait(stage, for: "sent", in: "sent")
      #expect(!server.process.errorText.contains("--on-arrival"))
      _ = peer
    }
  }

  @Test("what hangs, forks or hides is ended after 10 s, and the newest is rung for then")
  func hangs() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer(
        "--detached", "--mode", "free", "--on-arrival",
        command(
          stage,
          "echo $CHAT_HANDLE >> came; trap '' TERM INT HUP; sleep 600 & echo $! >> sleepers; "
            + "while :; do echo x; sleep 0.1; done & echo $! >> sleepers; "
            // A daemon: of another session, and a child of nobody.
            + "(setsid sh -c 'echo $$ >> sleepers; sleep 600 & wait' & ); sleep 600"),
        input: "/dev/null")
      let peers = try ["one", "two", "three"].map { handle in
        let peer = try PeerSocket(port: server.port)
        try peer.send("\(handle)\n")
        try peer.waitFor(handle == "one" ? "The conversation begins" : "in the queue")
        return peer
      }
      try wait(stage, for: "one\nthree\n", in: "came")
      let sleepers = try #require(SmallFile.read("\(stage.home)/sleepers"))
        .split(separator: "\n").compactMap { pid_t($0) }
      #expect(sleepers.count >= 3)
      try server.process.waitFor("still ran after 10 s and was killed, with all that")
      for sleeper in sleepers.prefix(3) {
        try Deadline.poll("the end of \(sleeper)") { ProcessTable.entry(sleeper) == nil }
      }
      // The talk has not waited for any of it, and the end ends all.
      try peers[0].send("hello\n")
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      for sleeper in sleepers {
        try Deadline.poll("the end of \(sleeper)") {
          let state = ProcessTable.entry(sleeper)?.state
          return state == nil || state == "Z"
        }
      }
    }
  }

  @Test("its process does not outlive the server, also where somebody has stopped it")
  func stopped() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--detached", "--on-arrival", "true", input: "/dev/null")
      try Deadline.poll("the process") {
        !server.process.children(named: "chatserve-ring").isEmpty
      }
      let ring = try #require(server.process.children(named: "chatserve-ring").first)
      kill(ring, SIGSTOP)
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      try Deadline.poll("its end") {
        let state = ProcessTable.entry(ring)?.state
        return state == nil || state == "Z"
      }
    }
  }

  @Test("its process is started again when it was killed, and signals to all change nothing")
  func killed() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer(
        "--detached", "--on-arrival", command(stage, "echo $CHAT_HANDLE >> came"),
        input: "/dev/null")
      // It has its name a moment after its life.
      try Deadline.poll("the process") {
        !server.process.children(named: "chatserve-ring").isEmpty
      }
      let ring = try #require(server.process.children(named: "chatserve-ring").first)
      for signal in [SIGUSR2, SIGTERM, SIGINT, SIGHUP] { kill(ring, signal) }
      let first = try stage.nativePeer("tatyana", on: server.port, over: .clear)
      try wait(stage, for: "tatyana", in: "came")
      #expect(server.process.children(named: "chatserve-ring") == [ring])
      kill(ring, SIGKILL)
      try Deadline.poll("its end") { server.process.children(named: "chatserve-ring") == [] }
      let second = try PeerSocket(port: server.port)
      try second.send("mike\n")
      try wait(stage, for: "mike", in: "came")
      _ = first
    }
  }
}
