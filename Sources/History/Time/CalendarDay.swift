/// A day of the proleptic Gregorian calendar.
public struct CalendarDay: Hashable, Comparable, Sendable {
  public let year: Int
  /// 1–12
  public let month: Int
  /// 1–31
  public let day: Int

  /// - Returns: `nil` for a day that no calendar has, such as February 30.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1, day <= Self.length(ofMonth: month, year: year) else {
      return nil
    }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day that is `number` days after 1970-01-01.
  ///
  /// The calendar is counted from March, so that the leap day comes last, in
  /// eras of 400 years, which all have the same length.
  init(number: Int) {
    let shifted = number + Self.daysFromEraToEpoch
    let era = Int(Int64(shifted).flooredQuotient(by: Int64(Self.daysPerEra)))
    let dayOfEra = shifted - era * Self.daysPerEra
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days after 1970-01-01; negative before it.
  var number: Int {
    let year = month <= 2 ? self.year - 1 : self.year
    let era = Int(Int64(year).flooredQuotient(by: 400))
    let yearOfEra = year - era * 400
    let shiftedMonth = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * Self.daysPerEra + dayOfEra - Self.daysFromEraToEpoch
  }

  /// 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday.
  var weekday: Int { ((number + 3) % 7 + 7) % 7 }

  public func advanced(by days: Int) -> CalendarDay { CalendarDay(number: number + days) }

  public static func < (left: CalendarDay, right: CalendarDay) -> Bool {
    left.number < right.number
  }

  static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// 400 Gregorian years.
  private static let daysPerEra = 146_097
  /// From 0000-03-01 to 1970-01-01.
  private static let daysFromEraToEpoch = 719_468
}
