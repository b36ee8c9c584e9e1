/// A date and a time of day as a wall calendar and clock show them, in
/// whatever zone is meant: the proleptic Gregorian calendar of RFC 3339.
public struct CalendarTime: Hashable, Sendable {
  public var day: CalendarDay
  /// 0–23
  public var hour = 0
  /// 0–59
  public var minute = 0
  /// 0–59; a leap second is counted as the last second before it.
  public var second = 0
  /// 0–999
  public var millisecond = 0

  public init(
    _ day: CalendarDay, hour: Int = 0, minute: Int = 0, second: Int = 0, millisecond: Int = 0
  ) {
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.millisecond = millisecond
  }

  /// The calendar time that is `milliseconds` after 1970-01-01T00:00:00.
  init(milliseconds: Int64) {
    let days = milliseconds.flooredQuotient(by: Self.millisecondsPerDay)
    let rest = Int(milliseconds - days * Self.millisecondsPerDay)
    self.init(
      CalendarDay(number: Int(days)), hour: rest / 3_600_000, minute: rest / 60_000 % 60,
      second: rest / 1000 % 60, millisecond: rest % 1000)
  }

  /// Milliseconds after 1970-01-01T00:00:00 of the same calendar.
  var milliseconds: Int64 {
    let seconds = Int64(hour * 3600 + minute * 60 + second)
    return Int64(day.number) * Self.millisecondsPerDay + seconds * 1000 + Int64(millisecond)
  }

  static let millisecondsPerDay: Int64 = 86_400_000
}

extension Int64 {
  /// The quotient rounded down, also below zero; `divisor` is positive.
  func flooredQuotient(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
