import ChatCore
import Transcript

/// Conversations that were looked up, since events come many to one.
final class SummaryCache {
  private let archive: Archive
  /// Whether their messages are counted.
  let isCounting: Bool
  /// Each in its place by its id: enough for what is interleaved, little enough
  /// to be nothing.
  private var known = [ConversationSummary?](repeating: nil, count: places)
  private static let places = 256

  init(_ archive: Archive, counting: Bool) {
    self.archive = archive
    isCounting = counting
  }

  func conversation(_ id: Int64) throws(TranscriptError) -> ConversationSummary? {
    let place = Self.place(of: id)
    if let known = known[place], known.id == id { return known }
    let summary = try archive.conversation(id, counting: isCounting)
    if let summary { known[place] = summary }
    return summary
  }

  /// The conversation of an event, with the handle that whoever spoke in it has
  /// by then: one that was looked up before its client said its own is looked up
  /// again.
  func conversation(of event: Event) throws(TranscriptError) -> ConversationSummary? {
    let place = Self.place(of: event.conversation)
    if let known = known[place], known.id == event.conversation,
      known.client != nil || event.party != .client
    {
      return known
    }
    known[place] = nil
    return try conversation(event.conversation)
  }

  /// Takes one that was just read for something else.
  func note(_ summary: ConversationSummary) {
    known[Self.place(of: summary.id)] = summary
  }

  func forget() {
    for place in known.indices { known[place] = nil }
  }

  private static func place(of id: Int64) -> Int { Int(id & Int64(places - 1)) }
}
