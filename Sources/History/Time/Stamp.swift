import ChatCore

/// The ways a time is printed. Each of them is also a ``TimeForm``.
enum Stamp {
  /// `2026-03-01T14:02:03.120-08:00`, RFC 3339 with milliseconds.
  static func full(_ time: Timestamp, in zone: Zone) -> String {
    let (local, offset) = zone.calendarTime(of: time)
    var digits = Digits()
    digits.date(local.day)
    digits.sign("T")
    digits.clock(local)
    digits.sign(".")
    digits.number(local.millisecond, width: 3)
    if zone == .utc {
      digits.sign("Z")
    } else {
      digits.sign(offset < 0 ? "-" : "+")
      digits.number(abs(offset) / 60, width: 2)
      digits.sign(":")
      digits.number(abs(offset) % 60, width: 2)
    }
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

/// Numbers and the signs between them, gathered as bytes: a stamp comes
/// before every line, and strings put together of strings take ten times as
/// long.
struct Digits {
  private var bytes: [UInt8] = []

  init() {
    // 2026-03-01T14:02:03.120-08:00
    bytes.reserveCapacity(29)
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// `2026-03-01`
  mutating func date(_ day: CalendarDay) {
    if day.year < 0 { sign("-") }
    number(abs(day.year), width: 4)
    sign("-")
    number(day.month, width: 2)
    sign("-")
    number(day.day, width: 2)
  }

  /// `14:02:03`
  mutating func clock(_ time: CalendarTime) {
    number(time.hour, width: 2)
    sign(":")
    number(time.minute, width: 2)
    sign(":")
    number(time.second, width: 2)
  }

  mutating func sign(_ character: Unicode.Scalar) {
    bytes.append(UInt8(ascii: character))
  }

  /// `number`, which is not negative, with zeros before it up to `width`.
  mutating func number(_ number: Int, width: Int) {
    var unit = 1
    for _ in 1..<width { unit *= 10 }
    while number / unit > 9 { unit *= 10 }
    while unit > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / unit % 10))
      unit /= 10
    }
  }
}

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
