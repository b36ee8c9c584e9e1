import ChatCore
import Glibc
import Harness
import Seeded
import Transcript

/// Talks at full speed in both directions, kills somebody at a random moment,
/// and holds what must be true afterwards. The seed gives the same schedule
/// again, as far as the system's own timing allows.
public struct KillRounds {
  public enum Victim: CaseIterable, Sendable {
    case conversation
    case listener
    case both
    case client
  }

  public struct Report: Sendable {
    public var rounds = 0
    public var acknowledged = 0
    /// Of messages that the server's side said and the peer received.
    public var heard = 0
    /// The longest that a peer waited for the floor, in milliseconds.
    public var slowestFloor: Int64 = 0
  }

  /// Rounds on one transcript; a few, since all that the server printed is
  /// looked through in each.
  private static let roundsAStage = 25

  public static func run(rounds: Int, seed: UInt64) throws -> Report {
    var report = Report()
    var random = SeededRandom(seed: seed)
    while report.rounds < rounds {
      let count = min(roundsAStage, rounds - report.rounds)
      try Stage.run { stage in
        var theatre = try Theatre(stage)
        for _ in 0..<count {
          let victim = Victim.allCases.randomElement(using: &random) ?? .both
          do {
            try theatre.round(report.rounds, victim, &random, &report)
            // Whoever was killed in the midst of a seal as well.
            try TranscriptCheck.verify(stage)
          } catch {
            throw TortureFailure(
              "seed \(seed), round \(report.rounds), killing \(victim): \(error)")
          }
          report.rounds += 1
        }
        try TranscriptCheck.integrity(stage.database)
      }
    }
    return report
  }
}
