import ChatCore

extension Timestamp {
  /// Milliseconds from `start` to this; negative when a clock was set back.
  /// A file may hold any number for a time: what is out of reach is the
  /// farthest there is.
  func elapsed(since start: Timestamp) -> Int64 {
    let (difference, isTooFar) = milliseconds.subtractingReportingOverflow(start.milliseconds)
    if !isTooFar { return difference }
    return milliseconds < start.milliseconds ? .min : .max
  }

  /// The nearest time that has a stamp. The year 33658 and its opposite: as
  /// far as ``TimeForm`` reads, with a day to spare for any zone.
  var withStamp: Timestamp {
    let farthest: Int64 = 999_999_999_999 * 1000 + CalendarTime.millisecondsPerDay
    return Timestamp(milliseconds: min(max(milliseconds, -farthest), farthest))
  }
}
