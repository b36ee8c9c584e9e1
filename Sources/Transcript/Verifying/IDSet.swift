/// A set of ids, which come one after the other: a bit for each.
package struct IDSet {
  private var words: [Int64: UInt64] = [:]

  package init() {}

  package mutating func insert(_ id: Int64) {
    words[id >> 6, default: 0] |= Self.bit(of: id)
  }

  package func contains(_ id: Int64) -> Bool {
    (words[id >> 6] ?? 0) & Self.bit(of: id) != 0
  }

  private static func bit(of id: Int64) -> UInt64 { 1 << UInt64(id & 63) }
}

/// Ids that were given and are not there any more, found among those that are, in
/// their order.
struct Gaps {
  private(set) var ranges: [ClosedRange<Int64>] = []
  /// `nil` past the last number there is.
  private var expected: Int64? = 1

  mutating func note(_ id: Int64) {
    guard let next = expected else { return }
    if id > next { ranges.append(next...(id - 1)) }
    expected = id == .max ? nil : max(next, id + 1)
  }

  /// - Parameter last: the last that was given.
  mutating func end(last: Int64?) {
    if let last, let next = expected, last >= next { ranges.append(next...last) }
  }

  var missing: Int64 {
    // Ids are as somebody wrote them: all that there can be are too many for `count`.
    ranges.reduce(0) { $0 &+ ($1.upperBound &- $1.lowerBound &+ 1) }
  }
}
