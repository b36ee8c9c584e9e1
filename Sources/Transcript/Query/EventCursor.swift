/// Events one after the other, read in batches; between batches no lock is
/// held.
public final class EventCursor {
  private let archive: Archive
  private let filter: EventFilter
  private let newestFirst: Bool
  private let isNarrow: Bool
  private var batch: ArraySlice<TranscriptEvent> = []
  private var last: Int64?
  private var size = BatchSize()
  private var isAtEnd = false

  init(archive: Archive, filter: EventFilter, newestFirst: Bool, isNarrow: Bool) {
    self.archive = archive
    self.filter = filter
    self.newestFirst = newestFirst
    self.isNarrow = isNarrow
  }

  /// The next one; `nil` at the end.
  public func next() throws(TranscriptError) -> TranscriptEvent? {
    while batch.isEmpty {
      if isAtEnd { return nil }
      let limit = size.next()
      let found = try archive.events(
        filter, newestFirst: newestFirst, isNarrow: isNarrow, past: last, limit: limit)
      isAtEnd = found.count < limit
      last = found.last?.seq ?? last
      batch = found[...]
    }
    return batch.popFirst()
  }
}
