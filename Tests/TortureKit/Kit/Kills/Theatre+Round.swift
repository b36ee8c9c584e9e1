import ChatCore
import Glibc
import Harness
import Seeded
import Transcript

extension Theatre {
  /// Milliseconds of talk before somebody is killed, at most.
  private static let longestTalk = 40

  mutating func round(
    _ number: Int, _ victim: KillRounds.Victim, _ random: inout SeededRandom,
    _ report: inout KillRounds.Report
  ) throws {
    let handle = "r\(number)"
    if case .client = victim {
      try clientRound(handle, &random, &report)
      return
    }
    let began = Deadline.now
    let peer = try NativePeer(port: port, handle: handle)
    // One in eight is killed while it introduces itself.
    if Int.random(in: 0..<8, using: &random) > 0 {
      try peer.read { $0.hasFloor }
      report.slowestFloor = max(report.slowestFloor, Deadline.now - began)
    }
    let end = Deadline.now + Int64.random(in: 0...Int64(Self.longestTalk), using: &random)
    repeat {
      if peer.hasFloor { peer.say(Int.random(in: 1...20, using: &random)) }
      try type(Int.random(in: 0...3, using: &random))
      try peer.read(within: 0.001)
    } while Deadline.now < end
    try kill(victim)
    try peer.read { $0.hasEnded }
    report.acknowledged += peer.acknowledged
    report.heard += peer.heard.count
    try check(peer, after: victim)
  }

  private mutating func kill(_ victim: KillRounds.Victim) throws {
    // Forked when the listener got to it, which may be now.
    if victim != .listener {
      try Deadline.poll("a conversation's process") { !conversations.isEmpty }
    }
    let targets: [pid_t] =
      switch victim {
      case .conversation: conversations
      case .listener: [process.processID]
      case .both: conversations + [process.processID]
      case .client: []
      }
    for target in targets { Glibc.kill(target, SIGKILL) }
  }

  private mutating func check(_ peer: NativePeer, after victim: KillRounds.Victim) throws {
    let shown = try shown(of: peer.handle)
    switch victim {
    case .conversation: try process.waitFor("crashed (signal 9)")
    case .listener, .both:
      // SIGKILL takes effect when its process next runs; until then the port is its.
      _ = try process.exitOutcome()
      try startAgain()
    case .client: break
    }
    let record = try Record.settled(of: peer.handle, in: stage.database)
    guard let record else {
      try hold(
        peer.acknowledged == 0 && peer.heard.isEmpty && shown.isEmpty,
        "\(peer.acknowledged) acknowledged, and no conversation is recorded")
      return
    }
    let own = (1...max(1, record.client.count)).map { NativePeer.text($0, of: peer.handle) }
    try holdPrefix(record.client, of: own, "recorded and said")
    try hold(
      record.client.count >= peer.acknowledged,
      "\(peer.acknowledged) acknowledged, \(record.client.count) recorded")
    try holdPrefix(shown, of: record.client, "shown and recorded")
    try holdPrefix(peer.heard, of: record.server, "sent and recorded")
    try record.checkEnding(after: victim)
  }

  /// The real client is killed; the server must go on.
  private mutating func clientRound(
    _ handle: String, _ random: inout SeededRandom, _ report: inout KillRounds.Report
  ) throws {
    let client = try stage.onPipes(.chatclient, ["127.0.0.1", "\(port)", "--handle", handle])
    let end = Deadline.now + Int64.random(in: 0...Int64(Self.longestTalk) * 3, using: &random)
    var said = 0
    repeat {
      let lines = (1...5).map { "\(NativePeer.text(said + $0, of: handle))\n" }
      said += lines.count
      try client.send(lines.joined(), reading: process)
      try type(1)
      client.takeOutput()
    } while Deadline.now < end
    client.signal(SIGKILL)
    _ = try client.exitOutcome()
    // It may not have connected yet.
    try Deadline.poll("the conversation's end") {
      // A server whose output nobody reads gives up on showing the rest.
      process.takeOutput()
      return conversations.isEmpty
    }
    let heard = client.outputText.split(separator: "\n")
      .filter { $0.hasPrefix("SERVER> ") }.map { String($0.dropFirst(8)) }
    report.heard += heard.count
    guard let record = try Record.settled(of: handle, in: stage.database) else {
      try hold(heard.isEmpty, "heard \(heard), and no conversation is recorded")
      return
    }
    let own = (0..<record.client.count).map { NativePeer.text($0 + 1, of: handle) }
    try holdEqual(record.client, own, "recorded and said")
    try holdEqual(shown(of: handle), record.client, "shown and recorded")
    try holdPrefix(heard, of: record.server, "heard and recorded")
    try record.checkEnding(after: .client)
  }
}
