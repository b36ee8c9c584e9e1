import Glibc
import Harness
import Transcript

/// A server under a hostile peer, and a good one that comes meanwhile.
public enum Siege {
  public struct Report: Sendable {
    /// Milliseconds until the good peer had an answer, at most.
    public var slowestAnswer: Int64 = 0
    /// Kilobytes resident in any process, at most.
    public var memory = 0
    /// Bytes that the hostile peer got rid of.
    public var sent = 0
  }

  /// Milliseconds that the next peer may wait for its answer.
  static let patience: Int64 = 1_000

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
      let server = try stage.pipedServer("--mode", mode)
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
        if steps % 20 == 0, kind != .nativeFloodUnread { try server.process.takeOutput() }
        memory = max(memory, ProcessMemory.peak(ofServer: server.process))
      }
      let end = Deadline(seconds: seconds)
      repeat { try step() } while !end.isOver
      for attempt in 1...3 {
        try greet("good\(attempt)", server.port, kind, &report, step)
      }
      report.sent = attack.sent
      report.memory = memory
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

  /// A good peer comes and must be answered in time.
  private static func greet(
    _ handle: String, _ port: UInt16, _ kind: HostilePeer, _ report: inout Report,
    _ step: () throws -> Void
  ) throws {
    let began = Deadline.now
    let peer = try PeerSocket(port: port)
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
    let waited = Deadline.now - began
    report.slowestAnswer = max(report.slowestAnswer, waited)
    try hold(waited <= patience, "\(handle) waited \(waited) ms for an answer")
  }
}
