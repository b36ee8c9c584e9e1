/// Messages that the full-text index finds, one after the other, read in
/// batches; between batches no lock is held.
public final class SearchCursor {
  private let archive: Archive
  private let query: SearchQuery
  private let filter: EventFilter
  private let newestFirst: Bool
  private var batch: ArraySlice<Int64> = []
  private var last: Int64?
  private var size = BatchSize()
  private var isAtEnd = false

  init(archive: Archive, query: SearchQuery, filter: EventFilter, newestFirst: Bool) {
    self.archive = archive
    self.query = query
    self.filter = filter
    self.newestFirst = newestFirst
  }

  /// The next one; `nil` at the end.
  public func next() throws(TranscriptError) -> TranscriptEvent? {
    while true {
      while let seq = batch.popFirst() {
        if let event = try archive.event(seq, filter) { return event }
      }
      if isAtEnd { return nil }
      let limit = size.next()
      let found = try archive.matches(
        query, filter, newestFirst: newestFirst, past: last, limit: limit)
      isAtEnd = found.count < limit
      last = found.last ?? last
      batch = found[...]
    }
  }
}
