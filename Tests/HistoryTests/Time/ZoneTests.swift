import ChatCore
import Foundation
import Seeded
import Testing

@testable import History

@Suite struct ZoneTests {
  private func zone(_ name: String) throws -> Zone {
    try ZoneName(name).zone(environment: nil, readFile: SystemFile.bytes(at:))
  }

  private func time(_ stamp: String) throws -> Timestamp {
    try TimeForm(stamp, now: Timestamp(milliseconds: 0), zone: .utc).first(in: .utc)
  }

  @Test func `days are 23 and 25 hours long when clocks change`() throws {
    let zone = try zone("America/Los_Angeles")
    for (month, day, hours) in [(3, 8, 23), (3, 9, 24), (11, 1, 25), (11, 2, 24)] {
      let day = try #require(CalendarDay(year: 2026, month: month, day: day))
      let length = zone.end(of: day).milliseconds + 1 - zone.start(of: day).milliseconds
      #expect(length == Int64(hours) * 3_600_000, "\(Stamp.date(day))")
    }
  }

  @Test func `clocks that are set forward skip an hour`() throws {
    let zone = try zone("America/Los_Angeles")
    let form = try TimeForm("2026-03-08 02:30", now: Timestamp(milliseconds: 0), zone: zone)
    #expect(Stamp.full(form.first(in: zone), in: zone) == "2026-03-08T03:30:00.000-07:00")
  }

  @Test func `of a repeated hour the earlier is meant`() throws {
    let zone = try zone("America/Los_Angeles")
    let form = try TimeForm("2026-11-01 01:30", now: Timestamp(milliseconds: 0), zone: zone)
    #expect(Stamp.full(form.first(in: zone), in: zone) == "2026-11-01T01:30:00.000-07:00")
  }

  @Test func `a day without a midnight begins after it`() throws {
    // Santiago sets its clocks forward at midnight.
    let zone = try zone("America/Santiago")
    let day = try #require(CalendarDay(year: 2026, month: 9, day: 6))
    #expect(Stamp.full(zone.start(of: day), in: zone) == "2026-09-06T01:00:00.000-03:00")
  }

  @Test(arguments: [
    ("Europe/Dublin", "2026-07-01T12:00:00Z", "2026-07-01T13:00:00.000+01:00"),
    ("Europe/Dublin", "2026-12-01T12:00:00Z", "2026-12-01T12:00:00.000+00:00"),
    ("Asia/Kathmandu", "2026-07-01T12:00:00Z", "2026-07-01T17:45:00.000+05:45"),
    ("Pacific/Apia", "2011-12-31T12:00:00Z", "2012-01-01T02:00:00.000+14:00"),
    ("America/Los_Angeles", "2150-07-01T12:00:00Z", "2150-07-01T05:00:00.000-07:00"),
  ])
  func `zones are as their files say`(_ name: String, _ utc: String, _ local: String) throws {
    #expect(Stamp.full(try time(utc), in: try zone(name)) == local)
  }

  @Test func `Foundation agrees`() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    for name in ["America/New_York", "Europe/Paris", "Africa/Casablanca", "Australia/Lord_Howe"] {
      let zone = try zone(name)
      let foundation = try #require(TimeZone(identifier: name))
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

  @Test func `local time is what TZ says`() throws {
    let summer = try time("2026-07-01T12:00:00Z")
    for (value, offset) in [
      ("America/Los_Angeles", -7), (":Asia/Tokyo", 9), ("", 0), ("PST8PDT", -7),
      ("EST5EDT,M3.2.0,M11.1.0", -4), ("<+0330>-3:00", 3), ("No/Such", 0), ("../etc/passwd", 0),
    ] {
      let zone = try ZoneName.local.zone(environment: value, readFile: SystemFile.bytes(at:))
      #expect(zone.offset(at: summer) == offset * 3600, "TZ=\(value)")
    }
  }

  @Test(arguments: [
    "Mars/Base", "America", "Europe/../Europe/Paris", "/etc/passwd", "+25:00", "-8x", "",
  ])
  func `a zone that is not there is refused`(_ name: String) {
    #expect(throws: ZoneError.self) {
      try ZoneName(name).zone(environment: nil, readFile: SystemFile.bytes(at:))
    }
  }

  @Test func `a file that is cut short is no zone`() throws {
    let bytes = try #require(SystemFile.bytes(at: "/usr/share/zoneinfo/Europe/Paris"))
    #expect(ZoneTable(bytes) != nil)
    for count in 0..<bytes.count - 1 { #expect(ZoneTable(Array(bytes.prefix(count))) == nil) }
  }

  @Test func `calendar days and numbers are one to one`() throws {
    for number in -800_000..<800_000 where number % 37 == 0 {
      let day = CalendarDay(number: number)
      #expect(day.number == number)
      #expect(CalendarDay(year: day.year, month: day.month, day: day.day) == day)
    }
    #expect(CalendarDay(number: 0) == CalendarDay(year: 1970, month: 1, day: 1))
    #expect(CalendarDay(year: 2000, month: 2, day: 29)?.weekday == 2)
    #expect(CalendarDay(year: 1900, month: 2, day: 29) == nil)
  }
}
