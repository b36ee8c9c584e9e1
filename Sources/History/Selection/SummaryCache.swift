import ChatCore
import Transcript

/// A conversation that was looked up. Shared, since a copy of a summary counts a
/// reference for each of its words, and there is one for every event.
final class KnownConversation {
  let summary: ConversationSummary

  init(_ summary: ConversationSummary) {
    self.summary = summary
  }
}

/// Conversations that were looked up, since events come many to one.
final class SummaryCache {
  private let archive: Archive
  /// Whether their messages are counted.
  let isCounting: Bool
  /// Each in its place by its id: enough for what is interleaved, little enough
  /// to be nothing.
  private var known = [KnownConversation?](repeating: nil, count: places)
  private static let places = 256

  init(_ archive: Archive, counting: Bool) {
    self.archive = archive
    isCounting = counting
  }

  func conversation(_ id: Int64) throws(TranscriptError) -> KnownConversation? {
    let place = Self.place(of: id)
    if let known = known[place], known.summary.id == id { return known }
    guard let summary = try archive.conversation(id, counting: isCounting) else { return nil }
    let conversation = KnownConversation(summary)
    known[place] = conversation
    return conversation
  }

  /// The conversation of an event, with the handle that whoever spoke in it has
  /// by then: one that was looked up before its client said its own is looked up
  /// again.
  func conversation(of event: Event) throws(TranscriptError) -> KnownConversation? {
    let place = Self.place(of: event.conversation)
    if let known = known[place], known.summary.id == event.conversation,
      known.summary.client != nil || event.party != .client
    {
      return known
    }
    known[place] = nil
    return try conversation(event.conversation)
  }

  /// Takes one that was just read for something else.
  func note(_ summary: ConversationSummary) {
    known[Self.place(of: summary.id)] = KnownConversation(summary)
  }

  func forget() {
    for place in known.indices { known[place] = nil }
  }

  private static func place(of id: Int64) -> Int { Int(id & Int64(places - 1)) }
}
