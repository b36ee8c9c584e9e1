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
  /// The rows that were read last, and how many of them have been given.
  @usableFromInline var rows: [Row] = []
  @usableFromInline var given = 0
  private var last: Int64?
  /// One at first, which is shown as soon as it is found; then a screenful, and
  /// then as many as make the cost of starting a query small.
  private var limit: Int
  private static var screenful: Int { 20 }
  private static var mostRows: Int { 512 }
  private var isAtEnd = false

  /// `atOnce` is how many are read first.
  init(
    atOnce: Int = 1,
    _ read: @escaping (_ past: Int64?, _ limit: Int) throws(TranscriptError) -> Batch
  ) {
    self.read = read
    limit = atOnce
  }

  /// The rows of several, merged: each has its own in the order of `id`, and no
  /// row is in two of them.
  convenience init(
    merging cursors: [Cursor], newestFirst: Bool, by id: @escaping (Row) -> Int64
  ) {
    var heads: [Row?] = []
    self.init { (_, limit) throws(TranscriptError) in
      if heads.isEmpty { for cursor in cursors { heads.append(try cursor.next()) } }
      var rows: [Row] = []
      while rows.count < limit {
        var next: (index: Int, row: Row)?
        for (index, head) in heads.enumerated() {
          guard let head else { continue }
          if let row = next?.row, newestFirst ? id(row) > id(head) : id(row) < id(head) { continue }
          next = (index, head)
        }
        guard let next else { break }
        rows.append(next.row)
        heads[next.index] = try cursors[next.index].next()
      }
      return Batch(rows: rows, last: nil, isLast: rows.count < limit)
    }
  }

  /// The next one; `nil` at the end. Compiled for its kind of row where it is
  /// called: as code for any row it takes as long as the reading.
  @inlinable
  package func next() throws(TranscriptError) -> Row? {
    while given == rows.count { if try !readMore() { return nil } }
    defer { given += 1 }
    return rows[given]
  }

  /// - Returns: `false` at the end.
  @usableFromInline
  func readMore() throws(TranscriptError) -> Bool {
    if isAtEnd { return false }
    let found = try read(last, limit)
    limit = min(max(limit * 2, Self.screenful), Self.mostRows)
    isAtEnd = found.isLast
    last = found.last ?? last
    (rows, given) = (found.rows, 0)
    return true
  }
}
