/// Conversations one after the other, read in batches; between batches no
/// lock is held.
public final class ConversationCursor {
  private let archive: Archive
  private let filter: ConversationFilter
  private let newestFirst: Bool
  private let isCounting: Bool
  private var batch: ArraySlice<ConversationSummary> = []
  private var last: Int64?
  private var size = BatchSize()
  private var isAtEnd = false

  init(archive: Archive, filter: ConversationFilter, newestFirst: Bool, counting: Bool) {
    self.archive = archive
    self.filter = filter
    self.newestFirst = newestFirst
    isCounting = counting
  }

  /// The next one; `nil` at the end.
  public func next() throws(TranscriptError) -> ConversationSummary? {
    while true {
      while let conversation = batch.popFirst() {
        if filter.allows(conversation.ending) { return conversation }
      }
      if isAtEnd { return nil }
      let limit = size.next()
      let rows = try archive.rows(
        filter, newestFirst: newestFirst, counting: isCounting, past: last, limit: limit)
      isAtEnd = rows.count < limit
      last = rows.last?.summary.id ?? last
      batch = try archive.reader.summaries(of: rows)[...]
    }
  }
}

/// How many rows to read at a time: few at first, since a screenful is what
/// most readers want, then as many as make the cost of starting a query small.
struct BatchSize {
  private var size = 20

  mutating func next() -> Int {
    defer { size = min(size * 2, 1024) }
    return size
  }
}
