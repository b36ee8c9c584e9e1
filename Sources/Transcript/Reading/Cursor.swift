/// Rows one after the other, read in batches; between batches no lock is held.
package final class Cursor<Row> {
  /// What one read gave.
  struct Batch {
    var rows: [Row]
    /// The id of the last one that was read, also where it is not among
    /// ``rows``.
    var last: Int64?
    /// Whether nothing follows.
    var isLast: Bool
  }

  private let read: (_ past: Int64?, _ limit: Int) throws(TranscriptError) -> Batch
  private var batch: ArraySlice<Row> = []
  private var last: Int64?
  /// Few at first, since a screenful is what most readers want, then as many as
  /// make the cost of starting a query small.
  private var limit = 20
  private static var mostRows: Int { 1024 }
  private var isAtEnd = false

  init(
    _ read: @escaping (_ past: Int64?, _ limit: Int) throws(TranscriptError) -> Batch
  ) {
    self.read = read
  }

  /// The next one; `nil` at the end.
  package func next() throws(TranscriptError) -> Row? {
    while batch.isEmpty {
      if isAtEnd { return nil }
      let found = try read(last, limit)
      limit = min(limit * 2, Self.mostRows)
      isAtEnd = found.isLast
      last = found.last ?? last
      batch = found.rows[...]
    }
    return batch.popFirst()
  }
}
