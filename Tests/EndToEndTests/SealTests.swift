import ChatCore
import ChatSecure
import Glibc
import Harness
import Testing
import Transcript

/// Seals as a server makes them, and what others make of them.
@Suite struct ServerSealTests {
  /// A talk of three words that is over when this returns.
  private func talk(_ stage: Stage, _ port: UInt16, _ handle: String) throws {
    let peer = try stage.nativePeer(handle, on: port)
    for number in 1...3 {
      try peer.send("say \(number) word \(number) – \u{1f642}\0")
      try peer.waitFor("ack \(number)\0")
    }
    try peer.send("quit user\0")
    try peer.waitForEnd()
  }

  private func newest(_ stage: Stage) throws -> Seal? {
    try Connection.forReading(stage.database).newestSeal()
  }

  /// Waits until the newest seal is as wanted.
  private func waitForSeal(_ stage: Stage, _ isWanted: (Seal) -> Bool) throws {
    var seal: Seal?
    try Deadline.poll("a seal, found \(seal.map { "\($0)" } ?? "none")") {
      seal = try newest(stage)
      return seal.map(isWanted) ?? false
    }
  }

  /// The same where a seal holds what a reader does not read.
  private func waitForReach(_ stage: Stage, _ last: Int64) throws {
    try Deadline.poll("a seal through event \(last)") {
      try Connection.forReading(stage.database).integer(
        "SELECT last_event FROM seal ORDER BY id DESC LIMIT 1") == last
    }
  }

  private func lastEvent(_ stage: Stage) throws -> Int64 {
    try Archive(path: stage.database).newestEvent()
  }

  /// `verify`, which finds no damage.
  private func verify(_ stage: Stage, _ options: String...) throws -> String {
    let verified = try stage.onPipes(.chatserve, ["history", "verify"] + options)
    #expect(try verified.exitStatus() == 0, "\(verified.outputText)")
    return verified.outputText
  }

