import Transcript

/// The events of a selection, one after the other.
final class EventCursor {
  private let archive: Archive
  private let selection: Selection
  private let summaries: SummaryCache
  private let newestFirst: Bool
  private let matchers: [TextMatcher]
  private var source: () throws(TranscriptError) -> Event? = { () throws(TranscriptError) in nil }

  /// `newestFirst` is the direction of reading, which need not be that of the
  /// output.
  init(
    _ archive: Archive, _ selection: Selection, _ summaries: SummaryCache, newestFirst: Bool
  ) throws(TranscriptError) {
    self.archive = archive
    self.selection = selection
    self.summaries = summaries
    self.newestFirst = newestFirst
    matchers = [selection.matcher, selection.literal].compactMap { $0 }
    if let query = selection.query {
      source = try search(query)
    } else if selection.order == .sequence {
      source = try archive.events(
        selection.filter, newestFirst: newestFirst, means: selection.means
      ).next
    } else {
      source = byConversation()
    }
  }

  /// The next event that every filter lets pass; `nil` at the end.
  func next() throws(TranscriptError) -> Event? {
    while let event = try source() {
      if try isMeant(event) { return event }
    }
    return nil
  }

  private func isMeant(_ event: Event) throws(TranscriptError) -> Bool {
    for matcher in matchers {
      guard let said = event.said, matcher.matches(said.text) else { return false }
    }
    if selection.states.isEmpty { return true }
    guard let conversation = try summaries.conversation(event.conversation) else { return false }
    return selection.states.contains(conversation.ending.state)
  }

  /// What is indexed, and before or after it what is not yet.
  private func search(
    _ query: SearchQuery
  ) throws(TranscriptError) -> () throws(TranscriptError) -> Event? {
    guard let filter = selection.searchFilter else {
      return { () throws(TranscriptError) in nil }
    }
    // One border between the two, wherever the index is by the time it is asked.
    let border = try archive.indexWatermark()
    var fresh = try archive.unindexed(query, filter, past: border, newestFirst: newestFirst)[...]
    let cursor = try archive.indexed(query, filter, through: border, newestFirst: newestFirst)
    if newestFirst {
      return { () throws(TranscriptError) in
        if let event = fresh.popFirst() { return event }
        return try cursor.next()
      }
    }
    return { () throws(TranscriptError) in
      if let event = try cursor.next() { return event }
      return fresh.popFirst()
    }
  }

  private func byConversation() -> () throws(TranscriptError) -> Event? {
    let archive = archive
    let filter = selection.filter
    let means = selection.means
    let newestFirst = newestFirst
    let summaries = summaries
    let conversations = archive.conversations(
      selection.conversations, newestFirst: newestFirst, counting: summaries.isCounting)
    var events: Cursor<Event>?
    return { () throws(TranscriptError) in
      while true {
        if let event = try events?.next() { return event }
        guard let conversation = try conversations.next() else { return nil }
        summaries.note(conversation)
        var filter = filter
        filter.conversations = [IDRange(conversation.id)]
        filter.clients = []
        events = try archive.events(
          filter, newestFirst: newestFirst, isFirst: events == nil, means: means)
      }
    }
  }
}
