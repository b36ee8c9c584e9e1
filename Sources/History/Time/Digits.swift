/// Numbers and the signs between them, gathered as bytes: a stamp comes
/// before every line, and strings put together of strings take ten times as
/// long.
struct Digits {
  /// The longest is `-33658-09-27T01:46:39.999-08:00`, or a whole `Int64`.
  private var bytes = InlineArray<32, UInt8>(repeating: 0)
  private var count = 0

  var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }

  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    bytes.span.extracting(0..<count).withUnsafeBufferPointer(body)
  }

  /// `2026-03-01T14:02:03.120-08:00`; `Z` without minutes east of UTC.
  mutating func full(_ time: CalendarTime, offsetMinutes: Int?) {
    date(time.day)
    sign("T")
    clock(time)
    sign(".")
    number(time.millisecond, width: 3)
    zone(offsetMinutes: offsetMinutes)
  }

  /// `-08:00`, minutes east of UTC; `Z` without.
  mutating func zone(offsetMinutes: Int?) {
    guard let offsetMinutes else { return sign("Z") }
    sign(offsetMinutes < 0 ? "-" : "+")
    pair(abs(offsetMinutes) / 60)
    sign(":")
    pair(abs(offsetMinutes) % 60)
  }

  /// `2026-03-01`
  mutating func date(_ day: CalendarDay) {
    if day.year < 0 { sign("-") }
    number(abs(day.year), width: 4)
    sign("-")
    pair(day.month)
    sign("-")
    pair(day.day)
  }

  /// `14:02:03`
  mutating func clock(_ time: CalendarTime) {
    pair(time.hour)
    sign(":")
    pair(time.minute)
    sign(":")
    pair(time.second)
  }

  /// The same of so many milliseconds after midnight.
  mutating func clock(_ milliseconds: Int) {
    let seconds = milliseconds / 1000
    pair(seconds / 3600)
    sign(":")
    pair(seconds / 60 % 60)
    sign(":")
    pair(seconds % 60)
  }

  mutating func sign(_ character: Unicode.Scalar) {
    bytes[count] = UInt8(ascii: character)
    count += 1
  }

  /// `number`, from 0 to 99, as two digits.
  private mutating func pair(_ number: Int) {
    bytes[count] = UInt8(ascii: "0") + UInt8(number / 10)
    bytes[count + 1] = UInt8(ascii: "0") + UInt8(number % 10)
    count += 2
  }

  /// `number`, which is not negative, with zeros before it up to `width`.
  mutating func number(_ number: Int, width: Int) {
    var limit = 10
    var length = 1
    while length < width || limit <= number {
      length += 1
      let (next, isPast) = limit.multipliedReportingOverflow(by: 10)
      if isPast { break }
      limit = next
    }
    var rest = number
    for index in stride(from: count + length - 1, through: count, by: -1) {
      bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    count += length
  }

  /// With a sign, where it is negative.
  mutating func integer(_ number: Int64) {
    if number >= 0 { return self.number(Int(number), width: 1) }
    for byte in String(number).utf8 {
      bytes[count] = byte
      count += 1
    }
  }
}
