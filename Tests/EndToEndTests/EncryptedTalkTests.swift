import ChatSecure
import Glibc
import Harness
import Testing

/// chatclient and chatserve in TLS: who is remembered, and what is said of it.
@Suite struct EncryptedTalkTests {
  @Test("a server that is new is named once and known from then on; \\who has both keys")
  func acquaintance() throws {
    try Stage.run { stage in
      stage.link = .new
      let server = try stage.server()
      let key = try stage.fingerprint()
      for isFirst in [true, false] {
        let client = try stage.says(to: server.port)
        try server.process.waitFor("bob> hi", times: isFirst ? 1 : 2)
        #expect(try client.exitStatus() == 0)
        let notice =
          "Encrypted. 127.0.0.1 port \(server.port) is new here; its key \(key) is remembered. "
          + "The operator can read it with: chatserve key\n"
        #expect(client.errorText == (isFirst ? notice : ""))
        #expect(stage.knownServers() == ["[127.0.0.1]:\(server.port)": "key \(key)"])
      }
      #expect(stage.mode(of: stage.servers) == 0o700)
      #expect(stage.mode(of: stage.servers + "/[127.0.0.1]:\(server.port)") == 0o600)

      let client = try stage.talker("bob", on: server.port)
      try client.enter("\\who")
      try client.waitFor("Encrypted. Its key: \(key). Yours for it: SHA256:")
    }
  }

  @Test("a key of one run is not remembered, which is said every time")
  func temporaryKey() throws {
    try Stage.run { stage in
      stage.link = .new
      let server = try stage.server("--no-log")
      for _ in 0..<2 {
        let client = try stage.says(to: server.port)
        #expect(try client.exitStatus() == 0)
        #expect(client.errorText.contains("for this run alone; it is not remembered."))
        #expect(client.errorText.occurrences(of: "\n") == 1)
      }
      #expect(stage.knownServers().values.allSatisfy { $0 == "" })
    }
  }

