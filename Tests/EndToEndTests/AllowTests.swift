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
      #expect(try run(stage, "allow", "\(mike.publicKey.fingerprint)", "mike") == (0, ""))
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
      #expect(try run(stage, "allow", "\(anna.publicKey.fingerprint)", "anna") == (0, ""))
      let second = try SecurePeer(port: server.port, ownKey: anna, afterGreeting: true)
      try second.waitFor("SERVER\0")
      try second.send("anna\0")
      try second.waitFor("wait 1\0")

      #expect(try run(stage, "block", "\(mike.publicKey.fingerprint)") == (0, ""))
      try server.process.waitFor("mike is not allowed any more.")
      try known.waitFor("quit user\0")
      try known.waitForEnd()
      try second.waitFor("floor\0")
    }
  }

  /// Its conversation has nothing to wait for, and its process goes.
  @Test("who is not let in and ends at once costs next to nothing")
  func cheap() throws {
    try Stage.run { stage in
      let key = "\(try PrivateKey.random().publicKey.fingerprint)"
      #expect(try run(stage, "allow", key, "mike") == (0, ""))
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
      let key = "\(try PrivateKey.random().publicKey.fingerprint)"
      _ = try run(stage, "allow", key, "mike")
      chmod(file(stage), 0o666)
      let exposed = try run(stage, port, "--allow", file(stage))
      #expect(exposed.0 == 77)
      #expect(exposed.1.contains("others may read or change it"))
      mkdir(stage.home + "/state", 0o700)
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
      #expect(try run(stage, "allow", key, "two words").0 == 64)
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

      for option in ["", "--certificate"] {
        let full = try stage.bash("\"$0\" key \(option) >/dev/full")
        #expect(try full.exitStatus() == 74)
        #expect(full.errorText == "chatserve: cannot write the output: No space left on device\n")
      }

      let new = try run(stage, "key", "--new")
      #expect(new.0 == 0)
      #expect(new.1.contains("The old one is \(stage.keyFile).old-1."))
      #expect(try stage.fingerprint() != fingerprint)
      #expect(stage.files(in: stage.config + "/chatserve") == ["key", "key.old-1"])
      #expect(stage.mode(of: stage.keyFile) == 0o600)
      #expect(stage.mode(of: stage.keyFile + ".old-1") == 0o600)
      // A server that runs goes on with the one that it began with.
      let peer = try SecurePeer(port: server.port, expecting: fingerprint)
      try peer.shakeHands()
      unlink(stage.keyFile)
      #expect(try run(stage, "key", "--new").0 == 0)
      #expect(stage.files(in: stage.config + "/chatserve") == ["key", "key.old-1"])
    }
  }
}
