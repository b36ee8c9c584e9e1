import ChatCore
import Glibc
import Harness
import Seeded
import Transcript

/// Talks at full speed in both directions over a relay, and has links cut and processes
/// killed or stopped at random moments: both people go on, and both screens and the
/// transcript have the same words, each once and in order.
public struct CutRounds {
  public enum Fault: String, CaseIterable, Sendable {
    case reset
    case cutInRecord
    case halfCloseToServer
    case halfCloseToClient
    case stall
    case killConversation
    case stopConversation
    case killListener
    case killKeeper
  }

  public struct Report: Sendable {
    public var rounds = 0
    public var faults: [String: Int] = [:]
    public var said = 0
    public var heard = 0
    /// The longest from a fault to the next word that arrived, in milliseconds.
    public var longestSilence: Int64 = 0
  }

  /// Rounds on one transcript.
  private static let roundsAStage = 20

  public static func run(
    rounds: Int, seed: UInt64, faults: [Fault] = Fault.allCases
  ) throws -> Report {
    var report = Report()
    var random = SeededRandom(seed: seed)
    while report.rounds < rounds {
      let count = min(roundsAStage, rounds - report.rounds)
      let mode: Mode = report.rounds / roundsAStage % 2 == 0 ? .free : .turns
      try Stage.run { stage in
        var theatre = try CutTheatre(stage, mode)
        for _ in 0..<count {
          let chosen = (0...Int.random(in: 0...2, using: &random)).map { _ in
            faults.randomElement(using: &random) ?? .reset
          }
          do {
            try theatre.round(report.rounds, chosen, &random, &report)
          } catch {
            throw TortureFailure(
              "seed \(seed), round \(report.rounds), \(chosen.map(\.rawValue)): \(error)")
          }
          report.rounds += 1
        }
        try TranscriptCheck.integrity(stage.database)
        let verify = try stage.onPipes(.chatserve, ["history", "verify"])
        let status = try verify.exitStatus()
        try hold(status == 0, "verify found: \(verify.outputText) \(verify.errorText)")
      }
    }
    return report
  }
}
