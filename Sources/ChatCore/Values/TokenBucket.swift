/// A rate with a reserve: so much at once, and after that so much a second.
/// Time is a parameter, as everywhere in this module.
public struct TokenBucket: Hashable, Sendable {
  /// What is there at most.
  public let capacity: Int64
  public let perSecond: Int64
  /// Thousandths, so that a millisecond always counts; below zero after more was
  /// taken than there was.
  private var level: Int64
  private var filledAt: Instant

  /// A full one.
  ///
  /// - Parameters:
  ///   - capacity: from 1 to 2^52.
  ///   - perSecond: from 1 to 2^52.
  ///   - now: from when on it fills.
  public init(capacity: Int64, perSecond: Int64, at now: Instant) {
    let range: ClosedRange<Int64> = 1...(1 << 52)
    precondition(range.contains(capacity) && range.contains(perSecond), "a rate is above zero")
    self.capacity = capacity
    self.perSecond = perSecond
    level = capacity * 1000
    filledAt = now
  }

  /// What can be taken now without a debt.
  public func available(at now: Instant) -> Int64 { max(0, level(at: now) / 1000) }

  /// Whether it is full: who is not in a table of these is as good.
  public func isFull(at now: Instant) -> Bool { level(at: now) >= capacity * 1000 }

  /// Takes `count`, also where there is less: the rest is a debt.
  public mutating func take(_ count: Int64, at now: Instant) {
    level = max(level(at: now) - min(max(count, 0), 1 << 52) * 1000, -capacity * 1000)
    filledAt = max(filledAt, now)
  }

  /// Gives back `count` of what was taken.
  public mutating func giveBack(_ count: Int64, at now: Instant) {
    level = min(level(at: now) + min(max(count, 0), capacity) * 1000, capacity * 1000)
    filledAt = max(filledAt, now)
  }

  /// When `count`, or ``capacity`` where that is less, can be taken.
  public func deadline(for count: Int64, at now: Instant) -> Instant {
    let missing = min(count, capacity) * 1000 - level(at: now)
    guard missing > 0 else { return now }
    let (quotient, remainder) = missing.quotientAndRemainder(dividingBy: perSecond)
    return now.advanced(by: .milliseconds(quotient + (remainder == 0 ? 0 : 1)))
  }

  private func level(at now: Instant) -> Int64 {
    let elapsed = now.duration(since: filledAt).wholeMilliseconds
    guard elapsed > 0 else { return level }
    let missing = capacity * 1000 - level
    // As long as that fills it, which also bounds the product.
    if elapsed > missing / perSecond { return capacity * 1000 }
    return level + elapsed * perSecond
  }
}
