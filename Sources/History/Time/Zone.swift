import ChatCore
import ChatPosix

/// How far a place's clocks are from UTC, at any moment.
public enum Zone: Hashable, Sendable {
  /// UTC itself, printed as `Z`.
  case utc
  /// Always so many seconds east of UTC.
  case fixed(seconds: Int)
  /// The process's own, of which there is one: ``ZoneName/choose()`` chooses it.
  case local

  /// Seconds east of UTC at `time`.
  public func offset(at time: Timestamp) -> Int {
    switch self {
    case .utc: return 0
    case .fixed(let seconds): return seconds
    case .local:
      // What has a stamp has a year that the C library can count.
      return Clock.zoneOffset(at: time.withStamp.milliseconds.flooredQuotient(by: 1000)) ?? 0
    }
  }

  /// What clock and calendar show at `time`, and how many minutes east of UTC
  /// they are. Old local mean times are off by odd seconds, which no stamp
  /// can say (RFC 3339 section 4.2): they are rounded to the minute, so that
  /// a stamp still means its moment.
  public func calendarTime(of time: Timestamp) -> (CalendarTime, offsetMinutes: Int) {
    let time = time.withStamp
    let minutes = minutes(at: time)
    let local = CalendarTime(milliseconds: time.milliseconds + minutes * 60_000)
    return (local, Int(minutes))
  }

  /// Minutes east of UTC, of a time that has a stamp.
  func minutes(at time: Timestamp) -> Int64 {
    (Int64(offset(at: time)) + 30).flooredQuotient(by: 60)
  }

  /// The day of the calendar at `time`.
  public func day(of time: Timestamp) -> CalendarDay { calendarTime(of: time).0.day }

  /// The moments at which clock and calendar show `local`: one, or two when
  /// clocks are set back over it. When they are set forward over it, they show
  /// it never; then the moment that is as much later as they were.
  ///
  /// mktime(3) would choose one of two by itself, and not always the same.
  public func moments(of local: CalendarTime) -> (first: Timestamp, last: Timestamp) {
    let guess = local.milliseconds
    // No zone is a day away from UTC, so these two are the offsets before and
    // after any change near by.
    let before = minutes(at: Timestamp(milliseconds: guess - CalendarTime.millisecondsPerDay))
    let after = minutes(at: Timestamp(milliseconds: guess + CalendarTime.millisecondsPerDay))
    let candidates = [before, after].compactMap { candidate -> Timestamp? in
      let time = Timestamp(milliseconds: guess - candidate * 60_000)
      return minutes(at: time) == candidate ? time : nil
    }
    let never = Timestamp(milliseconds: guess - before * 60_000)
    return (candidates.min() ?? never, candidates.max() ?? never)
  }

  /// The first moment of a day: midnight, or the end of a gap over it.
  public func start(of day: CalendarDay) -> Timestamp { moments(of: CalendarTime(day)).first }

  /// The last millisecond of a day, which may be 23 or 25 hours long.
  public func end(of day: CalendarDay) -> Timestamp {
    Timestamp(milliseconds: start(of: day.advanced(by: 1)).milliseconds - 1)
  }
}
