import Glibc
import Harness
import Transcript

/// A server under a hostile peer, and a good one that comes meanwhile.
public enum Siege {
  public struct Report: Sendable {
    /// Milliseconds until the good peers had an answer, in order.
    public var answers: [Int64] = []
    /// Milliseconds that the slowest of them waited before the attack.
    public var calm: Int64 = 0
    /// Kilobytes resident in any process, at most.
    public var memory = 0
    /// Bytes that the hostile peer got rid of.
    public var sent = 0
  }

  /// Milliseconds that the next peer may wait for its answer: a second, or what
  /// a machine that is busy with other things makes of the few milliseconds
  /// that it takes without an attack.
  private static func patience(calm: Int64) -> Int64 { max(1_000, 20 * calm) }

  /// Good peers before the attack, and under it. The median of the latter is
  /// held: a single one may be held up by anything.
  private static let peers = 3

  /// - Parameters:
  ///   - kind: the hostile peer.
  ///   - seconds: how long the attack goes on before the good peer comes; it
  ///     goes on while that is served.
  /// - Returns: what was measured.
  /// - Throws: ``TortureFailure``, what did not hold.
  public static func run(_ kind: HostilePeer, seconds: Double) throws -> Report {
    var report = Report()
    try Stage.run { stage in
      let mode = kind == .outOfTurn ? "turns" : "free"
      let server = try stage.pipedServer("--mode", mode, unlimited: true)
      for number in 1...peers {
        report.calm = max(report.calm, try greet("calm\(number)", server.port, kind) {})
      }
      try Deadline.poll("those are gone") { server.conversations.isEmpty }
      let attack = try Attack(kind, port: server.port)
      var memory = 0
      var steps = 0
      // The operator talks too, so that one who does not read has something
      // not to read.
      let line = Array((String(repeating: "y", count: 400) + "\n").utf8)
      var unsaid: [UInt8] = []
      func step() throws {
        attack.step()
        if kind == .neverReading {
          // Nobody takes it once that peer was sent away.
          if unsaid.isEmpty { unsaid = line }
          unsaid.removeFirst(server.process.offer(unsaid))
        }
        steps += 1
        // Looking through megabytes each time would be the slowest part.
        if steps % 20 == 0, kind != .nativeFloodUnread { server.process.takeOutput() }
        memory = max(memory, ProcessMemory.peak(ofServer: server.process))
      }
      let end = Deadline(seconds: seconds)
      repeat { try step() } while !end.isOver
      report.answers = try (1...peers).map {
        try greet("good\($0)", server.port, kind, step)
      }.sorted()
      report.sent = attack.sent
      report.memory = memory
      try hold(
        report.answers[peers / 2] <= patience(calm: report.calm),
        "answered after \(report.answers) ms, in peace after \(report.calm)")
      try hold(server.process.peekOutcome() == nil, "the listener died")
      try hold(
        !server.process.errorText.contains("crashed"), "crashed: \(server.process.errorText)")
      try hold(
        report.memory < ProcessMemory.limit, "\(report.memory) KiB resident in one process")
      server.process.signal(SIGTERM)
      let status = try server.process.exitOutcome()
      try hold(status == .exited(0), "the server ended with \(status)")
      try TranscriptCheck.integrity(stage.database)
    }
    return report
  }

  /// A good peer comes and must be answered.
  ///
  /// - Returns: after how many milliseconds.
  private static func greet(
    _ handle: String, _ port: UInt16, _ kind: HostilePeer, _ step: () throws -> Void
  ) throws -> Int64 {
    let began = Deadline.now
    let peer = try Wire.chosen.peer(port: port)
    try? (peer as? SecurePeer)?.shakeHands()
    let patient = Deadline(seconds: Deadline.usual)
    var hasAnswered = false
    while true {
      let text = peer.receivedText
      if !hasAnswered, text.contains("SERVER\0") {
        hasAnswered = true
        try peer.send("\(handle)\0")
      }
      let isServed = text.contains("floor\0")
      let isInLine = text.contains("wait ") || text.contains("quit full") || peer.hasEnded
      if isServed || (kind.holdsFloor && isInLine) { break }
      if peer.hasEnded { throw TortureFailure("\(handle) was sent away: \(text.debugDescription)") }
      if patient.isOver { throw TortureFailure("\(handle) was never served: \(text)") }
      try step()
      try? peer.waitFor("\0", times: .max, within: 0.002)
    }
    return Deadline.now - began
  }
}
