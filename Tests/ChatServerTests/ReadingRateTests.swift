import ChatCore
import Testing

@testable import ChatServer

/// How fast a peer is read.
@Suite struct ReadingRateTests {
  /// A peer that always has more to say, at every rate and size of its writes.
  @Test func noPeerIsReadFasterThanItsRateOrSlower() {
    for rate in [Int64(1024), 10_000, 1 << 20, 10 << 20] {
      for limit in [16_384, 65_536] {
        var reading = ReadingRate(rate, at: .ms(0))
        var now = Instant.ms(0)
        var total: Int64 = 0
        while now < .ms(100_000) {
          let allowed = reading.allowance(upTo: limit, at: now)
          let deadline = reading.deadline(at: now)
          #expect((allowed == 0) == (deadline != nil))
          reading.take(allowed, at: now)
          total += Int64(allowed)
          now = deadline ?? now.advanced(by: .milliseconds(1))
        }
        // Ten seconds' worth at once, and then its rate.
        #expect(total <= rate * 110 + 4096)
        #expect(total >= rate * 108 - 8192)
      }
    }
  }

  @Test func withoutARateAllIsReadAtOnce() {
    var reading = ReadingRate(nil, at: .ms(0))
    for _ in 0..<1000 {
      reading.take(65_536, at: .ms(0))
      #expect(reading.allowance(upTo: 65_536, at: .ms(0)) == 65_536)
    }
    #expect(reading.deadline(at: .ms(0)) == nil)
  }
}
