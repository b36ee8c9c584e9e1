import ChatCore
import Seeded
import Testing

@testable import ChatClient

/// When the dialer tries again, with times as parameters.
@Suite struct DialScheduleTests {
  private static func instant(_ milliseconds: Int64) -> Instant {
    Instant(milliseconds: milliseconds)
  }

  @Test("the first try is at once, and none is due before one is wanted")
  func first() {
    var schedule = DialSchedule()
    #expect(schedule.deadline == nil)
    schedule.hurry(at: Self.instant(5))
    #expect(schedule.deadline == nil)
    schedule.want(at: Self.instant(1000), jitter: 0.5)
    #expect(schedule.deadline == Self.instant(1000))
    schedule.start(at: Self.instant(1000))
    #expect(schedule.deadline == nil)
  }

  @Test("failures come further apart, up to the bound of the first two minutes")
  func spacings() {
    var schedule = DialSchedule()
    schedule.want(at: Self.instant(0), jitter: 0)
    var starts: [Int64] = []
    for _ in 0..<6 {
      guard let due = schedule.deadline else { break }
      starts.append(due.milliseconds)
      schedule.start(at: due)
      schedule.fail(at: due, wasRefused: false, jitter: 0)
    }
    #expect(starts == [0, 500, 1500, 3500, 6500, 9500])
  }

  @Test(
    "who was refused tries often at first, and then each second, however long it takes",
    arguments: [0.0, 0.999])
  func refused(jitter: Double) {
    var schedule = DialSchedule()
    schedule.want(at: Self.instant(0), jitter: 0)
    var last = Self.instant(0)
    for round in 0..<600 {
      guard let due = schedule.deadline else { break }
      if round > 0 {
        let apart = due.duration(since: last)
        let wanted: Duration =
          last < Self.instant(2_000)
          ? .milliseconds(25) : last < Self.instant(10_000) ? .milliseconds(100) : .seconds(1)
        #expect((wanted * 0.8 - .milliseconds(1)...wanted).contains(apart))
      }
      last = due
      schedule.start(at: due)
      schedule.fail(at: due, wasRefused: true, jitter: jitter)
    }
  }

  @Test("a key that is pressed tries at once, and keys that repeat are no flood")
  func hurried() {
    var schedule = DialSchedule()
    schedule.want(at: Self.instant(0), jitter: 0)
    for _ in 0..<5 {
      guard let due = schedule.deadline else { break }
      schedule.start(at: due)
      schedule.fail(at: due, wasRefused: false, jitter: 0)
    }
    // At 6.5 s, and the next is at 9.5 s.
    schedule.hurry(at: Self.instant(6600))
    #expect(schedule.deadline == Self.instant(6750))
    schedule.hurry(at: Self.instant(7000))
    #expect(schedule.deadline == Self.instant(6750))
    schedule.start(at: Self.instant(6750))
    schedule.hurry(at: Self.instant(6760))
    #expect(schedule.deadline == nil, "one is under way")
  }

  @Test("a good link forgets what was before, one that is lost at once is not a flood")
  func flapping() {
    var schedule = DialSchedule()
    var now = Self.instant(0)
    for _ in 0..<20 {
      schedule.want(at: now, jitter: 0)
      guard let due = schedule.deadline else { break }
      #expect(due.duration(since: now) <= DialSchedule.shortestSpacing)
      schedule.start(at: due)
      schedule.succeed()
      schedule.rest()
      let next = due.advanced(by: .milliseconds(1))
      schedule.want(at: next, jitter: 0)
      #expect(schedule.deadline == due.advanced(by: DialSchedule.shortestSpacing))
      schedule.rest()
      now = next
    }
  }

  @Test("connections that come to nothing count as failures")
  func notGood() {
    var schedule = DialSchedule()
    schedule.want(at: Self.instant(0), jitter: 0)
    var starts: [Int64] = []
    for _ in 0..<5 {
      guard let due = schedule.deadline else { break }
      starts.append(due.milliseconds)
      schedule.start(at: due)
      schedule.succeed()
      schedule.want(at: due, jitter: 0)
    }
    #expect(starts == [0, 500, 1500, 3500, 6500])
  }

  @Test("the bounds are kept whatever happens", arguments: 0..<200)
  func bounds(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var schedule = DialSchedule()
    var now = Self.instant(0)
    schedule.want(at: now, jitter: 0)
    var last: Instant?
    var wantedSince = now
    var failedAt = now
    var wasRefused = false
    for _ in 0..<500 {
      guard let due = schedule.deadline else {
        Issue.record("nothing is due, seed \(seed)")
        return
      }
      #expect(due >= now)
      if random.below(20) == 0, due > now {
        now = now.advanced(by: .milliseconds(Int64(random.below(500))))
        now = min(now, due)
        schedule.hurry(at: now)
        continue
      }
      now = max(due, now)
      if let last {
        let apart = now.duration(since: last)
        let shortest = wasRefused ? .milliseconds(20) : DialSchedule.shortestSpacing
        #expect(apart >= shortest, "seed \(seed)")
        let isEager = failedAt.duration(since: wantedSince) < DialSchedule.eagerFor
        // A try may take as long itself.
        let bound = isEager ? DialSchedule.eagerSpacing : DialSchedule.longestSpacing
        #expect(apart <= bound, "seed \(seed)")
      }
      last = now
      schedule.start(at: now)
      // A round of one address.
      let ended = now.advanced(by: .milliseconds(Int64(random.below(3001))))
      let jitter = Double(random.below(1000)) / 1000
      failedAt = ended
      wasRefused = false
      switch random.below(12) {
      case 0:
        schedule.succeed()
        schedule.want(at: ended, jitter: jitter)
      case 1:
        schedule.succeed()
        schedule.rest()
        wantedSince = ended
        last = nil
        schedule.want(at: ended, jitter: jitter)
      case 2...4:
        wasRefused = true
        schedule.fail(at: ended, wasRefused: true, jitter: jitter)
      default: schedule.fail(at: ended, wasRefused: false, jitter: jitter)
      }
      now = ended
    }
  }
}
