/// Numbers and the signs between them, gathered as bytes: a stamp stands
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
