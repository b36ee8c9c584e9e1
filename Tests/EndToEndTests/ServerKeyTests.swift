import ChatPosix
import ChatSecure
import Glibc
import Harness
import Testing

/// The server's key on the disk, and the process that signs with it.
@Suite struct ServerKeyTests {
  /// What is beside the key but for the newest seal.
  private func keys(_ stage: Stage) -> [String] {
    stage.files(in: stage.config + "/chatserve").filter { !$0.hasPrefix("key.seal-") }
  }

  @Test("the key is made once, for its owner alone, and named in the listening line")
  func made() throws {
    try Stage.run { stage in
      let server = try stage.server()
      #expect(stage.mode(of: stage.keyFile) == 0o600)
      #expect(stage.mode(of: stage.config + "/chatserve") == 0o700)
      #expect(keys(stage) == ["key"])
      let fingerprint = try stage.fingerprint()
      try server.process.waitFor("Key \(fingerprint); anyone who reaches this port can talk.")
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      let again = try stage.server()
      try again.process.waitFor("Key \(fingerprint);")
    }
  }

  @Test("with --no-log no file is made: a key in memory, or the one that is there")
  func noLog() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--no-log")
      #expect(keys(stage) == [])
      let peer = try SecurePeer(port: server.port)
      try peer.send("tatyana\0say 1 hi\0")
      try server.process.waitFor("tatyana> hi")
      let logged = try stage.pipedServer()
      try logged.process.waitFor("Key \(stage.fingerprint());")
      let other = try stage.pipedServer("--no-log")
      try other.process.waitFor("Key \(stage.fingerprint());")
    }
  }

  private func refusal(_ stage: Stage, _ options: [String] = []) throws -> (Int32, String) {
    let server = try stage.onPipes(.chatserve, ["\(try FakeServer.freePort())"] + options)
    let status = try server.exitStatus()
    #expect(server.outputText == "")
    #expect(server.errorText.hasSuffix("\n") && server.errorText.occurrences(of: "\n") == 1)
    return (status, server.errorText)
  }

  @Test("a key with a second name, below the transcript's directory, is refused; the advice helps")
  func secondName() throws {
    try Stage.run { stage in
      let first = try stage.pipedServer()
      first.process.signal(SIGTERM)
      #expect(try first.process.exitStatus() == 0)
      #expect(link(stage.keyFile, stage.home + "/state/chatserve/known") == 0)
      let (status, text) = try refusal(stage)
      #expect(status == 77)
      #expect(text.contains("has other names too (hard links)"))
      let advice = try #require(text.firstRange(of: "If nobody has read it: ")).upperBound
      let end = try #require(text.firstRange(of: ". Else: ")).lowerBound
      let shell = try stage.onPipes(path: "/bin/sh", ["-c", String(text[advice..<end])])
      #expect(try shell.exitStatus() == 0)
      _ = try stage.pipedServer()
    }
  }

  @Test("advice about a key names the file that is meant")
  func otherFile() throws {
    try Stage.run { stage in
      let file = stage.home + "/my key"
      let end = "chatserve key --new --key-file '\(file)'\n"
      let none = try stage.onPipes(.chatserve, ["key", "--key-file", file])
      #expect(try none.exitStatus() == 66)
      #expect(none.errorText.hasSuffix(end))
      let made = try stage.onPipes(.chatserve, ["key", "--new", "--key-file", file])
      #expect(try made.exitStatus() == 0)
      chmod(file, 0o644)
      #expect(try refusal(stage, ["--key-file", file]).1.hasSuffix(end))
      chmod(file, 0o600)
      truncate(file, 10)
      #expect(try refusal(stage, ["--key-file", file]).1.hasSuffix(end))
    }
  }

  enum Fault: CaseIterable {
    case mode, directory, truncated, garbage, otherKind, pipe, below, owner, readOnly
  }

  @Test(
    "a key that is not one, or not its owner's alone, is refused in one sentence",
    arguments: Fault.allCases)
  func refused(_ fault: Fault) throws {
    if fault == .owner || fault == .readOnly, geteuid() != 0 { return }
    try Stage.run { stage in
      let first = try stage.server()
      first.process.signal(SIGTERM)
      #expect(try first.process.exitStatus() == 0)
      let key = stage.keyFile
      let text = try #require(SmallFile.read(key))
      var options: [String] = []
      let expected: (Int32, String)
      switch fault {
      case .mode:
        chmod(key, 0o644)
        expected = (77, "is not yours alone: others may read or change it")
      case .directory:
        chmod(stage.config + "/chatserve", 0o755)
        expected = (77, "is in a directory that is not yours alone")
      case .owner:
        chown(key, 12345, 12345)
        expected = (77, "belongs to another user")
      case .truncated:
        try write(String(text.dropLast(30)), to: key)
        expected = (74, "is damaged")
      case .garbage:
        try write("", to: key)
        expected = (74, "is damaged")
      case .otherKind:
        let made = Command(
          path: "/usr/bin/openssl",
          arguments: ["genpkey", "-algorithm", "X25519", "-out", key],
          environment: stage.environment)
        #expect(try made.run().status == 0)
        expected = (74, "is of another kind than Ed25519")
      case .pipe:
        unlink(key)
        mkfifo(key, 0o600)
        expected = (74, "is not a plain file")
      case .below:
        options = ["--key-file", stage.home + "/state/chatserve/key"]
        expected = (77, "lies below the transcript's directory")
      case .readOnly:
        options = ["--key-file", "/proc/chatserve/key"]
        expected = (73, "cannot be made")
      }
      let before = keys(stage)
      let (status, sentence) = try refusal(stage, options)
      #expect(status == expected.0)
      #expect(sentence.contains(expected.1), "\(sentence)")
      #expect(keys(stage) == before)
    }
  }

  private func write(_ text: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard Glibc.write(file, bytes, bytes.count) == bytes.count else {
      throw HarnessFailure("writing \(path)")
    }
  }

  @Test("a link below the transcript's directory is followed before it is judged")
  func linked() throws {
    try Stage.run { stage in
      mkdir(stage.home + "/state", 0o700)
      mkdir(stage.home + "/state/chatserve", 0o700)
      symlink(stage.home + "/state/chatserve", stage.home + "/keys")
      let (status, sentence) = try refusal(stage, ["--key-file", stage.home + "/keys/key"])
      #expect(status == 77)
      #expect(sentence.contains("lies below the transcript's directory"), "\(sentence)")
    }
  }

  // MARK: The signer

  private func signer(of server: Server<PtyProcess>) throws -> pid_t {
    try #require(server.process.children(named: "chatserve-sign").first)
  }

  @Test("a signer that dies is started again; the talk goes on, and newcomers are served")
  func killed() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try SecurePeer(port: server.port)
      try peer.send("tatyana\0say 1 hi\0")
      try peer.waitFor("ack 1\0")
      let first = try signer(of: server)
      kill(first, SIGKILL)
      try server.process.waitFor("signs with the server's key died; another is started")
      try Deadline.poll("another signer") {
        let next = server.process.children(named: "chatserve-sign").first
        return next != nil && next != first
      }
      try server.process.enter("still here")
      try peer.waitFor("say 1 still here\0")
      try Deadline.poll("a newcomer is served") {
        let next = try SecurePeer(port: server.port, expecting: stage.fingerprint())
        try? next.shakeHands()
        return next.isEstablished
      }
    }
  }

  @Test("with another key than the run's nobody new is let in, and the talk goes on")
  func changed() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try SecurePeer(port: server.port)
      try peer.send("tatyana\0say 1 hi\0")
      try peer.waitFor("ack 1\0")
      let made = Command(
        path: "/usr/bin/openssl",
        arguments: ["genpkey", "-algorithm", "ED25519", "-out", stage.keyFile],
        environment: stage.environment)
      #expect(try made.run().status == 0)
      kill(try signer(of: server), SIGKILL)
      try server.process.waitFor("is another than the one that this server began with")
      try server.process.waitFor("start the server again; or put back the old one")
      let newcomer = try PeerSocket(port: server.port)
      try newcomer.waitForEnd()
      #expect(
        newcomer.receivedText
          == "The server cannot prove who it is just now. Please try again in a moment.\n")
      try server.process.enter("still here")
      try peer.waitFor("say 1 still here\0")
    }
  }

  @Test("with --no-log a signer that dies takes the key along, and newcomers are served by another")
  func temporary() throws {
    try Stage.run { stage in
      let server = try stage.server("--no-log", "--mode", "free")
      let talker = try SecurePeer(port: server.port)
      try talker.send("tatyana\0say 1 hi\0")
      try talker.waitFor("ack 1\0")
      for _ in 0..<2 {
        let first = try signer(of: server)
        kill(first, SIGKILL)
        var key: PublicKey?
        try Deadline.poll("a newcomer is served") {
          guard let next = server.process.children(named: "chatserve-sign").first, next != first
          else { return false }
          let peer = try SecurePeer(port: server.port)
          try? peer.shakeHands()
          key = peer.isEstablished ? peer.serverKey : nil
          return key != nil
        }
        try server.process.waitFor("Now it is \(try #require(key).fingerprint)")
      }
      try server.process.enter("still here")
      try talker.waitFor("say 1 still here\0")
      let clear = try PeerSocket(port: server.port)
      try clear.waitFor("SERVER\0")
      #expect(keys(stage) == [])
    }
  }

  @Test("a signer that is started again makes no key")
  func unmade() throws {
    try Stage.run { stage in
      let server = try stage.server()
      unlink(stage.keyFile)
      kill(try signer(of: server), SIGKILL)
      try server.process.waitFor("cannot be read (No such file or directory)")
      #expect(keys(stage) == [])
    }
  }

  @Test("a stopped signer, or one that was started again, does not outlive the server")
  func outlived() throws {
    try Stage.run { stage in
      for restarts in [false, true] {
        let server = try stage.server()
        var last = try signer(of: server)
        if restarts {
          kill(last, SIGKILL)
          let first = last
          try Deadline.poll("another signer") {
            last = server.process.children(named: "chatserve-sign").first ?? first
            return last != first && ProcessTable.status("Seccomp", of: last) == "2"
          }
        }
        kill(last, SIGSTOP)
        server.process.signal(SIGTERM)
        #expect(try server.process.exitStatus() == 0)
        #expect(kill(last, 0) == -1, "it is reaped by then")
      }
    }
  }

  @Test("a stopped signer costs newcomers in TLS, and nobody else")
  func stopped() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let signer = try signer(of: server)
      kill(signer, SIGSTOP)
      let secure = try SecurePeer(port: server.port)
      let clear = try PeerSocket(port: server.port)
      try clear.waitFor("SERVER\0")
      try clear.send("mike\nhi\n")
      try server.process.waitFor("mike> hi")
      try? secure.shakeHands()
      #expect(secure.failure == .alert(80))
      kill(signer, SIGCONT)
    }
  }

  @Test("no conversation reads the key, nor gets into the signer")
  func outOfReach() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let signer = try signer(of: server)
      #expect(ProcessTable.status("NoNewPrivs", of: signer) == "1")
      #expect(ProcessTable.status("Seccomp", of: signer) == "2")
      let probe = try stage.onPipes(
        .contained,
        ["reach", stage.home + "/state/chatserve", stage.keyFile, "\(signer)"])
      #expect(try probe.exitStatus() == 0, "\(probe.evidence)")
      let answers = probe.outputText.split(separator: "\n").map(String.init)
      #expect(
        answers == [
          "read \(EACCES)", "write \(EACCES)", "link \(EPERM)", "rename \(EPERM)",
          "memory \(EACCES)", "attach \(EPERM)", "seize \(EPERM)", "vm \(EPERM)",
          "pidfd \(EPERM)", "signal \(EPERM)",
        ])
      #expect(keys(stage) == ["key"])
      #expect(try self.signer(of: server) == signer)
    }
  }
}
