import ChatCore
import Seeded
import Testing

@testable import History

@Suite struct TimeFormTests {
  let zone = Zone.fixed(seconds: -8 * 3600)
  /// 2026-03-01T15:30:00-08:00
  let now = Timestamp(milliseconds: 1_772_407_800_000)

  private func full(_ text: String) throws -> String {
    Stamp.full(try TimeForm(text, now: now, zone: zone).first(in: zone), in: zone)
  }

  @Test(arguments: [
    ("2026-03-01T14:02:03.120-08:00", "2026-03-01T14:02:03.120-08:00"),
    ("2026-03-01T22:02:03.120Z", "2026-03-01T14:02:03.120-08:00"),
    ("2026-03-01t22:02:03z", "2026-03-01T14:02:03.000-08:00"),
    ("2026-03-01 14:02:03", "2026-03-01T14:02:03.000-08:00"),
    ("2026-03-01 14:02", "2026-03-01T14:02:00.000-08:00"),
    ("2026-03-01T14:02:03.5", "2026-03-01T14:02:03.500-08:00"),
    ("2026-03-01T14:02:03.123456789+01:00", "2026-03-01T05:02:03.123-08:00"),
    ("2026-03-01T14:02-0800", "2026-03-01T14:02:00.000-08:00"),
    ("2026-03-01", "2026-03-01T00:00:00.000-08:00"),
    ("14:02", "2026-03-01T14:02:00.000-08:00"),
    ("14:02:03", "2026-03-01T14:02:03.000-08:00"),
    ("now", "2026-03-01T15:30:00.000-08:00"),
    ("today", "2026-03-01T00:00:00.000-08:00"),
    ("yesterday", "2026-02-28T00:00:00.000-08:00"),
    ("2h", "2026-03-01T13:30:00.000-08:00"),
    ("-2h", "2026-03-01T13:30:00.000-08:00"),
    ("2h ago", "2026-03-01T13:30:00.000-08:00"),
    ("2 hours ago", "2026-03-01T13:30:00.000-08:00"),
    ("1h30m", "2026-03-01T14:00:00.000-08:00"),
    ("3d", "2026-02-26T15:30:00.000-08:00"),
    ("@1772402523", "2026-03-01T14:02:03.000-08:00"),
    ("@1772402523.120", "2026-03-01T14:02:03.120-08:00"),
    ("2016-12-31T23:59:60Z", "2016-12-31T15:59:59.000-08:00"),
  ])
  func `forms are read`(_ text: String, _ expected: String) throws {
    #expect(try full(text) == expected)
  }

  @Test(arguments: [
    "", " ", "tomorrow", "2026-02-30", "2026-13-01", "2026-3-1", "24:00", "14:60", "14:2", "1402",
    "2026-03-01T", "2026-03-01T14", "2026-03-01T14:02:03+25:00", "2026-03-01T14:02:03 PST", "2x",
    "h", "2h later", "@", "@x", "@99999999999999", "12h ago ago", "2026-03-01T14:02:03.Z",
    "99999999999h", "２h", "-", "--2h",
  ])
  func `malformed times are refused by name`(_ text: String) {
    #expect(throws: TimeFormError(text: text)) { try TimeForm(text, now: now, zone: zone) }
  }

  @Test func `a day is whole`() throws {
    let day = try TimeForm("2026-03-01", now: now, zone: zone)
    #expect(Stamp.full(day.first(in: zone), in: zone) == "2026-03-01T00:00:00.000-08:00")
    #expect(Stamp.full(day.last(in: zone), in: zone) == "2026-03-01T23:59:59.999-08:00")
  }

  @Test func `a stamp of the screen includes its second`() throws {
    let form = try TimeForm("14:02:41", now: now, zone: zone)
    #expect(Stamp.full(form.last(in: zone), in: zone) == "2026-03-01T14:02:41.999-08:00")
  }

  @Test(arguments: [
    "America/Los_Angeles", "Europe/London", "Asia/Kolkata", "Pacific/Apia", "America/Havana", "utc",
  ])
  func `every stamp that is printed is read back`(_ name: String) throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    try PlaceZone.run(name) { zone in
      for _ in 0..<2000 {
        // 1900 to 2200
        let time = Timestamp(
          milliseconds: Int64.random(in: -2_208_988_800_000...7_258_118_400_000, using: &random))
        let stamp = Stamp.full(time, in: zone)
        let read = try TimeForm(stamp, now: now, zone: .fixed(seconds: 3600))
        #expect(read == .moment(time), "\(stamp) in \(name), seed \(seed)")

        // Without a zone a stamp is that of the zone it was printed in; where
        // clocks were set back, of both.
        let local = Stamp.dateAndClock(time, in: zone)
        let form = try TimeForm(local, now: now, zone: zone)
        let back = form.first(in: zone)
        #expect(Stamp.dateAndClock(back, in: zone) == local, "\(local) in \(name), seed \(seed)")
        #expect(back <= time, "\(local) in \(name), seed \(seed)")
        #expect(time <= form.last(in: zone), "\(local) in \(name), seed \(seed)")
      }
    }
  }
}
