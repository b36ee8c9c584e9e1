import ChatCore
import Harness
import Transcript

/// Keys as a terminal sends them.
enum Keys {
  static let interrupt = "\u{3}"
  static let endOfFile = "\u{4}"
  static let enter = "\r"
  static let killLine = "\u{15}"
  static let suspend = "\u{1a}"
}

extension Stage {
  /// Every conversation in the transcript as one line, the oldest first.
  func transcript(at path: String? = nil) throws -> [String] {
    let reader = try TranscriptReader(path: path ?? database)
    return try reader.summaries(newest: 1000).reversed().map { summary in
      let said = try reader.events(conversation: summary.id).compactMap { event in
        if case .message(let party, _, let number, let text, _, let held) = event.kind {
          return "\(party) \(number) \(text)\(held ? " (held)" : "")"
        }
        return nil
      }
      let dialect = summary.dialect.map { " \($0)" } ?? ""
      return "\(summary.client ?? "-")\(dialect): \(said.joined(separator: ", "))"
        + "; \(summary.ending.words)"
    }
  }

  /// The bytes kept beside the messages that had to be repaired.
  func rawMessages() throws -> [[UInt8]] {
    let reader = try TranscriptReader(path: database)
    return try reader.summaries(newest: 1000).reversed().flatMap { summary in
      try reader.events(conversation: summary.id).compactMap { event in
        if case .message(_, _, _, _, let raw, _) = event.kind { raw } else { nil }
      }
    }
  }

  /// How many runs of the server have no recorded end.
  func runsUnstopped() throws -> Int64 {
    let reader = try TranscriptReader(path: database)
    let count = try reader.connection.prepare(
      "SELECT count(*) FROM server_run WHERE stopped_at IS NULL")
    guard try count.step() else { throw HarnessFailure("count(*) gave no row") }
    return count.integer(at: 0)
  }
}

extension Ending {
  var words: String {
    switch self {
    case .open: "open"
    case .lost: "lost"
    case .closed(_, let party, let reason, let detail):
      "closed by \(party.map { "\($0)" } ?? "nobody"), \(reason)"
        + (detail.map { " (\($0))" } ?? "")
    }
  }
}
