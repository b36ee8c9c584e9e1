import Transcript

/// Conversations that were looked up, since events come many to one.
final class SummaryCache {
  private let archive: Archive
  /// Whether their messages are counted.
  let isCounting: Bool
  private var known: [Int64: ConversationSummary] = [:]
  /// Enough for what is interleaved, little enough to be nothing.
  private static let limit = 1000

  init(_ archive: Archive, counting: Bool) {
    self.archive = archive
    isCounting = counting
  }

  func summary(of id: Int64) throws(TranscriptError) -> ConversationSummary? {
    if let summary = known[id] { return summary }
    let summary = try archive.conversation(id, counting: isCounting)
    if let summary { note(summary) }
    return summary
  }

  /// Takes one that was just read for something else.
  func note(_ summary: ConversationSummary) {
    if known.count >= Self.limit { known.removeAll() }
    known[summary.id] = summary
  }

  func forget() {
    known.removeAll()
  }
}
