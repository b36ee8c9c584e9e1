import ChatCore

/// Keeps those who can cause a notice to the operator from filling the screen:
/// past a few in one second the others are counted.
struct NoticeLimit {
  /// More than anything that happens by itself brings in a second.
  static let perSecond = 8
  private static let second = Duration.seconds(1)

  private var since = Instant(milliseconds: 0)
  private var admitted = 0
  private(set) var leftOut = 0

  /// Whether one more may be shown now; else it is counted.
  mutating func admits(at now: Instant) -> Bool {
    if now.duration(since: since) >= Self.second {
      since = now
      admitted = 0
    }
    if admitted < Self.perSecond {
      admitted += 1
      return true
    }
    leftOut += 1
    return false
  }

  /// So many could not be shown. They are counted again for a second, so that
  /// one who reads nothing is not asked without a pause.
  mutating func lost(_ count: Int, at now: Instant) {
    leftOut += count
    since = now
  }

  /// When to say how many were left out; `nil` when none was.
  var deadline: Instant? { leftOut == 0 ? nil : since.advanced(by: Self.second) }

  /// How many were left out, once that is to be said.
  mutating func takeLeftOut(at now: Instant) -> Int? {
    guard let deadline, now >= deadline else { return nil }
    defer { leftOut = 0 }
    return leftOut
  }
}
