import Transcript

/// The conversations of a selection from one transcript or several, merged by
/// when they were opened.
///
/// Of several, one that cannot be read any further is handed to `fail` and left
/// out from there on.
final class MergedConversations {
  private var cursors: [ConversationCursor?]
  private var heads: [ConversationSummary?] = []
  private let newestFirst: Bool
  private let fail: (TranscriptError) -> Void
  private var left: Int?
  /// The newest so many, when the oldest of them comes first.
  private var held: ArraySlice<ConversationSummary>?
  private let isTurned: Bool
  private(set) var silent = 0

  init(
    _ archives: [Archive], _ selection: Selection, limit: Int?, newestFirst: Bool,
    fail: @escaping (TranscriptError) -> Void
  ) {
    // Of several the newest are not known before they are merged.
    isTurned = archives.count > 1 && limit != nil && !newestFirst
    let isReadNewestFirst = newestFirst || isTurned
    self.newestFirst = isReadNewestFirst
    self.fail = fail
    left = archives.count > 1 ? limit : nil
    cursors = archives.map {
      ConversationCursor(
        $0, selection, limit: archives.count > 1 ? nil : limit, newestFirst: isReadNewestFirst)
    }
  }

  func next() throws(TranscriptError) -> ConversationSummary? {
    guard isTurned else { return try nextRead() }
    if held == nil {
      var all: [ConversationSummary] = []
      while let conversation = try nextRead() { all.append(conversation) }
      held = all.reversed()[...]
    }
    return held?.popFirst()
  }

  private func nextRead() throws(TranscriptError) -> ConversationSummary? {
    if cursors.count == 1 {
      let conversation = try cursors[0]?.next()
      silent = cursors[0]?.silent ?? 0
      return conversation
    }
    if let left, left <= 0 { return nil }
    if heads.isEmpty {
      heads = cursors.map { _ in nil }
      for index in cursors.indices { advance(index) }
    }
    var next: (index: Int, conversation: ConversationSummary)?
    for (index, head) in heads.enumerated() {
      guard let head else { continue }
      if let next = next?.conversation,
        newestFirst ? head.opened < next.opened : head.opened >= next.opened
      {
        continue
      }
      next = (index, head)
    }
    guard let next else { return nil }
    advance(next.index)
    left = left.map { $0 - 1 }
    return next.conversation
  }

  private func advance(_ index: Int) {
    do throws(TranscriptError) {
      heads[index] = nil
      let before = cursors[index]?.silent ?? 0
      heads[index] = try cursors[index]?.next()
      silent += (cursors[index]?.silent ?? 0) - before
    } catch {
      cursors[index] = nil
      fail(error)
    }
  }
}