  @Test("a close is sealed while the server runs, and its stop too")
  func closeAndStop() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free")
      try talk(stage, server.port, "tatyana")
      let last = try lastEvent(stage)
      try waitForSeal(stage) { $0.lastEvent == last && $0.kind == "usual" }
      #expect(try verify(stage).contains("by \(stage.fingerprint())\n"))
      // Of one who said nothing as well, whom the keeper records.
      let silent = try Wire.clear.peer(port: server.port)
      silent.leave()
      try waitForSeal(stage) { $0.lastEvent > last }
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      let stop = try #require(try newest(stage))
      #expect(stop.run == 1 && stop.stoppedAt != nil)
      #expect(!(try verify(stage).contains("not sealed")))
    }
  }

  @Test("what a server that was killed left unsealed, the next one seals")
  func killed() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free")
      let signer = try #require(server.process.children(named: "chatserve-sign").first)
      // The signer is stopped: nothing is sealed, and nothing waits for it.
      kill(signer, SIGSTOP)
      let first = try stage.nativePeer("tatyana", on: server.port, over: .clear)
      try first.send("say 1 hi\0")
      try first.waitFor("ack 1\0")
      try first.send("quit user\0")
      try first.waitForEnd()
      #expect(try stage.transcript().count == 1)
      for name in ["chatserve-keep", "chatserve-sign"] {
        for process in server.process.children(named: name) { kill(process, SIGKILL) }
      }
      server.process.signal(SIGKILL)
      _ = try server.process.exitOutcome()
      #expect(try newest(stage) == nil)

      let next = try stage.pipedServer("--mode", "free")
      let last = try lastEvent(stage)
      try waitForSeal(stage) { $0.lastEvent == last }
      _ = try verify(stage)
      _ = next
    }
  }

  @Test("a signer that is killed, and a keeper, have successors that seal")
  func successors() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free", unlimited: true)
      for name in ["chatserve-sign", "chatserve-keep"] {
        try talk(stage, server.port, "a")
        var last = try lastEvent(stage)
        try waitForSeal(stage) { $0.lastEvent == last }
        let process = try #require(server.process.children(named: name).first)
        kill(process, SIGKILL)
        try Deadline.poll("another \(name)") {
          server.process.children(named: name).contains { $0 != process }
        }
        try talk(stage, server.port, "b")
        last = try lastEvent(stage)
        try waitForSeal(stage) { $0.lastEvent == last }
      }
      _ = try verify(stage)
    }
  }

  @Test("without a server history seals and deletes with the key, and says when it has none")
  func history() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free", unlimited: true)
      for handle in ["tatyana", "mike", "zoe"] { try talk(stage, server.port, handle) }
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      let line = try stage.history("seal")
      #expect(line.lines.count == 1 && line.errorText == "")
      let kept = try #require(line.lines.first)
      #expect(try verify(stage, "--seal", kept).contains("until event "))
      let deleted = try stage.history("delete", "2", "-y")
      #expect(try deleted.exitStatus() == 0 && !deleted.errorText.contains("not signed"))
      #expect(try newest(stage)?.kind == "removal")
      #expect(!(try verify(stage).contains("not signed")))
      let none = stage.home + "/none"
      let refused = try stage.history("delete", "1", "-y", "--key-file", none)
      #expect(try refused.exitStatus() == 66, "\(refused.errorText)")
      #expect(refused.errorText == "chatserve: there is no key at \(none)\n")
      rename(stage.keyFile, none)
      let other = try stage.history("delete", "1", "-y")
      #expect(try other.exitStatus() == 0 && other.errorText.contains("not signed"))
      rename(none, stage.keyFile)
      #expect(try verify(stage, "--seal", kept).contains("of a removal, is not signed"))
      let unsigned = try stage.history("seal")
      #expect(try unsigned.exitStatus() == 1 && unsigned.outputText == "")
      #expect(unsigned.errorText.contains("is not signed"))
      chmod(stage.keyFile, 0o644)
      let exposed = try stage.history("seal")
      #expect(exposed.errorText.contains("cannot be used; \"chatserve key\" says why"))
      let named = try stage.history("seal", "--key-file", stage.keyFile)
      #expect(try named.exitStatus() == 74 && named.outputText == "", "\(named.errorText)")
    }
  }

  @Test("the old key vouches for the new one, also under a server that goes on with the old")
  func newKey() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free", unlimited: true)
      try talk(stage, server.port, "tatyana")
      try waitForSeal(stage) { _ in true }
      // A key that has sealed nothing here vouches for nothing here.
      let stranger = ["key", "--new", "--key-file", stage.home + "/other"]
      for _ in 0..<2 { #expect(try stage.onPipes(.chatserve, stranger).exitStatus() == 0) }
      #expect(try newest(stage)?.kind == "usual")
      let old = try stage.fingerprint().description
      let made = try stage.onPipes(.chatserve, ["key", "--new"])
      #expect(try made.exitStatus() == 0)
      #expect(!(try verify(stage).contains("knows")))
      let new = try stage.fingerprint().description
      #expect(old != new && !made.errorText.contains("vouch"))
      try talk(stage, server.port, "mike")
      let last = try lastEvent(stage)
      try waitForSeal(stage) { $0.lastEvent == last }
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      let next = try stage.pipedServer("--mode", "free", unlimited: true)
      try talk(stage, next.port, "zoe")
      try waitForSeal(stage) { $0.lastEvent > last }
      #expect(try verify(stage).contains("by \(new)\n"))
      for key in [old, new] { #expect(!(try verify(stage, "--key", key).contains("knows"))) }
    }
  }

  @Test("a key that cannot be read, or is not there, vouches for nobody, and that is said")
  func newKeyWithoutTheOldOne() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free", unlimited: true)
      try talk(stage, server.port, "tatyana")
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      let sealed = try newest(stage)
      chmod(stage.keyFile, 0o644)
      let exposed = try stage.onPipes(.chatserve, ["key", "--new"])
      #expect(try exposed.exitStatus() == 0)
      #expect(exposed.errorText.contains("the old key could not vouch"), "\(exposed.errorText)")
      // As little as for another's is it taken for one's own.
      #expect(try verify(stage).contains("whom nobody here knows"))
      chmod(stage.keyFile + ".old-1", 0o600)
      #expect(try verify(stage).contains(", your former key\n"))
      unlink(stage.keyFile)
      let gone = try stage.onPipes(.chatserve, ["key", "--new"])
      #expect(try gone.exitStatus() == 0)
      #expect(gone.errorText.contains("the old key could not vouch"), "\(gone.errorText)")
      #expect(try newest(stage) == sealed)
    }
  }

  /// As a conversation that was taken over can write them, at whose next look a keeper
  /// would have no memory left.
  @Test("a seal and a text as long as a process's memory end no keeper")
  func longValues() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free", unlimited: true)
      try talk(stage, server.port, "tatyana")
      var last = try lastEvent(stage)
      try waitForSeal(stage) { $0.lastEvent == last }
      let keepers = server.process.children(named: "chatserve-keep")
      #expect(keepers.count == 1)
      let foreign = try ForeignConnection(stage.database)
      try foreign.execute(
        """
        PRAGMA ignore_check_constraints = ON;
        UPDATE seal SET note = CAST(zeroblob(70000000) AS TEXT);
        INSERT INTO event (link, conversation_id, at, kind, party, number, text)
        VALUES (zeroblob(32), 1, 5, 'message', 0, 9, CAST(zeroblob(70000000) AS TEXT))
        """)
      try talk(stage, server.port, "mike")
      last = try lastEvent(stage)
      try waitForReach(stage, last)
      // After the totals comes the index, a moment later.
      try Deadline.poll("totals") {
        try Connection.forReading(stage.database).integer(
          "SELECT counted_through FROM total_state") == last
      }
      try talk(stage, server.port, "zoe")
      last = try lastEvent(stage)
      try waitForReach(stage, last)
      #expect(server.process.children(named: "chatserve-keep") == keepers)
    }
  }

  @Test("a signer that is stopped holds up nobody while history deletes")
  func stoppedSigner() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free", unlimited: true)
      for handle in ["tatyana", "mike"] { try talk(stage, server.port, handle) }
      let last = try lastEvent(stage)
      try waitForSeal(stage) { $0.lastEvent == last }
      let delete = try stage.onTerminal(.chatserve, ["history", "delete", "1"])
      try delete.waitFor("[y/N]")
      let signer = try #require(delete.children(named: "chatserve-sign").first)
      kill(signer, SIGSTOP)
      let start = ContinuousClock.now
      try delete.send("y\r")
      try delete.waitFor("is not signed")
      #expect(try delete.exitStatus() == 0)
      // Five seconds would be all that a talk waits for its commit.
      #expect(ContinuousClock.now - start < .seconds(4))
      let removal = try #require(try newest(stage))
      #expect(removal.kind == "removal" && removal.signature == nil)
    }
  }

  // MARK: For a third party

  private static let python = "/usr/bin/python3"
  private static let checker = "\(Repository.root)/Tools/check-proof.py"
  private static let canCheck: Bool = {
    let command = Command(
      path: python, arguments: ["-c", "import cryptography"], environment: ["HOME": "/"])
    return (try? command.run())?.status == 0
  }()

  @Test(
    "a proof is taken by who has the public key alone, and no changed byte of it",
    .enabled(if: canCheck, "needs python3 and its package cryptography"))
  func proof() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free", unlimited: true)
      try talk(stage, server.port, "tatyana")
      let person = try Wire.clear.peer(port: server.port)
      try person.send(Array("mike\nhi \u{ff}\"\\\n".utf8) + [0xff, 0x0a, 0x04])
      person.sendEndOfFile()
      try person.waitForEnd()
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)

      let file = stage.home + "/proof"
      let export = try stage.history("export", "-o", "json", "--proof", "--output", file)
      #expect(try export.exitStatus() == 0, "\(export.errorText)")
      let key = try stage.fingerprint().description
      let check = try stage.onPipes(path: Self.python, [Self.checker, file, key])
      #expect(try check.exitStatus() == 0, "\(check.outputText)\(check.errorText)")
      #expect(check.lines.count == 2 && check.lines.allSatisfy { $0.hasSuffix(key) })
      // What is no proof has a sentence, and no trace of the program's.
      let plain = stage.home + "/plain"
      _ = try stage.history("export", "-o", "json", "--output", plain)
      let (help, gone) = (["--help"], stage.home + "/no-such-file")
      for (arguments, status, sentence) in [
        (help, 0, "Checks what"), ([gone], 1, "cannot read \(gone)"),
        ([stage.home], 1, "cannot read"),
        ([plain], 1, "is no proof; chatserve history export -o json --proof writes one"),
        (["/dev/null"], 1, "is no proof"), ([], 1, "Checks what"), (["-x"], 1, "Checks what"),
      ] as [([String], Int32, String)] {
        let said = try stage.onPipes(path: Self.python, [Self.checker] + arguments)
        #expect(try said.exitStatus() == status, "\(arguments)")
        #expect((said.outputText + said.errorText).contains(sentence), "\(said.errorText)")
        #expect(!said.errorText.contains("Traceback"), "\(said.errorText)")
      }
      let other = String(repeating: "A", count: 43)
      let foreign = try stage.onPipes(path: Self.python, [Self.checker, file, "SHA256:\(other)"])
      #expect(try foreign.exitStatus() == 1)

      let one = stage.home + "/one"
      _ = try stage.history("export", "2", "--proof", "--output", one)
      let flips = try stage.onPipes(
        path: Self.python, ["\(Repository.root)/Tests/Peers/flip-proof.py", Self.checker, one, key])
      #expect(try flips.exitStatus(within: 240) == 0, "\(flips.outputText)\(flips.errorText)")
      #expect(flips.outputText.contains("all refused"))
      // Nothing that shows a part.
      #expect(try stage.history("export", "--proof", "-g", "hi").exitStatus() == 64)
      #expect(try stage.history("export", "--proof", "-o", "csv").exitStatus() == 64)
    }
  }
}
