import ChatCore
import Foundation
import Seeded
import Testing

@testable import History

@Suite struct ZoneTests {
  private func time(_ stamp: String) throws -> Timestamp {
    try form(stamp).first(in: .utc)
  }

  /// What is read of `text`, which names a day.
  private func form(_ text: String) throws -> TimeForm {
    try TimeForm(text, now: Timestamp(milliseconds: 0), zone: .utc)
  }

  @Test func `days are 23 and 25 hours long when clocks change`() throws {
    try PlaceZone.run("America/Los_Angeles") { zone in
      for (month, day, hours) in [(3, 8, 23), (3, 9, 24), (11, 1, 25), (11, 2, 24)] {
        let day = try #require(CalendarDay(year: 2026, month: month, day: day))
        let length = zone.end(of: day).milliseconds + 1 - zone.start(of: day).milliseconds
        #expect(length == Int64(hours) * 3_600_000, "\(Stamp.date(day))")
      }
    }
  }

  @Test(arguments: [
    // Clocks that are set forward skip an hour.
    (
      "America/Los_Angeles", "2026-03-08 02:30", "2026-03-08T03:30:00.000-07:00",
      "2026-03-08T03:30:00.000-07:00"
    ),
    // An hour that comes twice begins with the first and ends with the second.
    (
      "America/Los_Angeles", "2026-11-01 01:30", "2026-11-01T01:30:00.000-07:00",
      "2026-11-01T01:30:00.000-08:00"
    ),
    (
      "America/Los_Angeles", "2026-11-01 01:30:07", "2026-11-01T01:30:07.000-07:00",
      "2026-11-01T01:30:07.999-08:00"
    ),
    (
      "Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-05T01:45:00.000+11:00",
      "2026-04-05T01:45:00.000+10:30"
    ),
    // A zone that says which of the two is meant.
    (
      "America/Los_Angeles", "2026-11-01 01:30-07:00", "2026-11-01T01:30:00.000-07:00",
      "2026-11-01T01:30:00.000-07:00"
    ),
    // Dublin's winter is what is set, back from its standard time.
    (
      "Europe/Dublin", "2026-10-25 01:30", "2026-10-25T01:30:00.000+01:00",
      "2026-10-25T01:30:00.000+00:00"
    ),
    // Havana's midnight comes twice: the day has both, and its first hour.
    (
      "America/Havana", "2026-11-01", "2026-11-01T00:00:00.000-04:00",
      "2026-11-01T23:59:59.999-05:00"
    ),
    // Santiago sets its clocks forward at midnight, which that day has not.
    (
      "America/Santiago", "2026-09-06", "2026-09-06T01:00:00.000-03:00",
      "2026-09-06T23:59:59.999-03:00"
    ),
  ])
  func `times where clocks are set`(
    _ name: String, _ text: String, _ first: String, _ last: String
  ) throws {
    try PlaceZone.run(name) { zone in
      let form = try form(text)
      #expect(Stamp.full(form.first(in: zone), in: zone) == first)
      #expect(Stamp.full(form.last(in: zone), in: zone) == last)
    }
  }

  @Test(arguments: [
    ("Europe/Dublin", "2026-07-01T12:00:00Z", "2026-07-01T13:00:00.000+01:00"),
    ("Europe/Dublin", "2026-12-01T12:00:00Z", "2026-12-01T12:00:00.000+00:00"),
    ("Asia/Kathmandu", "2026-07-01T12:00:00Z", "2026-07-01T17:45:00.000+05:45"),
    ("Pacific/Apia", "2011-12-31T12:00:00Z", "2012-01-01T02:00:00.000+14:00"),
    ("America/Los_Angeles", "2150-07-01T12:00:00Z", "2150-07-01T05:00:00.000-07:00"),
  ])
  func `zones are as their files say`(_ name: String, _ utc: String, _ local: String) throws {
    let time = try time(utc)
    #expect(try PlaceZone.run(name) { Stamp.full(time, in: $0) } == local)
  }

  @Test(arguments: ["America/New_York", "Europe/Paris", "Africa/Casablanca", "Australia/Lord_Howe"])
  func `Foundation agrees`(_ name: String) throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    let foundation = try #require(TimeZone(identifier: name))
    try PlaceZone.run(name) { zone in
      for _ in 0..<500 {
        // 1970 to 2035: Foundation's own rules end in 2037.
        let seconds = Int64.random(in: 0...2_051_222_400, using: &random)
        let offset = zone.offset(at: Timestamp(milliseconds: seconds * 1000))
        let date = Date(timeIntervalSince1970: Double(seconds))
        #expect(
          offset == foundation.secondsFromGMT(for: date), "\(name) at \(seconds), seed \(seed)")
      }
    }
  }

  @Test(arguments: [
    ("America/Los_Angeles", -7), (":Asia/Tokyo", 9), ("", 0), ("PST8PDT", -7),
    ("EST5EDT,M3.2.0,M11.1.0", -4), ("<+0300>-3:00", 3), ("No/Such", 0), ("../etc/passwd", 0),
  ])
  func `local time is what TZ says`(_ value: String, _ hours: Int) throws {
    let summer = try time("2026-07-01T12:00:00Z")
    #expect(try PlaceZone.run(variable: value) { $0.offset(at: summer) } == hours * 3600)
  }

  @Test(arguments: [
    "Mars/Base", "America", "Europe/../Europe/Paris", "/etc/passwd", "../zoneinfo/Europe/Paris",
    "/usr/share/zoneinfo/Europe/Paris", "tzdata.zi", "zone.tab", "leapseconds", ".", "..", "+25:00",
    "-8x", "", " ", "Europe/", "Europe//Paris", ":Europe/Paris", "EST5EDT,M3.2.0,M11.1.0",
    "Europe/Paris\0", "é",
  ])
  func `a zone that is not there is refused, and changes nothing`(_ name: String) throws {
    try PlaceZone.run("Asia/Kathmandu") { zone in
      #expect(throws: ZoneError.self) { try ZoneName(name).choose() }
      #expect(zone.offset(at: Timestamp(milliseconds: 0)) == 5 * 3600 + 30 * 60)
    }
  }

  @Test func `calendar days and numbers are one to one`() throws {
    for number in -800_000..<800_000 where number % 37 == 0 {
      let day = CalendarDay(number: number)
      #expect(day.number == number)
      #expect(CalendarDay(year: day.year, month: day.month, day: day.day) == day)
    }
    #expect(CalendarDay(number: 0) == CalendarDay(year: 1970, month: 1, day: 1))
    #expect(CalendarDay(year: 2000, month: 2, day: 29) != nil)
    #expect(CalendarDay(year: 1900, month: 2, day: 29) == nil)
  }
}
