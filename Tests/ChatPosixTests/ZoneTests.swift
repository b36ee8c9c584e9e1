import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  /// The process has one zone, so that one test at a time may have it.
  @Suite struct ZoneTests {
    /// 2026-07-01T12:00:00Z
    private let summer: Int64 = 1_782_907_200

    @Test(arguments: [("Asia/Kathmandu", 5.75), ("America/Los_Angeles", -7), ("Etc/UTC", 0)])
    func aZoneOfTheDatabaseIsThisPlaces(_ name: String, _ hours: Double) {
      #expect(Clock.setZone(name))
      #expect(Clock.zoneOffset(at: summer) == Int(hours * 3600))
      let time = Clock.localTime(summer * 1000)
      #expect(time.hour * 60 + time.minute == 12 * 60 + Int(hours * 60))
      #expect(time.dayText == "2026-07-01")
    }

    @Test(arguments: ["No/Such", "America", "zone.tab", "tzdata.zi", ""])
    func whatIsNoZoneChangesNothing(_ name: String) {
      #expect(Clock.setZone("Asia/Kathmandu"))
      #expect(!Clock.setZone(name))
      #expect(Clock.zoneOffset(at: summer) == 20_700)
    }

    @Test func aChangedTZIsReadWhenTheZoneIsLoaded() {
      setenv("TZ", "ABC-1:30", 1)
      Clock.loadZone()
      #expect(Clock.zoneOffset(at: summer) == 5400)
      #expect(Clock.localTime(summer * 1000 + 999).timeText == "13:30:00")
    }

    @Test func yearsThatTheCLibraryCannotCountHaveNoOffset() {
      #expect(Clock.setZone("Etc/UTC"))
      #expect(Clock.zoneOffset(at: 1 << 40) == 0)
      #expect(Clock.zoneOffset(at: .max) == nil)
      #expect(Clock.zoneOffset(at: .min) == nil)
      #expect(Clock.localTime(.max / 1000).year > 2026)
    }
  }
}
