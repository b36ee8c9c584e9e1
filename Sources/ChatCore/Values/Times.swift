/// A point on a clock that only goes forward, in milliseconds.
///
/// `ChatCore` never reads a clock: every time is handed in by the program,
/// which takes it from `CLOCK_MONOTONIC` (clock_gettime(2)). The zero is
/// arbitrary; only differences mean something.
public struct Instant: Comparable, Hashable, Sendable {
  /// Milliseconds since the clock's arbitrary zero.
  public let milliseconds: Int64

  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  public static func < (left: Instant, right: Instant) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// The instant `duration` later, parts of a millisecond left out; stays at
  /// the last one there is rather than overflow.
  public func advanced(by duration: Duration) -> Instant {
    let (sum, overflow) = milliseconds.addingReportingOverflow(duration.wholeMilliseconds)
    return Instant(milliseconds: overflow ? (duration > .zero ? .max : .min) : sum)
  }

  /// How long after `earlier` this instant is; negative when it is before it.
  public func duration(since earlier: Instant) -> Duration {
    .milliseconds(milliseconds.subtractingReportingOverflow(earlier.milliseconds).partialValue)
  }
}

extension Duration {
  /// Whole milliseconds, rounded towards zero and kept to what an `Int64`
  /// holds: what poll(2) and the transcript count in.
  public var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, carry) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
    return carry ? (seconds < 0 ? .min : .max) : sum
  }
}

extension Duration {
  /// Whole seconds, a part of one counted as one; at least 1.
  public var wholeSeconds: Int64 {
    let (seconds, attoseconds) = components
    return max(1, attoseconds > 0 && seconds < .max ? seconds + 1 : seconds)
  }
}

/// A moment of the world's calendar: milliseconds of UTC since 1970, as the
/// transcript stores it. Wall clocks step; event numbers give the order,
/// waiting is measured with ``Instant``.
public struct Timestamp: Comparable, Hashable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
  public let milliseconds: Int64

  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }
}
