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
      // A name is never the shell's to read.
      let second = try PeerSocket(port: server.port)
      try second.send("$(id>x)\n")
      try wait(stage, for: "queue $(id>x) 127.0.0.1:", in: "came")
      #expect(SmallFile.read("\(stage.home)/x") == nil)
      _ = first
    }
  }

  @Test("what hangs or forks is ended after 10 s, and the newest is rung for then")
  func hangs() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer(
        "--detached", "--mode", "free", "--on-arrival",
        command(
          stage,
          "echo $CHAT_HANDLE >> came; trap '' TERM INT HUP; sleep 600 & "
            + "echo $! >> sleepers; sleep 600"),
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
      let first = try #require(sleepers.first)
      try Deadline.poll("the end of \(first)") {
        let state = ProcessTable.entry(first)?.state
        return state == nil || state == "Z"
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
