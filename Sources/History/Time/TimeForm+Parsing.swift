import ChatCore

extension TimeForm {
  /// Reads `text`; what is relative counts from `now`, and `today` is the day
  /// that `zone` has then.
  ///
  /// - Throws: ``TimeFormError`` when it has none of the forms.
  public init(_ text: String, now: Timestamp, zone: Zone) throws(TimeFormError) {
    var scanner = TimeScanner(text)
    let form =
      Self.word(text, now: now, zone: zone)
      ?? Self.epoch(scanner)
      ?? Self.span(scanner, now: now)
      ?? Self.date(&scanner)
    if let form {
      self = form
      return
    }
    scanner = TimeScanner(text)
    guard let time = Self.clock(&scanner), scanner.isAtEnd else { throw TimeFormError(text: text) }
    self = time.form(on: zone.day(of: now))
  }

  private static func word(_ text: String, now: Timestamp, zone: Zone) -> TimeForm? {
    switch text.lowercased() {
    case "now": .moment(now)
    case "today": .day(zone.day(of: now))
    case "yesterday": .day(zone.day(of: now).advanced(by: -1))
    default: nil
    }
  }

  /// `@1772402523`, `@1772402523.120`: seconds since 1970, as in date(1).
  private static func epoch(_ scanner: TimeScanner) -> TimeForm? {
    var scanner = scanner
    guard scanner.skip("@") else { return nil }
    let isNegative = scanner.skip("-")
    // Twelve digits reach the year 33658; more would overflow on the way.
    guard let seconds = scanner.number(digits: 1...12) else { return nil }
    let fraction = scanner.fraction()
    guard scanner.isAtEnd else { return nil }
    let milliseconds = Int64(seconds) * 1000 + Int64(fraction ?? 0)
    let time = Timestamp(milliseconds: isNegative ? -milliseconds : milliseconds)
    return fraction == nil ? .second(time) : .moment(time)
  }

  /// `2h`, `-2h`, `1h30m`, `2 hours ago`: always back from now.
  private static func span(_ scanner: TimeScanner, now: Timestamp) -> TimeForm? {
    var scanner = scanner
    _ = scanner.skip("-")
    var milliseconds: Int64 = 0
    repeat {
      guard let count = scanner.number(digits: 1...9) else { return nil }
      scanner.skipSpaces()
      guard let unit = unit(scanner.word()) else { return nil }
      // Nine digits of weeks are far from the end of an Int64; many of them
      // are not.
      milliseconds += Int64(count) * unit
      guard milliseconds <= longestSpan else { return nil }
      scanner.skipSpaces()
    } while scanner.isAtDigit
    if !scanner.isAtEnd, scanner.word().lowercased() != "ago" { return nil }
    guard scanner.isAtEnd else { return nil }
    return .moment(Timestamp(milliseconds: now.milliseconds - milliseconds))
  }

  /// In milliseconds: as far back as twelve digits of seconds reach, so that
  /// what is meant has a stamp.
  private static let longestSpan: Int64 = 999_999_999_999 * 1000

  /// Milliseconds in a unit.
  private static func unit(_ name: String) -> Int64? {
    switch name.lowercased() {
    case "s", "sec", "secs", "second", "seconds": 1000
    case "m", "min", "mins", "minute", "minutes": 60_000
    case "h", "hr", "hrs", "hour", "hours": 3_600_000
    case "d", "day", "days": 86_400_000
    case "w", "week", "weeks": 7 * 86_400_000
    default: nil
    }
  }

  /// `2026-03-01`, and with a time of day and a zone.
  private static func date(_ scanner: inout TimeScanner) -> TimeForm? {
    guard let year = scanner.number(digits: 4...4), scanner.skip("-"),
      let month = scanner.number(digits: 2...2), scanner.skip("-"),
      let dayOfMonth = scanner.number(digits: 2...2),
      let day = CalendarDay(year: year, month: month, day: dayOfMonth)
    else { return nil }
    if scanner.isAtEnd { return .day(day) }
    guard scanner.skip("T") || scanner.skip("t") || scanner.skip(" ") else { return nil }
    guard let time = clock(&scanner) else { return nil }
    _ = scanner.skip(" ")
    if scanner.isAtEnd { return time.form(on: day) }
    if scanner.skip("Z") || scanner.skip("z") {
      return scanner.isAtEnd ? time.form(on: day, east: 0) : nil
    }
    guard let offset = ZoneName.offset(scanner.takeRest()) else { return nil }
    return time.form(on: day, east: offset)
  }

  private static func clock(_ scanner: inout TimeScanner) -> TimeOfDay? {
    guard let hour = scanner.number(digits: 2...2), hour < 24, scanner.skip(":"),
      let minute = scanner.number(digits: 2...2), minute < 60
    else { return nil }
    guard scanner.skip(":") else {
      return TimeOfDay(hour: hour, minute: minute, second: nil, millisecond: nil)
    }
    // 60 is a leap second (RFC 3339 section 5.7).
    guard let second = scanner.number(digits: 2...2), second <= 60 else { return nil }
    return TimeOfDay(
      hour: hour, minute: minute, second: min(second, 59), millisecond: scanner.fraction())
  }

  private struct TimeOfDay {
    var hour: Int
    var minute: Int
    var second: Int?
    var millisecond: Int?

    /// On `day`, in whatever zone is meant.
    func form(on day: CalendarDay) -> TimeForm {
      .clock(time(on: day), isSecond: isSecond)
    }

    /// On `day`, `east` seconds from UTC.
    func form(on day: CalendarDay, east: Int) -> TimeForm {
      let time = Timestamp(milliseconds: time(on: day).milliseconds - Int64(east) * 1000)
      return isSecond ? .second(time) : .moment(time)
    }

    private var isSecond: Bool { second != nil && millisecond == nil }

    private func time(on day: CalendarDay) -> CalendarTime {
      CalendarTime(
        day, hour: hour, minute: minute, second: second ?? 0, millisecond: millisecond ?? 0)
    }
  }
}
