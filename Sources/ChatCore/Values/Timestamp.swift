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
