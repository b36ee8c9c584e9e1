import ChatCore
import ChatSecure
import Glibc
import Harness
import Relinking
import Testing
import Transcript

/// A server whose transcript somebody has changed who has not its key, and one whose keeper
/// somebody has stopped.
@Suite struct MissingSealTests {
  /// A talk that is over, and sealed, when this returns.
  private func talk(_ stage: Stage, _ port: UInt16, _ handle: String) throws {
    let peer = try stage.nativePeer(handle, on: port)
    try peer.send("say 1 hi\0")
    try peer.waitFor("ack 1\0")
    try peer.send("quit user\0")
    try peer.waitForEnd()
    try Deadline.poll("a seal") { try unsealed(stage) == 0 }
  }

  private func integer(_ stage: Stage, _ sql: String) throws -> Int64? {
    try Connection.forReading(stage.database).integer(sql)
  }

  private func unsealed(_ stage: Stage) throws -> Int64? {
    try integer(
      stage,
      """
      SELECT count(*) FROM event WHERE id > (SELECT coalesce(max(last_event), 0) FROM seal)
        OR NOT EXISTS (SELECT 1 FROM event WHERE kind = 'close')
      """)
  }

  private func stop(_ server: Server<PipeProcess>) throws {
    server.process.signal(SIGTERM)
    #expect(try server.process.exitStatus() == 0)
  }

  /// All seals go, what is said of a peer is another thing, and every link is made again.
  private func forge(_ stage: Stage) throws {
    let connection = try Connection.forWriting(stage.database)
    try connection.execute(
      """
      UPDATE conversation SET peer_address = '192.0.2.99';
      DELETE FROM seal_head; DELETE FROM seal; DELETE FROM sqlite_sequence WHERE name = 'seal'
      """)
    try relink(connection)
  }

  private static let missing = "is not in the transcript: an older copy was put in its place"

  @Test("seals that go while no server runs are missed by the next, and named until accepted")
  func between() throws {
    try Stage.run { stage in
      let first = try stage.pipedServer("--mode", "free", unlimited: true)
      try talk(stage, first.port, "tatyana")
      try stop(first)
      let sound = try stage.history("verify")
      #expect(try sound.exitStatus() == 0 && sound.outputText.contains("is kept beside the key"))
      try forge(stage)
      #expect(try stage.history("verify").exitStatus() == 1)
      let next = try stage.pipedServer("--mode", "free", unlimited: true)
      try next.process.waitFor(Self.missing)
      try next.process.waitFor("chatserve history seal --accept")
      try talk(stage, next.port, "mike")
      try stop(next)
      // It is said once.
      #expect(next.process.errorText.ranges(of: Self.missing).count == 1)
      let found = try stage.history("verify")
      #expect(try found.exitStatus() == 1)
      #expect(found.outputText.contains("was not in this transcript when seal 1 was made"))
      #expect(try stage.history("seal", "--accept").exitStatus() == 0)
      let accepted = try stage.history("verify")
      #expect(try accepted.exitStatus() == 0, "\(accepted.outputText)")
      let last = try stage.pipedServer("--mode", "free", unlimited: true)
      try talk(stage, last.port, "zoe")
      try stop(last)
      #expect(!last.process.errorText.contains(Self.missing))
      #expect(try stage.history("verify").exitStatus() == 0)
    }
  }

  @Test("seals that go while a server runs are missed by its keeper, also by its successor")
  func meanwhile() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free", unlimited: true)
      try talk(stage, server.port, "tatyana")
      try forge(stage)
      let keeper = try #require(server.process.children(named: "chatserve-keep").first)
      kill(keeper, SIGKILL)
      try Deadline.poll("another keeper") {
        server.process.children(named: "chatserve-keep").contains { $0 != keeper }
      }
      try talk(stage, server.port, "mike")
      try server.process.waitFor(Self.missing)
      try stop(server)
      let found = try stage.history("verify")
      #expect(try found.exitStatus() == 1)
      #expect(found.outputText.contains("was not in this transcript"), "\(found.outputText)")
    }
  }

  @Test("a file for the newest seal that cannot be used is said, and the memory of it holds")
  func unusable() throws {
    try Stage.run { stage in
      let first = try stage.pipedServer("--mode", "free", unlimited: true)
      try talk(stage, first.port, "tatyana")
      try stop(first)
      let file = "\(stage.keyFile).seal-\(SealMark.name(of: stage.database))"
      #expect(chmod(file, 0o644) == 0)
      let next = try stage.pipedServer("--mode", "free", unlimited: true)
      try next.process.waitFor("The newest seal is kept in memory alone")
      try talk(stage, next.port, "mike")
      try forge(stage)
      try talk(stage, next.port, "zoe")
      try next.process.waitFor(Self.missing)
      try stop(next)
      #expect(try stage.history("verify").exitStatus() == 1)
    }
  }

  // MARK: A keeper that is stopped

  private func isGone(_ process: pid_t) -> Bool {
    ProcessTable.entry(process).map { $0.state == "Z" } ?? true
  }

  @Test("a stop with a keeper that is stopped is recorded and sealed all the same")
  func stoppedAtTheEnd() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free", unlimited: true)
      try talk(stage, server.port, "tatyana")
      let keeper = try #require(server.process.children(named: "chatserve-keep").first)
      kill(keeper, SIGSTOP)
      try Deadline.poll("a keeper that is stopped") {
        ProcessTable.entry(keeper)?.state == "T"
      }
      try stop(server)
      #expect(isGone(keeper))
      #expect(try integer(stage, "SELECT stopped_at FROM server_run WHERE id = 1") != nil)
      #expect(try integer(stage, "SELECT run_id FROM seal ORDER BY id DESC LIMIT 1") == 1)
    }
  }

  @Test("a keeper and a signer that are stopped do not outlive a server that is killed")
  func stoppedAtADeath() throws {
    try Stage.run { stage in
      let server = try stage.pipedServer("--mode", "free", unlimited: true)
      let helpers = try ["chatserve-keep", "chatserve-sign"].map {
        try #require(server.process.children(named: $0).first)
      }
      for helper in helpers { kill(helper, SIGSTOP) }
      server.process.signal(SIGKILL)
      _ = try server.process.exitOutcome()
      try Deadline.poll("their end") { helpers.allSatisfy(isGone) }
    }
  }
}
