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

  private static let quarter: Int64 = 900_000

  init(zone: Zone) {
    self.zone = zone
  }

  /// As ``Stamp/full(_:in:)`` has it.
  mutating func full(_ time: Timestamp, into output: inout OutputBuffer) {
    var digits = Digits()
    digits.full(local(time), offsetMinutes: zone == .utc ? nil : offset)
    output.add(digits)
  }

  /// As ``Stamp/clock(_:in:)`` has it.
  mutating func clock(_ time: Timestamp, into output: inout OutputBuffer) {
    var digits = Digits()
    digits.clock(local(time))
    output.add(digits)
  }

  private mutating func local(_ time: Timestamp) -> CalendarTime {
    let milliseconds = time.withStamp.milliseconds
    if zone != .utc, !known.contains(milliseconds) { look(milliseconds) }
    return CalendarTime(milliseconds: milliseconds + Int64(offset) * 60_000)
  }

  private mutating func look(_ milliseconds: Int64) {
    let start = milliseconds.flooredQuotient(by: Self.quarter) * Self.quarter
    let end = start + Self.quarter
    let offsets = [start, end - 1, milliseconds].map {
      zone.calendarTime(of: Timestamp(milliseconds: $0)).offsetMinutes
    }
    offset = offsets[2]
    known =
      offsets[0] == offset && offsets[1] == offset
      ? start..<end : milliseconds..<milliseconds + 1
  }
}
