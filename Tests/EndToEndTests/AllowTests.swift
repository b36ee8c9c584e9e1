import ChatSecure
import Glibc
import Harness
import Testing

/// Who is let in, and the commands that say so.
@Suite struct AllowTests {
  private func run(_ stage: Stage, _ arguments: String...) throws -> (Int32, String) {
    let process = try stage.onPipes(.chatserve, arguments)
    let status = try process.exitStatus()
    return (status, process.outputText + process.errorText)
  }

  private static let sentence =
    "This server lets in only those whose keys its operator has allowed.\n"

  private func file(_ stage: Stage) -> String { stage.config + "/chatserve/allow" }

  @Test("only those in the file come in, by their names there; others read one sentence")
  func allowed() throws {
    try Stage.run { stage in
      let mike = try PrivateKey.random()
      let anna = try PrivateKey.random()
      #expect(
        try run(stage, "allow", "\(mike.publicKey.fingerprint)", "mike")
          == (0, "\(file(stage)) lets in \(mike.publicKey.fingerprint) as mike.\n"))
      let server = try stage.server("--allow", file(stage), unlimited: true)
      try server.process.waitFor("only those in \(file(stage)) can talk")

      let clear = try PeerSocket(port: server.port)
      try clear.send("mike\n")
      try clear.waitForEnd()
      #expect(clear.receivedText == "SERVER\0" + Self.sentence)

      let nameless = try SecurePeer(port: server.port)
      try nameless.waitForEnd()
      #expect(nameless.receivedText == Self.sentence)
      #expect(nameless.endedCleanly)

      let stranger = try SecurePeer(port: server.port, ownKey: anna)
      try stranger.waitForEnd()
      #expect(stranger.receivedText == Self.sentence)
      let allow = "chatserve allow \(anna.publicKey.fingerprint) NAME"
      try server.process.waitFor("which is not allowed. To let it in: \(allow)")

      let known = try SecurePeer(port: server.port, ownKey: mike)
      try known.waitFor("SERVER\0")
      try known.send("boss\0say 1 hi\0")
      try known.waitFor("ack 1\0")
      try server.process.waitFor("mike> hi")
      #expect(!server.process.screen.text.contains("boss>"))
      #expect(try stage.transcript().contains { $0.hasPrefix("mike native: client 1 hi") })

      // Read again without a restart.
      #expect(try run(stage, "allow", "\(anna.publicKey.fingerprint)", "anna").0 == 0)
      let second = try SecurePeer(port: server.port, ownKey: anna, afterGreeting: true)
      try second.waitFor("SERVER\0")
      try second.send("anna\0")
      try second.waitFor("wait 1\0")

      #expect(
        try run(stage, "block", "\(mike.publicKey.fingerprint)")
          == (0, "\(file(stage)) does not let in \(mike.publicKey.fingerprint) any more.\n"))
      try server.process.waitFor("mike is not allowed any more.")
      try known.waitFor("quit blocked\0")
      try known.waitForEnd()
      try second.waitFor("floor\0")
    }
  }

  /// Its conversation has nothing to wait for, and its process goes.
  @Test("who is not let in and ends at once costs next to nothing")
  func cheap() throws {
    try Stage.run { stage in
      let key = "\(try PrivateKey.random().publicKey.fingerprint)"
      #expect(try run(stage, "allow", key, "mike").0 == 0)
      let server = try stage.server("--allow", file(stage), unlimited: true)
      for _ in 0..<3 {
        let peer = try SecurePeer(port: server.port)
        var found: pid_t?
        try Deadline.poll("its process") {
          found = server.process.children(named: "chatserve-talk").first
          return found != nil
        }
        let process = try #require(found)
        try peer.shakeHands()
        // It reads nothing of what comes, so that only the end is there to wake it.
        shutdown(peer.descriptor, Int32(SHUT_WR))
        var ticks = 0
        let clock = ContinuousClock()
        let time = try clock.measure {
          try Deadline.poll("its process ends") {
            let now = ProcessTable.processorTicks(of: process)
            ticks = max(ticks, now ?? 0)
            return now == nil
          }
        }
        #expect(ticks < 30, "hundredths of a second in \(time)")
      }
    }
  }

  /// `words` of the server's as somebody types them who reads them.
  private func type(_ words: String, _ stage: Stage) throws -> (Int32, String) {
    let typed = Program.chatserve.path + words.dropFirst("chatserve".count)
    let shell = try stage.onPipes(path: "/bin/sh", ["-c", typed])
    let status = try shell.exitStatus()
    return (status, shell.outputText + shell.errorText)
  }

  @Test("what the server says to type lets somebody in, whatever the file is called")
  func advice() throws {
    try Stage.run { stage in
      let list = stage.home + "/our friends' list"
      close(open(list, O_CREAT | O_WRONLY, 0o600))
      let server = try stage.pipedServer("--allow", list, "--mode", "free")
      let anna = try PrivateKey.random()
      let stranger = try SecurePeer(port: server.port, ownKey: anna)
      try stranger.waitForEnd()
      try server.process.waitFor(" NAME")
      let text = server.process.errorText
      let start = try #require(text.firstRange(of: "To let it in: ")).upperBound
      let line = String(text[start...].prefix { $0 != "\n" })
      let done = try type(line.replacing("NAME", with: "SERVER"), stage)
      #expect(done == (0, "\(list) lets in \(anna.publicKey.fingerprint) as SERVER.\n"))
      let known = try SecurePeer(port: server.port, ownKey: anna)
      try known.send("x\0say 1 hi\0")
      try server.process.waitFor("SERVER(client)> hi")
      #expect(!server.process.errorText.contains("SERVER is "))
      // No notice has the name unmarked.
      try server.process.send("\\who\n")
      try server.process.waitFor("You are talking with SERVER(client) (")
      #expect(
        try run(stage, "allow", "\(anna.publicKey.fingerprint)", "carl", "--allow", list).0 == 0)
      #expect(try run(stage, "block", "\(anna.publicKey.fingerprint)", "--allow", list).0 == 0)
      try server.process.waitFor(" is not allowed any more.")
      try known.waitFor("quit blocked\0")
      #expect(server.process.errorText.contains("SERVER(client) is not allowed any more."))
      try Deadline.poll("why it ended, in the transcript") {
        try stage.history("list").outputText.contains("server-blocked")
      }
    }
  }

  @Test("whose key is blocked reads why, and leaves with 69")
  func blocked() throws {
    try Stage.run { stage in
      let list = stage.config + "/list"
      mkdir(stage.config, 0o700)
      close(open(list, O_CREAT | O_WRONLY, 0o600))
      let server = try stage.pipedServer("--allow", list, "--mode", "free")
      let stranger = try stage.client(server.port, "--handle", "mike", "--require-encryption")
      try server.process.waitFor(" NAME")
      #expect(try stranger.exitStatus() == 69)
      let text = server.process.errorText
      // To be found a day later.
      let start = try #require(text.firstRange(of: "has the key ")).upperBound
      let key = String(text[start...].prefix(50))
      try Deadline.poll("the key, in the transcript") {
        try stage.history("show", "1").outputText.contains("the key \(key) is not allowed")
      }
      #expect(try run(stage, "allow", key, "mike", "--allow", list).0 == 0)
      let client = try stage.client(server.port, "--handle", "mike", "--require-encryption")
      try client.waitForInput("mike> ")
      try client.enter("hi")
      try server.process.waitFor("mike> hi")
      #expect(try run(stage, "block", key, "--allow", list).0 == 0)
      #expect(try client.exitStatus() == 69)
      try client.waitFor("has taken your key off those that are allowed")
    }
  }

  @Test("a damaged line is named, and the others count")
  func damaged() throws {
    try Stage.run { stage in
      let mike = try PrivateKey.random()
      let key = "\(mike.publicKey.fingerprint)"
      _ = try run(stage, "allow", key, "mike")
      let stream = fopen(file(stage), "a")
      fputs("mike the second\n", stream)
      fclose(stream)
      let server = try stage.server("--allow", file(stage))
      try server.process.waitFor("Line 2 of the allow-list is not a key and a name")
      let known = try SecurePeer(port: server.port, ownKey: mike)
      try known.send("x\0say 1 hi\0")
      try server.process.waitFor("mike> hi")
    }
  }

  @Test("an allow-list that is missing, or that others may change, is refused")
  func refused() throws {
    try Stage.run { stage in
      let port = "\(try FakeServer.freePort())"
      let missing = try run(stage, port, "--allow", file(stage))
      #expect(missing.0 == 74)
      #expect(missing.1.hasPrefix("chatserve: the allow-list \(file(stage)) cannot be read"))
      #expect(missing.1.hasSuffix("chatserve allow FINGERPRINT NAME\n"))
      let key = "\(try PrivateKey.random().publicKey.fingerprint)"
      _ = try run(stage, "allow", key, "mike")
      chmod(file(stage), 0o666)
      let exposed = try run(stage, port, "--allow", file(stage))
      #expect(exposed.0 == 77)
      #expect(exposed.1.contains("others may read or change it"))
      #expect(exposed.1.hasSuffix(": chmod go-w \(file(stage))\n"))
      chmod(file(stage), 0o600)
      // By another name a conversation could change it.
      mkdir(stage.home + "/state", 0o700)
      mkdir(stage.home + "/state/chatserve", 0o700)
      link(file(stage), stage.home + "/state/chatserve/known")
      let linked = try run(stage, port, "--allow", file(stage))
      #expect(linked.0 == 77)
      #expect(linked.1.contains("has other names too (hard links)"))
      let below = try run(stage, port, "--allow", stage.home + "/state/chatserve/allow")
      #expect(below.0 == 77)
      #expect(below.1.contains("lies below the transcript's directory"))
    }
  }

  @Test("allow and block say what is wrong with what they are given")
  func usage() throws {
    try Stage.run { stage in
      let key = "\(try PrivateKey.random().publicKey.fingerprint)"
      #expect(try run(stage, "allow", "mike", key).0 == 64)
      #expect(try run(stage, "allow", String(key.dropLast()), "mike").0 == 64)
      #expect(
        try run(stage, "allow", key, "two words")
          == (64, "chatserve: NAME takes one word, without spaces.\n"))
      let absent = try run(stage, "block", key)
      #expect(absent == (1, "chatserve: \(key) is not in \(file(stage)).\n"))
      #expect(stage.mode(of: file(stage)) == nil)
    }
  }

  @Test("key shows the fingerprint, its picture and the certificate, and makes another")
  func key() throws {
    try Stage.run { stage in
      let none = try run(stage, "key")
      #expect(none.0 == 66)
      #expect(none.1.contains("there is no key at \(stage.keyFile) yet"))
      let server = try stage.server()
      let fingerprint = try stage.fingerprint()
      let shown = try run(stage, "key")
      #expect(shown.0 == 0)
      #expect(
        shown.1
          == ([fingerprint.description] + fingerprint.randomart).joined(separator: "\n") + "\n")

      let pem = try run(stage, "key", "--certificate").1
      let stream = fopen(stage.home + "/ca.pem", "w")
      fputs(pem, stream)
      fclose(stream)
      let verified = try stage.onPipes(
        path: "/usr/bin/openssl",
        [
          "s_client", "-quiet", "-verify_return_error", "-CAfile", stage.home + "/ca.pem",
          "-connect", "127.0.0.1:\(server.port)",
        ])
      try verified.waitFor("SERVER\0")
      #expect(verified.errorText.contains("verify return:1"), "\(verified.evidence)")
      // As chatserve(1) has it.
      for command in [
        "ncat --ssl-verify --ssl-trustfile ca.pem --ssl-servername chatserve 127.0.0.1 PORT",
        "socat - OPENSSL:127.0.0.1:PORT,cafile=ca.pem,commonname=chatserve",
      ] {
        let typed = "cd '\(stage.home)' && \(command.replacing("PORT", with: "\(server.port)"))"
        try stage.onPipes(path: "/bin/sh", ["-c", typed]).waitFor("SERVER\0")
      }

      for option in ["", "--certificate"] {
        let full = try stage.bash("\"$0\" key \(option) >/dev/full")
        #expect(try full.exitStatus() == 74)
        #expect(full.errorText == "chatserve: cannot write the output: No space left on device\n")
      }

      let new = try run(stage, "key", "--new")
      #expect(new.0 == 0)
      #expect(new.1.contains("The old one is \(stage.keyFile).old-1."))
      #expect(try stage.fingerprint() != fingerprint)
      #expect(Self.keys(stage) == ["key", "key.old-1"])
      #expect(stage.mode(of: stage.keyFile) == 0o600)
      #expect(stage.mode(of: stage.keyFile + ".old-1") == 0o600)
      // A server that runs goes on with the one that it began with.
      let peer = try SecurePeer(port: server.port, expecting: fingerprint)
      try peer.shakeHands()
      unlink(stage.keyFile)
      #expect(try run(stage, "key", "--new").0 == 0)
      #expect(Self.keys(stage) == ["key", "key.old-1"])
    }
  }

  /// Beside which lies the newest seal of each transcript.
  private static func keys(_ stage: Stage) -> [String] {
    stage.files(in: stage.config + "/chatserve").filter { !$0.hasPrefix("key.seal-") }
  }
}
