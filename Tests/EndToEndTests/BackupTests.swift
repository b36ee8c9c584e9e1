import Glibc
import Harness
import Testing

/// `history backup` beside a talk, stopped, on a full disk, and put back.
@Suite struct BackupTests {
  @Test("a copy made in mid-talk has all that was acknowledged before, and nobody waits for it")
  func meanwhile() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free", unlimited: true)
      let peer = try stage.nativePeer("raw", on: server.port)
      var said = 0
      func say() throws {
        said += 1
        try peer.send("say \(said) word \(said)\0")
        try peer.waitFor("ack \(said)\0")
      }
      for round in 1...5 {
        for _ in 0..<20 { try say() }
        let known = said
        let file = "\(stage.home)/copy \(round)"
        let run = try stage.onPipes(.chatserve, ["history", "backup", file])
        // Talk for as long as it takes.
        try Deadline.poll("the end of the backup", within: 60) {
          try say()
          run.readAvailable()
          return run.peekOutcome() != nil
        }
        #expect(try run.exitStatus() == 0, "\(run.errorText)")
        #expect(run.outputText.hasSuffix(": no damage found\n"))
        #expect(stage.mode(of: file) == 0o600)
        let verified = try stage.history("verify", "--database", file)
        #expect(try verified.exitStatus() == 0)
        let shown = try stage.history(
          "show", "1", "--kind", "message", "-o", "tsv", "--database", file)
        let words = shown.rows.map(\.last)
        #expect(words.count >= known)
        #expect(words == (1...words.count).map { "word \($0)" })
      }
      #expect(stage.files(in: stage.home).filter { $0.hasPrefix("copy") }.count == 5)
    }
  }

  @Test(
    "a signal at any moment leaves the whole file or none", arguments: [SIGINT, SIGTERM, SIGHUP])
  func stopped(signal: Int32) throws {
    try Stage.run { stage in
      let server = try stage.pipedServer()
      let peer = try stage.nativePeer("raw", on: server.port)
      try peer.send("say 1 hi\0")
      try peer.waitFor("ack 1\0")
      let directory = stage.home + "/copies"
      #expect(mkdir(directory, 0o700) == 0)
      var outcomes: Set<Bool> = []
      for milliseconds in stride(from: 0, to: 400, by: 10) {
        let file = directory + "/copy"
        let run = try stage.onPipes(.chatserve, ["history", "backup", file])
        let end = Deadline(seconds: Double(milliseconds) / 1000)
        while !end.isOver, run.peekOutcome() == nil { run.readAvailable() }
        run.signal(signal)
        let outcome = try run.exitOutcome()
        let isWhole = outcome == .exited(0)
        #expect(stage.files(in: directory) == (isWhole ? ["copy"] : []), "\(milliseconds) ms")
        #expect(isWhole || outcome == .exited(130) || outcome == .signaled(signal))
        outcomes.insert(isWhole)
        unlink(file)
      }
      #expect(outcomes.contains(true))
    }
  }

  @Test("a full disk leaves nothing", .enabled(if: SmallDisk.isAvailable, "nothing can be mounted"))
  func full() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer()
      let peer = try stage.nativePeer("raw", on: server.port)
      try peer.send("say 1 hi\0")
      try peer.waitFor("ack 1\0")
      let disk = try SmallDisk()
      try disk.fill()
      let run = try stage.history("backup", disk.directory + "/copy")
      #expect(try run.exitStatus() == 74)
      #expect(run.outputText == "")
      #expect(run.errorText.hasPrefix("chatserve: "))
      #expect(run.errorText.contains(disk.directory + "/copy"), "\(run.errorText)")
      #expect(run.errorText.occurrences(of: "\n") == 1)
      #expect(stage.files(in: disk.directory) == ["filler"])
      disk.free()
      #expect(try stage.history("backup", disk.directory + "/copy").exitStatus() == 0)
    }
  }

  @Test("put back as the manual says, it is a transcript that goes on")
  func restored() throws {
    try Stage.run { stage in
      func say(_ words: String, to server: Server<PipeProcess>) throws {
        let peer = try stage.nativePeer("raw", on: server.port)
        try peer.send("say 1 \(words)\0")
        try peer.waitFor("ack 1\0")
        try peer.send("quit user\0")
        try server.process.waitFor(LeavingTests.clientLeft)
      }
      let copy = stage.home + "/backup.db"
      let first = try stage.pipedServer()
      try say("before", to: first)
      #expect(try stage.history("backup", copy).exitStatus() == 0)
      try say("after", to: first)
      first.process.signal(SIGKILL)
      _ = try first.process.exitOutcome()
      let put = try stage.bash(
        """
        t=$($0 history path) && mv $t $t.old && rm -f $t-wal $t-shm \
        && cp \(copy) $t && chmod 600 $t && $0 history show @ -o tsv --kind message
        """)
      #expect(put.outputText.hasSuffix("before\n"), "\(put.evidence)")
      let second = try stage.pipedServer()
      try say("later", to: second)
      second.process.signal(SIGTERM)
      #expect(try second.process.exitStatus() == 0)
      let shown = try stage.history("search", "before", "-o", "tsv")
      #expect(shown.rows.count == 1)
      #expect(
        try stage.history("show", "@", "-o", "tsv", "--kind", "message").outputText.hasSuffix(
          "later\n"))
    }
  }
}
