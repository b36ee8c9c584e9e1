import ChatCore
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

  func conversation(_ id: Int64) throws(TranscriptError) -> ConversationSummary? {
    if let summary = known[id] { return summary }
    let summary = try archive.conversation(id, counting: isCounting)
    if let summary { note(summary) }
    return summary
  }

  /// The conversation of an event, with the handle that whoever spoke in it has
  /// by then: one that was looked up before its client said its own is looked up
  /// again.
  func conversation(of event: Event) throws(TranscriptError) -> ConversationSummary? {
    if event.party == .client, known[event.conversation]?.client == nil {
      known[event.conversation] = nil
    }
    return try conversation(event.conversation)
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
