import Glibc
import Harness

/// Silence in real time: who does not answer for 90 s is lost, who answers
/// pings is kept, however little else is said. docs/protocol.md.
public enum SilenceTrial {
  /// Seconds after the last sign of life within which a loss must be told: the
  /// limit is 90, and the rest is for a busy machine.
  private static let lost = 89.0...100.0

  /// - Returns: how long the server waited for each.
  /// - Throws: ``TortureFailure``, who was lost or kept wrongly.
  public static func run() throws -> String {
    var report = ""
    try Stage.run { stage in
      // Somebody has the floor in each, and in none is idleness a reason.
      let servers = try (0..<3).map { _ in
        try stage.pipedServer("--mode", "free", "--idle-timeout", "0")
      }
      let client = try stage.client(servers[0].port, "--handle", "frozen")
      try client.waitForInput("frozen> ")
      let mute = try NativePeer(port: servers[1].port, handle: "mute")
      try mute.read { $0.hasFloor }
      let alive = try NativePeer(port: servers[2].port, handle: "alive")
      try alive.read { $0.hasFloor }
      client.signal(SIGSTOP)
      try client.waitUntilStopped()

      let began = Deadline.now
      var losses: [Double?] = [nil, nil]
      let end = Deadline(seconds: lost.upperBound + 5)
      while !end.isOver, losses.contains(nil) {
        // Only this one reads, and with that answers.
        try alive.read(within: 0.2)
        for (index, server) in servers.prefix(2).enumerated() where losses[index] == nil {
          server.process.takeOutput()
          if server.process.evidence.contains("Connection with client was lost.") {
            losses[index] = Double(Deadline.now - began) / 1000
          }
        }
      }
      for (name, loss) in zip(["a frozen client", "a mute peer"], losses) {
        guard let loss else { throw TortureFailure("\(name) was not told as lost") }
        try hold(lost.contains(loss), "\(name) was lost after \(loss) s")
      }
      try hold(!alive.hasEnded, "a peer that answers was lost")
      try hold(alive.pings >= 2, "\(alive.pings) pings in \(lost.upperBound) s")
      alive.say(1)
      try alive.read { $0.acknowledged == 1 }
      try hold(alive.acknowledged == 1, "a peer that answers is not heard")
      client.signal(SIGCONT)
      let outcome = try client.exitOutcome()
      try hold(outcome == .exited(74), "the thawed client ended with \(outcome)")
      report = "lost after \(losses.compactMap { $0 }) s, kept with \(alive.pings) pings"
    }
    return report
  }
}
