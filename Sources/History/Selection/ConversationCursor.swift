import Transcript

/// The conversations of a selection, one after the other: those with an event
/// that it means.
final class ConversationCursor {
  private let archive: Archive
  private let selection: Selection
  private let cursor: Cursor<ConversationSummary>
  private let summaries: SummaryCache
  /// The newest so many, when the oldest of them comes first.
  private var held: ArraySlice<ConversationSummary>?
  private var left: Int?
  /// Whether what is read newest first is given oldest first.
  private let isTurned: Bool
  /// How many were left out, since they never had the floor and said nothing.
  private(set) var silent = 0

  init(_ archive: Archive, _ selection: Selection, limit: Int?, newestFirst: Bool) {
    self.archive = archive
    self.selection = selection
    // The newest are counted from the newest, whichever comes first.
    let needsTurning = limit != nil && !newestFirst
    cursor = archive.conversations(
      selection.conversations, newestFirst: newestFirst || needsTurning, counting: true)
    summaries = SummaryCache(archive, counting: false)
    left = limit
    isTurned = needsTurning
  }

  func next() throws(TranscriptError) -> ConversationSummary? {
    guard isTurned else { return try nextMeant() }
    if held == nil {
      var all: [ConversationSummary] = []
      while let conversation = try nextMeant() { all.append(conversation) }
      held = all.reversed()[...]
    }
    return held?.popFirst()
  }

  private func nextMeant() throws(TranscriptError) -> ConversationSummary? {
    if let left, left <= 0 { return nil }
    while let conversation = try cursor.next() {
      guard try isMeant(conversation) else { continue }
      if selection.skipsSilent, conversation.isSilent {
        silent += 1
        continue
      }
      left = left.map { $0 - 1 }
      return conversation
    }
    return nil
  }

  private func isMeant(_ conversation: ConversationSummary) throws(TranscriptError) -> Bool {
    guard selection.asksForEvents else { return true }
    var inside = selection
    inside.filter.conversations = [IDRange(conversation.id)]
    inside.filter.clients = []
    inside.states = []
    inside.order = .sequence
    return try EventCursor(archive, inside, summaries, newestFirst: true).next() != nil
  }
}
