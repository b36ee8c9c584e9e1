import ChatCore

/// How fast a peer is read: past its rate the bytes stay with the kernel, TCP makes
/// the peer wait, and nothing is refused or lost.
struct ReadingRate {
  /// The time over which the rate counts: who pastes a book is not held up.
  private static let window: Int64 = 10
  /// Bytes for which a read is worth while: what the original sends at once is not
  /// cut by it more than TCP itself would.
  private static let least: Int64 = 4096

  private var bucket: TokenBucket?

  /// - Parameters:
  ///   - rate: bytes a second; `nil` for as fast as the peer writes.
  ///   - now: the present.
  init(_ rate: Int64?, at now: Instant) {
    bucket = rate.map {
      TokenBucket(capacity: max($0 * Self.window, Self.least), perSecond: $0, at: now)
    }
  }

  /// How many bytes may be read now, `limit` at most; 0 when none may.
  func allowance(upTo limit: Int, at now: Instant) -> Int {
    guard let bucket else { return limit }
    let there = bucket.available(at: now)
    return there < Self.least ? 0 : Int(min(there, Int64(limit)))
  }

  mutating func take(_ count: Int, at now: Instant) { bucket?.take(Int64(count), at: now) }

  /// When the next read may be; `nil` when it may be now.
  func deadline(at now: Instant) -> Instant? {
    guard let bucket, bucket.available(at: now) < Self.least else { return nil }
    return bucket.deadline(for: Self.least, at: now)
  }
}
