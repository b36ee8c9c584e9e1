import ChatCore
import Testing

/// A rate with a reserve.
@Suite struct TokenBucketTests {
  private func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

  /// Against the definition, over every small bucket and step.
  @Test func levelsFollowTheClockForEverySmallBucket() {
    for capacity in Int64(1)...6 {
      for perSecond in Int64(1)...5 {
        for step in [Int64(0), 1, 7, 199, 200, 250, 999, 1000, 5000] {
          for taken in Int64(0)...8 {
            var bucket = TokenBucket(capacity: capacity, perSecond: perSecond, at: at(10))
            bucket.take(taken, at: at(10))
            let debt = max(capacity - taken, -capacity)
            let expected = min(capacity, (debt * 1000 + step * perSecond).quotient(by: 1000))
            #expect(bucket.available(at: at(10 + step)) == max(0, expected))
            let wanted = bucket.deadline(for: 1, at: at(10))
            #expect(bucket.available(at: wanted) >= 1)
            if wanted > at(10) {
              #expect(bucket.available(at: at(wanted.milliseconds - 1)) == 0)
            }
          }
        }
      }
    }
  }

  @Test func noMoreThanReserveAndRateEverPass() {
    var bucket = TokenBucket(capacity: 100, perSecond: 10, at: at(0))
    var taken: Int64 = 0
    for millisecond in stride(from: Int64(0), to: 60_000, by: 3) {
      let there = bucket.available(at: at(millisecond))
      bucket.take(there, at: at(millisecond))
      taken += there
    }
    #expect((690...700).contains(taken))
  }

  @Test func aClockThatStepsBackGivesNothingAndTheEndsOfItTrapNothing() {
    var bucket = TokenBucket(capacity: 1 << 52, perSecond: 1 << 52, at: at(1000))
    bucket.take(.max, at: at(1000))
    #expect(bucket.available(at: at(-(1 << 61))) == 0)
    #expect(bucket.available(at: at(1 << 61)) == 1 << 52)
    bucket.take(5, at: at(0))
    #expect(bucket.deadline(for: .max, at: at(1000)) > at(1000))
  }
}

extension Int64 {
  /// Rounded down.
  fileprivate func quotient(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
