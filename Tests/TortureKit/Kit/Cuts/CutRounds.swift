import ChatCore
import Glibc
import Harness
import Seeded
import Transcript

/// Talks at full speed in both directions over a relay, and has links cut and processes
/// killed or stopped at random moments, one or two at once: both people go on, and both
/// screens and the transcript have the same words, each once and in order.
public struct CutRounds {
  public struct Report: Sendable, CustomStringConvertible {
    public var rounds = 0
    public var faults: [String: Int] = [:]
    public var said = 0
    public var heard = 0
    /// How many clients there were: each start is one.
    public var starts = 0
    /// Rows that a client which was started again showed once more.
    public var repeated = 0
    /// The longest from a fault to the next word that arrived, in milliseconds.
    public var longestSilence: Int64 = 0

    public var description: String {
      let counts = faults.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      return "\(rounds) rounds, \(said) words said and \(heard) heard, each once and in order; "
        + "\(faults.values.reduce(0, +)) faults: \(counts.joined(separator: ", ")); "
        + "\(starts) clients started, \(repeated) rows shown again, "
        + "longest silence \(longestSilence) ms"
    }
  }

  /// Rounds on one transcript.
  private static let roundsAStage = 10

  public static func run(
    rounds: Int, seed: UInt64, link: Stage.Link, faults: [CutFault] = CutFault.allCases,
    progress: (Report) -> Void = { _ in }
  ) throws -> Report {
    var report = Report()
    var random = SeededRandom(seed: seed)
    while report.rounds < rounds {
      let count = min(roundsAStage, rounds - report.rounds)
      let mode: Mode = report.rounds / roundsAStage % 2 == 0 ? .free : .turns
      try Stage.run { stage in
        stage.link = link
        let theatre = try CutTheatre(stage, mode)
        for _ in 0..<count {
          // At each of these moments one thing happens, or two.
          let moments = (0...Int.random(in: 0...2, using: &random)).map { _ in
            (0...Int.random(in: 0...3, using: &random) / 3).map { _ in
              faults.randomElement(using: &random) ?? .reset
            }
          }
          do {
            try theatre.round(report.rounds, moments, &random, &report)
          } catch {
            let names = moments.map { $0.map(\.rawValue) }
            throw TortureFailure(
              "seed \(seed), round \(report.rounds), \(mode), \(names): \(error)")
          }
          report.rounds += 1
        }
        try TranscriptCheck.integrity(stage.database)
        try TranscriptCheck.verify(stage)
      }
      progress(report)
    }
    return report
  }
}
