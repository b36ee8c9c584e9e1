import ChatPosix
import Glibc
import Harness
import Seeded
import Testing
import Transcript

/// Losses of every kind at any moment, one after another.
@Suite struct ResumeRoundsTests {
  @Test("whatever is lost when: both sides and the transcript have the same words, once, in order")
  func rounds() throws {
    let seed =
      Environment.value(of: "CHAT_SEED").flatMap { UInt64($0) } ?? UInt64.random(in: 0 ... .max)
    do {
      try Stage.run { stage in
        var random = SeededRandom(seed: seed)
        try play(stage, &random)
      }
    } catch {
      Issue.record("seed \(seed): \(error)")
    }
  }

  private static let options = [
    "--mode", "free", "--max-start", "0", "--per-source", "0", "--max-penalty", "0",
  ]

  private func play(_ stage: Stage, _ random: inout SeededRandom) throws {
    let first = try stage.server("--mode", "free", unlimited: true)
    var server = first.process
    let peer = try ResumeTests.peer(on: first.port)
    for round in 1...16 {
      for _ in 0..<random.below(4) { try peer.say("said \(peer.said.count + 1)") }
      if random.below(2) == 0 { try server.enter("answer \(round)") }
      if random.below(2) == 0 { try peer.waitUntilRecorded() }
      try lose(random.below(6), &server, first.port, stage, peer)
      try peer.resume(on: first.port, from: UInt8(1 + random.below(3)))
      try server.waitFor("tatyana is back after")
    }
    try peer.waitUntilRecorded()
    try server.enter("the last")
    try peer.wait(for: "the last") { $0.heard.last == "the last" }
    try peer.send("quit user")
    try peer.waitForEnd()
    let said = peer.said.enumerated().map { "client \($0 + 1) \($1)" }
    let heard = peer.heard.enumerated().map { "server \($0 + 1) \($1)" }
    try Deadline.poll("the end") { try stage.transcript().first?.contains("closed") == true }
    let rows = try #require(try stage.transcript().first)
    #expect(try stage.transcript().count == 1)
    let words = rows.dropFirst("tatyana native: ".count).prefix { $0 != ";" }
      .split(separator: ",").map { $0.drop { $0 == " " } }
    #expect(words.filter { $0.hasPrefix("client") }.map(String.init) == said)
    #expect(words.filter { $0.hasPrefix("server") }.map(String.init) == heard)
    try ResumeTests.expectSound(stage)
  }

  private func lose(
    _ kind: Int, _ server: inout PtyProcess, _ port: UInt16, _ stage: Stage,
    _ peer: ReturningPeer
  ) throws {
    func talk() throws -> pid_t {
      try #require(server.children(named: "chatserve-talk").max())
    }
    switch kind {
    case 0: peer.cut(.reset)
    case 1: peer.cut(.endOfFile)
    case 2: kill(try talk(), SIGKILL)
    case 3: kill(try talk(), SIGSTOP)
    default:
      server.signal(kind == 4 ? SIGKILL : SIGUSR2)
      _ = try server.exitOutcome()
      server = try stage.onTerminal(.chatserve, ["\(port)"] + Self.options)
      try server.waitFor("Ctrl-C stops.")
    }
  }
}
