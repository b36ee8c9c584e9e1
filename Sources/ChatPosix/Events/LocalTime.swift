/// A calendar's day and a wall clock's time.
public struct LocalTime: Hashable, Sendable {
  public let year: Int
  /// 1 to 12.
  public let month: Int
  /// 1 to 31.
  public let day: Int
  public let hour: Int
  public let minute: Int
  /// 0 to 60: a leap second.
  public let second: Int

  /// `2026-03-01`
  public var dayText: String { "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(day))" }

  /// `14:02:09`
  public var timeText: String {
    "\(Self.twoDigits(hour)):\(Self.twoDigits(minute)):\(Self.twoDigits(second))"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