  @Test("--key takes one key and no other", arguments: [true, false])
  func namedKey(isRight: Bool) throws {
    try Stage.run { stage in
      stage.link = .new
      let server = try stage.server()
      let key = try stage.fingerprint()
      let wanted = isRight ? "\(key)" : "SHA256:" + String(repeating: "A", count: 43)
      let client = try stage.says(to: server.port, "--key", wanted)
      #expect(try client.exitStatus() == (isRight ? 0 : 76))
      if !isRight {
        #expect(
          client.errorText
            == "The key of 127.0.0.1 port \(server.port) is \(key), and not that of --key. "
            + "Somebody may be in between. Nothing was said.\n")
        #expect(!server.process.screen.text.contains("bob"))
      }
      #expect(
        stage.knownServers()["[127.0.0.1]:\(server.port)"] == (isRight ? "key \(key)" : ""))
    }
  }

  @Test("another key than the known one is refused until it is forgotten")
  func changedKey() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let place = "127.0.0.1 port \(server.port)"
      let key = try stage.fingerprint()
      // As if it had had another.
      try stage.acquaint(with: "SHA256:" + String(repeating: "A", count: 43), port: server.port)
      let before = SmallFile.read(stage.servers + "/[127.0.0.1]:\(server.port)")
      let client = try stage.says(to: server.port)
      #expect(try client.exitStatus() == 76)
      #expect(
        client.errorText
          == "The key of \(place) is not the one known since 2026-01-01. Somebody may be in "
          + "between, or the server was set up again. Nothing was said. If its operator confirms "
          + "\(key): chatclient --forget 127.0.0.1 \(server.port)\n")
      #expect(SmallFile.read(stage.servers + "/[127.0.0.1]:\(server.port)") == before)
      #expect(!server.process.screen.text.contains("bob"))

      stage.link = .new
      let named = try stage.says(to: server.port, "--key", "\(key)")
      #expect(try named.exitStatus() == 76, "a pin is changed by --forget alone")
      let clear = try stage.says(to: server.port, "--clear")
      #expect(try clear.exitStatus() == 76)
      #expect(clear.errorText.contains("was encrypted since 2026-01-01, so --clear is refused."))

      let forget = try stage.onPipes(.chatclient, ["--forget", "127.0.0.1", "\(server.port)"])
      #expect(try forget.exitStatus() == 0)
      #expect(forget.outputText == "\(place) is forgotten.\n")
      let again = try stage.says(to: server.port)
      #expect(try again.exitStatus() == 0)
      #expect(again.errorText.contains("its key \(key) is remembered."))
    }
  }

  @Test("what is known and cannot be relied on connects to nobody", arguments: 0..<4)
  func unreliable(fault: Int) throws {
    try Stage.run { stage in
      let server = try FakeServer()
      try stage.acquaint(with: "SHA256:" + String(repeating: "A", count: 43), port: server.port)
      let file = stage.servers + "/[127.0.0.1]:\(server.port)"
      let sentence: String
      switch fault {
      case 0:
        #expect(truncate(file, 40) == 0)
        sentence = "is damaged (\(file), line 2). Nothing was said."
      case 1:
        #expect(chmod(file, 0o644) == 0)
        sentence = "may be read or changed by other users; type: chmod 600 '\(file)'"
      case 2:
        #expect(unlink(file) == 0 && mkdir(file, 0o700) == 0)
        sentence = "cannot be read (\(file) is not a file; move it away). Nothing was said."
      default:
        #expect(unlink(file) == 0 && symlink(file, file) == 0)
        sentence = "cannot be read (\(file): "
      }
      let client = try stage.says(to: server.port)
      #expect(try client.exitStatus() == 76)
      #expect(client.errorText.contains(sentence), "\(client.errorText)")
      #expect(client.errorText.occurrences(of: "\n") == 1)
      #expect(throws: HarnessFailure.self) { try server.accept(within: 0.1) }
      #expect(!client.errorText.hasPrefix("chatclient: "))
      let place = ["--forget", "127.0.0.1", "\(server.port)"]
      let forget = try stage.onPipes(.chatclient, place)
      #expect(try forget.exitStatus() == (fault == 2 ? 73 : 0), "\(forget.evidence)")
      if fault == 2 {
        #expect(forget.errorText.hasSuffix("\(file) is a directory; move it away.\n"))
      }
    }
  }

  @Test("what is to be typed against others' reading can be typed as it is")
  func typed() throws {
    try Stage.run { stage in
      try stage.acquaint(with: "SHA256:" + String(repeating: "A", count: 43), port: 1027)
      let file = stage.servers + "/[127.0.0.1]:1027"
      // A name that the shell would take the one that is meant for.
      try SmallFile.write("", to: stage.servers + "/1:1027")
      #expect(chmod(file, 0o644) == 0)
      let client = try stage.says(to: 1027)
      #expect(try client.exitStatus() == 76)
      let command = try #require(client.errorText.split(separator: "type: ").last)
      _ = try stage.bash(String(command))
      #expect(stage.mode(of: file) == 0o600)
    }
  }

  @Test(
    "where nothing can be remembered that is said, and the talk goes on",
    .enabled(if: SmallDisk.isAvailable), arguments: ["full", "read-only", "no home"])
  func nowhere(trouble: String) throws {
    try Stage.run { stage in
      stage.link = .new
      let server = try stage.server()
      let disk = try SmallDisk(kilobytes: 64)
      stage.variables["XDG_CONFIG_HOME"] = disk.directory
      switch trouble {
      case "full":
        // The directories and the file are there, and no room for a word.
        mkdir(disk.directory + "/chatclient", 0o700)
        mkdir(disk.directory + "/chatclient/servers", 0o700)
        try disk.fill()
      case "read-only": try disk.makeReadOnly()
      default: stage.variables["XDG_CONFIG_HOME"] = "/proc/nothing"
      }
      let client = try stage.says(to: server.port)
      try server.process.waitFor("bob> hi")
      #expect(try client.exitStatus() == 0)
      #expect(client.errorText.contains(" is not remembered: "), "\(client.errorText)")
      #expect(client.errorText.occurrences(of: "\n") == 1)
      let again = try stage.says(to: server.port)
      #expect(try again.exitStatus() == 0, "and nothing was left that refuses: \(again.errorText)")
    }
  }

  @Test("two that meet a server at the same moment both talk, and one key is remembered")
  func twoAtOnce() throws {
    try Stage.run { stage in
      stage.link = .new
      let server = try stage.server(unlimited: true)
      let key = try stage.fingerprint()
      let clients = try (0..<4).map { _ in try stage.says(to: server.port) }
      for client in clients {
        #expect(try client.exitStatus(within: 60) == 0, "\(client.errorText)")
      }
      #expect(stage.knownServers() == ["[127.0.0.1]:\(server.port)": "key \(key)"])
    }
  }

  @Test("a kill at any moment of the first talk leaves a file that is whole, or empty, or none")
  func killed() throws {
    try Stage.run { stage in
      stage.link = .new
      let server = try stage.server("--resume-within", "0", unlimited: true)
      let key = try stage.fingerprint()
      let file = stage.servers + "/[127.0.0.1]:\(server.port)"
      var seen: Set<Int> = []
      // On a busy machine a client takes longer to come as far.
      for round in 0..<400 where round < 40 || !seen.contains(2) {
        unlink(file)
        let client = try stage.onPipes(
          .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "bob"])
        let end = Deadline(seconds: Double(round) * 0.005)
        while !end.isOver { client.readAvailable() }
        client.signal(SIGKILL)
        _ = try client.exitOutcome()
        let text = SmallFile.read(file)
        seen.insert(text.map { $0.isEmpty ? 1 : 2 } ?? 0)
        if let text, !text.isEmpty {
          #expect(text.hasPrefix("chatclient server 1\nkey \(key)\n"))
          #expect(throws: Never.self) { try KnownServer(text: Array(text.utf8)) }
        }
      }
      #expect(seen.contains(2), "no client came as far as to remember: \(seen)")
      let client = try stage.says(to: server.port)
      #expect(try client.exitStatus(within: 60) == 0, "\(client.errorText)")
    }
  }
}
