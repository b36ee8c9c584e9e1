import ChatCore

/// The ways a time is printed. Each of them is also a ``TimeForm``.
enum Stamp {
  /// `2026-03-01T14:02:03.120-08:00`, RFC 3339 with milliseconds.
  static func full(_ time: Timestamp, in zone: Zone) -> String {
    var digits = Digits()
    let (local, offset) = zone.calendarTime(of: time)
    digits.full(local, offsetMinutes: zone == .utc ? nil : offset)
    return digits.text
  }

  /// `2026-03-01 14:02:03`
  static func dateAndClock(_ time: Timestamp, in zone: Zone) -> String {
    var digits = Digits()
    let (local, _) = zone.calendarTime(of: time)
    digits.date(local.day)
    digits.sign(" ")
    digits.clock(local)
    return digits.text
  }

  /// `14:02:03`
  static func clock(_ time: Timestamp, in zone: Zone) -> String {
    var digits = Digits()
    digits.clock(zone.calendarTime(of: time).0)
    return digits.text
  }

  /// `2026-03-01`
  static func date(_ day: CalendarDay) -> String {
    var digits = Digits()
    digits.date(day)
    return digits.text
  }

  /// `0:38`, `1:02:03`, `26:00:00`: a span as a stopwatch shows it.
  static func span(seconds: Int64) -> String {
    let seconds = max(0, seconds)
    let (minutes, second) = seconds.quotientAndRemainder(dividingBy: 60)
    if minutes < 60 { return "\(minutes):\(padded(Int(second), 2))" }
    return "\(minutes / 60):\(padded(Int(minutes % 60), 2)):\(padded(Int(second), 2))"
  }

  /// The same for milliseconds, to the nearest second.
  static func span(roundedSeconds milliseconds: Int64) -> String {
    span(seconds: milliseconds / 1000 + (milliseconds % 1000 >= 500 ? 1 : 0))
  }

  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension Timestamp {
  /// The nearest time that has a stamp. The year 33658 and its opposite: as
  /// far as ``TimeForm`` reads, with a day to spare for any zone.
  var withStamp: Timestamp {
    let farthest: Int64 = 999_999_999_999 * 1000 + CalendarTime.millisecondsPerDay
    return Timestamp(milliseconds: min(max(milliseconds, -farthest), farthest))
  }
}
