/// Keeps those who can cause a notice from filling the screen: past a few, one a
/// second is shown, and the others are counted.
package struct NoticeLimit {
  /// More than anything that happens by itself brings at once.
  package static let atOnce = 8
  private static let second = Duration.seconds(1)

  private var shown = TokenBucket(
    capacity: Int64(atOnce), perSecond: 1, at: Instant(milliseconds: 0))
  private var pace = NoticePace()
  /// How many were left out and not reported.
  package private(set) var leftOut = 0
  /// When to say how many were left out; `nil` when none was.
  package private(set) var deadline: Instant?

  package init() {}

  /// Whether one more may be shown now; else it is counted.
  package mutating func admits(at now: Instant) -> Bool {
    if shown.available(at: now) >= 1 {
      shown.take(1, at: now)
      return true
    }
    leftOut += 1
    if deadline == nil { deadline = now.advanced(by: pace.next(at: now)) }
    return false
  }

  /// So many could not be shown. They are counted again for a second, so that
  /// one who reads nothing is not asked without a pause.
  package mutating func lost(_ count: Int, at now: Instant) {
    leftOut += count
    deadline = now.advanced(by: Self.second)
  }

  /// How many were left out, once that is to be said.
  package mutating func takeLeftOut(at now: Instant) -> Int? {
    guard let deadline, now >= deadline, leftOut > 0 else { return nil }
    defer {
      leftOut = 0
      self.deadline = nil
    }
    return leftOut
  }
}

/// How long the next notice of something waits for what comes meanwhile, to be
/// said with it as a count: longer each time that it goes on.
package struct NoticePace {
  /// A second is what a person takes for at once; what has gone on for a minute
  /// is no news.
  package static let intervals: [Duration] = [.seconds(1), .seconds(10), .seconds(60)]

  private var step = 0
  private var last: Instant?

  package init() {}

  /// The wait from `now` on. After as long a quiet as the wait before, it begins
  /// again with the shortest.
  package mutating func next(at now: Instant) -> Duration {
    if let last {
      let isQuiet = now.duration(since: last) >= Self.intervals[step] * 2
      step = isQuiet ? 0 : min(step + 1, Self.intervals.count - 1)
    }
    last = now
    return Self.intervals[step]
  }
}
