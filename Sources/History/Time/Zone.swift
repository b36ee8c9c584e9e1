import ChatCore

/// How far a place's clocks are from UTC, at any moment.
///
/// The rules are values: nothing here reads the environment or a file, and
/// nothing is kept in the process as tzset(3) keeps it.
public struct Zone: Hashable, Sendable {
  private enum Rules: Hashable, Sendable {
    case utc
    case fixed(seconds: Int)
    case table(ZoneTable)
    case rule(PosixZoneRule)
  }

  private let rules: Rules

  /// UTC itself, printed as `Z`.
  public static let utc = Zone(rules: .utc)

  /// A zone that is always `seconds` east of UTC.
  public static func fixed(seconds: Int) -> Zone { Zone(rules: .fixed(seconds: seconds)) }

  static func table(_ table: ZoneTable) -> Zone { Zone(rules: .table(table)) }

  static func rule(_ rule: PosixZoneRule) -> Zone { Zone(rules: .rule(rule)) }

  var isUTC: Bool { rules == .utc }

  /// Seconds east of UTC at `time`.
  public func offset(at time: Timestamp) -> Int {
    let seconds = time.withStamp.milliseconds.flooredQuotient(by: 1000)
    switch rules {
    case .utc: return 0
    case .fixed(let offset): return offset
    case .table(let table): return table.offset(at: seconds)
    case .rule(let rule): return rule.offset(at: seconds)
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

  private func minutes(at time: Timestamp) -> Int64 {
    (Int64(offset(at: time)) + 30).flooredQuotient(by: 60)
  }

  /// The day of the calendar at `time`.
  public func day(of time: Timestamp) -> CalendarDay { calendarTime(of: time).0.day }

  /// The moment at which clock and calendar show `local`. Of two such moments,
  /// when clocks are set back, the earlier; when clocks are set forward over
  /// it, as much later as they were.
  public func timestamp(of local: CalendarTime) -> Timestamp {
    let guess = local.milliseconds
    // No zone is a day away from UTC, so these two are the offsets before and
    // after any change near by.
    let before = minutes(at: Timestamp(milliseconds: guess - CalendarTime.millisecondsPerDay))
    let after = minutes(at: Timestamp(milliseconds: guess + CalendarTime.millisecondsPerDay))
    let candidates = [before, after].compactMap { candidate -> Int64? in
      let time = Timestamp(milliseconds: guess - candidate * 60_000)
      return minutes(at: time) == candidate ? time.milliseconds : nil
    }
    let chosen = candidates.min() ?? (guess - before * 60_000)
    return Timestamp(milliseconds: chosen)
  }

  /// The first moment of a day: midnight, or the end of a gap over it.
  public func start(of day: CalendarDay) -> Timestamp { timestamp(of: CalendarTime(day)) }

  /// The last millisecond of a day, which may be 23 or 25 hours long.
  public func end(of day: CalendarDay) -> Timestamp {
    Timestamp(milliseconds: start(of: day.advanced(by: 1)).milliseconds - 1)
  }
}
