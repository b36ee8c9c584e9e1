import Glibc
import Harness
import Testing

/// A conversation whose connection, process or server is lost goes on: both sides have the
/// same words, each once and in order, and the transcript has one conversation.
@Suite struct ResumeTests {
  /// What there is in the end: one conversation of these messages, which its peer ended,
  /// and nothing that `verify` finds.
  static func expect(
    _ stage: Stage, _ words: String, _ ending: String = "closed by client, quit"
  ) throws {
    try stage.waitForTranscript(["tatyana native: \(words); \(ending)"])
    try expectSound(stage)
  }

  static func expectSound(_ stage: Stage) throws {
    let verify = try stage.onPipes(
      .chatserve, ["history", "verify", "--database", stage.database])
    #expect(try verify.exitStatus() == 0, "\(verify.outputText)\(verify.errorText)")
  }

  /// A peer that has the floor and can come back.
  static func peer(on port: UInt16) throws -> ReturningPeer {
    let peer = try ReturningPeer(port: port, handle: "tatyana")
    try peer.waitForFloor()
    try peer.waitForOffer()
    return peer
  }

  @Test(
    "a lost connection: said once, gone on with, and both say what the other has not",
    arguments: ReturningPeer.Cut.allCases)
  func cutInTurns(how: ReturningPeer.Cut) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try Self.peer(on: server.port)
      #expect(peer.within == 300)
      try peer.say("one")
      try peer.waitUntilRecorded()
      try server.process.waitForInput("SERVER> ")
      peer.cut(how)
      try server.process.waitFor("tatyana's link is down; \\quit ends the conversation.")
      // The operator goes on, under the same rules.
      try server.process.enter("two")
      try server.process.waitFor("SERVER> two")
      try peer.resume(on: server.port)
      try server.process.waitFor("tatyana is back after 0:0")
      try peer.waitToHear(1)
      #expect(peer.heard == ["two"])
      try peer.say("three")
      try peer.waitUntilRecorded()
      try server.process.waitFor("tatyana> three")
      #expect(server.process.screen.text.occurrences(of: "tatyana> one") == 1)
      #expect(server.process.screen.text.occurrences(of: "link is down") == 1)
      try peer.send("quit user")
      try peer.waitForEnd()
      try Self.expect(stage, "client 1 one, server 1 two, client 2 three")
    }
  }

  @Test("a client that comes back in a loop fills no screen, and the row after it has the count")
  func loop() throws {
    try Stage.run { stage in
      let server = try stage.server(unlimited: true)
      let peer = try Self.peer(on: server.port)
      for _ in 1...12 {
        peer.cut(.reset)
        try peer.resume(on: server.port)
      }
      try server.process.waitFor("tatyana's link was lost 4 times within a minute.")
      // What is said still comes.
      try peer.say("one")
      try server.process.waitFor("tatyana> one")
      try server.process.waitFor("tatyana's link holds now; it was lost 12 times in 0:")
      let rows = server.process.screen.text
      #expect(rows.occurrences(of: "tatyana's link is down") == 3)
      #expect(rows.occurrences(of: "tatyana is back") == 3)
      peer.cut(.reset)
      try server.process.waitFor("tatyana's link is down", times: 4)
    }
  }

  @Test("what was said and not acknowledged is said again, and shown once")
  func cutInFree() throws {
    try Stage.run { stage in
      let server = try stage.server("--mode", "free")
      let peer = try Self.peer(on: server.port)
      var heard = 0
      for round in 1...6 {
        try peer.say("a\(round)")
        try peer.say("b\(round)")
        try server.process.enter("s\(round)")
        heard += 1
        if round.isMultiple(of: 2) { try peer.waitToHear(heard) }
        peer.cut(round.isMultiple(of: 3) ? .endOfFile : .reset)
        try peer.resume(on: server.port, from: UInt8(1 + round % 2))
        try peer.waitUntilRecorded()
      }
      try peer.waitToHear(heard)
      #expect(peer.heard == (1...6).map { "s\($0)" })
      try peer.send("quit user")
      try peer.waitForEnd()
      try server.process.waitFor("Waiting for new connection...")
      let text = server.process.screen.text
      for round in 1...6 {
        #expect(text.occurrences(of: "tatyana> a\(round)") == 1)
        #expect(text.occurrences(of: "tatyana> b\(round)") == 1)
      }
      #expect(text.contains("from 127.0.0.2."))
      let said = try #require(try stage.transcript().first)
      for number in 1...12 { #expect(said.occurrences(of: "client \(number) ") == 1) }
      #expect(try stage.transcript().count == 1)
      try Self.expectSound(stage)
    }
  }

  @Test("a wrong token, a stale attempt and one that is too early evict nobody")
  func refused() throws {
    try Stage.run { stage in
      let server = try stage.server(unlimited: true)
      let peer = try Self.peer(on: server.port)
      let other = try ReturningPeer(port: server.port, handle: "mike")
      try other.claim(on: server.port, token: String(repeating: "0", count: 64))
      try other.wait(for: "a denial") { $0.denial != nil }
      // It says who it is instead.
      try other.send("mike")
      try other.wait(for: "a place") { $0.place != nil }
      try peer.say("one")
      try peer.waitUntilRecorded()
      // Beside a living link, with a higher attempt, it goes on.
      try peer.resume(on: server.port)
      try server.process.enter("two")
      try peer.waitToHear(1)
      let late = try PeerSocket(port: server.port)
      try late.send("resume \(peer.token ?? "") 0 1\0")
      try late.waitFor("resumed 1\0quit moved\0")
      try late.waitForEnd()
      try peer.say("three")
      try peer.waitUntilRecorded()
    }
  }

  @Test("without a transcript, or with --resume-within 0, nothing is offered")
  func nothingOffered() throws {
    for options in [["--no-log"], ["--resume-within", "0"]] {
      try Stage.run { stage in
        let server = try stage.server(options[0], options.dropFirst().first ?? "--no-bell")
        let peer = try ReturningPeer(port: server.port, handle: "tatyana")
        try peer.waitForFloor()
        try peer.say("one")
        try peer.waitUntilRecorded()
        #expect(peer.token == nil)
        peer.cut(.reset)
        try server.process.waitFor("Connection with client was lost.")
      }
    }
  }
}

extension PtyProcess {
  /// Types a line once the screen shows `text`.
  func enter(_ line: String, after text: String) throws {
    try waitFor(text)
    try enter(line)
  }
}
