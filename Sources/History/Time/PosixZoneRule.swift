/// A zone as the TZ variable spells its rules, `PST8PDT,M3.2.0,M11.1.0`
/// (POSIX.1-2024 section 8.3, with the hours from −167 to 167 of RFC 9636).
struct PosixZoneRule: Hashable, Sendable {
  /// Seconds east of UTC.
  private var standard: Int
  private var summer: Summer?

  private struct Summer: Hashable, Sendable {
    var offset: Int
    var start: Change
    var end: Change
  }

  /// A day of every year and a time on it, in seconds from midnight.
  private struct Change: Hashable, Sendable {
    var date: YearlyDate
    var time: Int
  }

  private enum YearlyDate: Hashable, Sendable {
    /// 1–365; February 29 is never counted.
    case julian(Int)
    /// 0–365; February 29 is counted.
    case zeroBased(Int)
    /// Week 5 is the last one; weekday 0 is Sunday.
    case weekday(Int, week: Int, month: Int)
  }

  /// - Returns: `nil` when `text` is no such rule.
  init?(_ text: String) {
    var scanner = RuleScanner(text)
    guard scanner.name(), let west = scanner.time(maximumHours: 24) else { return nil }
    standard = -west
    if scanner.isAtEnd { return }
    guard scanner.name() else { return nil }
    var offset = standard + 3600
    if let next = scanner.peek, next != UInt8(ascii: ",") {
      guard let west = scanner.time(maximumHours: 24) else { return nil }
      offset = -west
    }
    // Without dates a rule means those of the United States, as in glibc.
    if scanner.isAtEnd { scanner = RuleScanner(",M3.2.0,M11.1.0") }
    guard let start = Self.change(&scanner), let end = Self.change(&scanner), scanner.isAtEnd
    else { return nil }
    summer = Summer(offset: offset, start: start, end: end)
  }

  /// Seconds east of UTC at a moment in seconds since 1970.
  func offset(at time: Int64) -> Int {
    guard let summer else { return standard }
    let local = (time + Int64(standard)).flooredQuotient(by: 86_400)
    let year = CalendarDay(number: Int(local)).year
    // Each change is given in the clock time in force before it.
    let start = seconds(of: summer.start, year: year) - Int64(standard)
    let end = seconds(of: summer.end, year: year) - Int64(summer.offset)
    let isSummer =
      start < end ? time >= start && time < end : time >= start || time < end
    return isSummer ? summer.offset : standard
  }

  private func seconds(of change: Change, year: Int) -> Int64 {
    Int64(dayNumber(of: change.date, year: year)) * 86_400 + Int64(change.time)
  }

  private func dayNumber(of date: YearlyDate, year: Int) -> Int {
    switch date {
    case .julian(let day):
      let isAfterLeapDay = CalendarDay.isLeap(year) && day >= 60
      return Self.firstDay(ofMonth: 1, year: year).number + day - (isAfterLeapDay ? 0 : 1)
    case .zeroBased(let day):
      return Self.firstDay(ofMonth: 1, year: year).number + day
    case .weekday(let weekday, let week, let month):
      let first = Self.firstDay(ofMonth: month, year: year)
      var day = 1 + (weekday - first.weekday + 7) % 7 + (week - 1) * 7
      if day > CalendarDay.length(ofMonth: month, year: year) { day -= 7 }
      return first.number + day - 1
    }
  }

  private static func firstDay(ofMonth month: Int, year: Int) -> CalendarDay {
    guard let day = CalendarDay(year: year, month: month, day: 1) else {
      fatalError("the scanner lets no month \(month) pass")
    }
    return day
  }

  private static func change(_ scanner: inout RuleScanner) -> Change? {
    guard scanner.skip(","), let date = date(&scanner) else { return nil }
    // Two in the morning is POSIX's default.
    guard scanner.skip("/") else { return Change(date: date, time: 7200) }
    return scanner.time(maximumHours: 167).map { Change(date: date, time: $0) }
  }

  private static func date(_ scanner: inout RuleScanner) -> YearlyDate? {
    if scanner.skip("M") {
      guard let month = scanner.number(in: 1...12), scanner.skip("."),
        let week = scanner.number(in: 1...5), scanner.skip("."),
        let weekday = scanner.number(in: 0...6)
      else { return nil }
      return .weekday(weekday, week: week, month: month)
    }
    if scanner.skip("J") { return scanner.number(in: 1...365).map(YearlyDate.julian) }
    return scanner.number(in: 0...365).map(YearlyDate.zeroBased)
  }
}
