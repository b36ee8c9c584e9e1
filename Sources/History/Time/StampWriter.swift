import ChatCore

/// Writes stamps of one zone. To ask the C library for the offset takes longer
/// than all the rest, and it is the same for all moments of a quarter of an
/// hour that has it at both ends.
struct StampWriter {
  let zone: Zone
  /// Milliseconds in which ``offset`` is known.
  private var known: Range<Int64> = 0..<0
  /// Minutes east of UTC.
  private var offset = 0
  /// The day that was written last, since 1970-01-01, and how it is written.
  private var day = Int.min
  private var date = Digits()

  private static let quarter: Int64 = 900_000

  init(zone: Zone) {
    self.zone = zone
  }

  /// As ``Stamp/full(_:in:)`` has it.
  mutating func full(_ time: Timestamp, into output: inout OutputBuffer) {
    let (day, rest) = local(time)
    if day != self.day {
      self.day = day
      date = Digits()
      date.date(CalendarDay(number: day))
      date.sign("T")
    }
    var digits = date
    digits.clock(rest)
    digits.sign(".")
    digits.number(rest % 1000, width: 3)
    digits.zone(offsetMinutes: zone == .utc ? nil : offset)
    output.add(digits)
  }

  /// As ``Stamp/clock(_:in:)`` has it.
  mutating func clock(_ time: Timestamp, into output: inout OutputBuffer) {
    var digits = Digits()
    digits.clock(local(time).milliseconds)
    output.add(digits)
  }

  /// The number of the day since 1970-01-01, and what of it has gone by.
  private mutating func local(_ time: Timestamp) -> (day: Int, milliseconds: Int) {
    let milliseconds = time.withStamp.milliseconds
    if zone != .utc, !known.contains(milliseconds) { look(milliseconds) }
    let local = milliseconds + Int64(offset) * 60_000
    let day = local.flooredQuotient(by: CalendarTime.millisecondsPerDay)
    return (Int(day), Int(local - day * CalendarTime.millisecondsPerDay))
  }

  private mutating func look(_ milliseconds: Int64) {
    let start = milliseconds.flooredQuotient(by: Self.quarter) * Self.quarter
    let end = start + Self.quarter
    let first = zone.minutes(at: Timestamp(milliseconds: start))
    if first == zone.minutes(at: Timestamp(milliseconds: end - 1)) {
      (offset, known) = (Int(first), start..<end)
    } else {
      offset = Int(zone.minutes(at: Timestamp(milliseconds: milliseconds)))
      known = milliseconds..<milliseconds + 1
    }
  }
}
