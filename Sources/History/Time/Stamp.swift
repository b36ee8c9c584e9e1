import ChatCore

/// The ways a time is printed. Each of them is also a ``TimeForm``.
enum Stamp {
  /// `2026-03-01T14:02:03.120-08:00`, RFC 3339 with milliseconds.
  static func full(_ time: Timestamp, in zone: Zone) -> String {
    let (local, offset) = zone.calendarTime(of: time)
    var text = date(local.day)
    text += "T"
    text += clock(local)
    text += "."
    text += padded(local.millisecond, 3)
    if zone.isUTC {
      text += "Z"
    } else {
      text += offset < 0 ? "-" : "+"
      text += padded(abs(offset) / 60, 2)
      text += ":"
      text += padded(abs(offset) % 60, 2)
    }
    return text
  }

  /// `2026-03-01 14:02:03`
  static func dateAndClock(_ time: Timestamp, in zone: Zone) -> String {
    let (local, _) = zone.calendarTime(of: time)
    return "\(date(local.day)) \(clock(local))"
  }

  /// `14:02:03`
  static func clock(_ time: Timestamp, in zone: Zone) -> String {
    clock(zone.calendarTime(of: time).0)
  }

  /// `2026-03-01`
  static func date(_ day: CalendarDay) -> String {
    let year = day.year < 0 ? "-" + padded(-day.year, 4) : padded(day.year, 4)
    return "\(year)-\(padded(day.month, 2))-\(padded(day.day, 2))"
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

  private static func clock(_ local: CalendarTime) -> String {
    "\(padded(local.hour, 2)):\(padded(local.minute, 2)):\(padded(local.second, 2))"
  }

  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
