import ChatCore
import ChatPosix
import Seeded
import Testing

@testable import ChatServer

/// Who gets a process, and who goes for it.
@Suite struct AdmissionTests {
  private static let start = Instant.ms(1_000_000)

  private func source(_ number: Int) -> PeerSource { PeerSource(ipv4: UInt32(number)) }

  private func guest(
    _ process: Int32, from number: Int, _ state: Session.State = .introducing,
    typed: Duration? = nil, came: Duration = .zero
  ) -> Admission.Guest {
    Admission.Guest(
      process: process, source: source(number), state: state,
      cameAt: Self.start.advanced(by: .zero - came),
      typedAt: typed.map { Self.start.advanced(by: .zero - $0) })
  }

  private func judge(
    _ number: Int, _ guests: [Admission.Guest],
    _ settings: AdmissionSettings = .default, draw: Int = 99
  ) -> Admission.Verdict {
    var admission = Admission(settings)
    return admission.judge(source(number), among: guests, at: Self.start, draw: draw)
  }

  @Test func maxStartIsReadAsSshdReadsIt() throws {
    #expect(MaxStart("10:30:100") == .default)
    let single = try #require(MaxStart("7"))
    #expect((single.start, single.rate, single.full) == (7, 100, 7))
    for text in [
      "", ":", "0", "10:30", "10:0:100", "10:101:100", "10:30:9", "1:1:1:1", "x", "10:30:1001",
      "-1", "10:30:100:", "1.5",
    ] {
      #expect(MaxStart(text) == nil, "\(text)")
    }
  }

  @Test func theChanceGrowsFromTheRateToCertainty() throws {
    let limit = MaxStart.default
    #expect((0..<10).allSatisfy { limit.chance(at: $0) == 0 })
    #expect(limit.chance(at: 10) == 30)
    #expect(limit.chance(at: 55) == 65)
    for count in 10..<100 { #expect(limit.chance(at: count) <= limit.chance(at: count + 1)) }
    #expect((100...200).allSatisfy { limit.chance(at: $0) == 100 })
    #expect(try #require(MaxStart("5:50:5")).chance(at: 5) == 100)
  }

  /// Every source's share, in every state, with the floor and without.
  @Test func aSourceHasItsShareAndNoMore() {
    for state in Session.State.allCases {
      for count in 0...6 {
        let guests = (0..<count).map { guest(Int32($0 + 1), from: 1, state) }
        let isFull = state != .hasFloor && count >= 4
        #expect(judge(1, guests) == (isFull ? .refuse(.tooManyOfSource) : .admit))
        #expect(judge(2, guests) == .admit)
        #expect(judge(1, guests, .unlimited) == .admit)
      }
    }
  }

  @Test func theSourceWithMostGivesWay() {
    let crowd =
      (1...4).map { guest(Int32($0), from: 1) } + (5...7).map { guest(Int32($0), from: 2) }
      + (8...10).map { guest(Int32($0), from: 3) }
    #expect(judge(9, crowd) == .admitFor(1))
    // Its own would have as many: nobody goes, and chance decides.
    #expect(judge(2, crowd, draw: 29) == .refuse(.tooMany))
    #expect(judge(2, crowd, draw: 30) == .admit)
  }

  @Test func whoTypedIsNeverSentAway() {
    for ago in [Duration.zero, .seconds(1), .milliseconds(119_999)] {
      let crowd =
        (1...4).map { guest(Int32($0), from: 1, typed: ago, came: .seconds(900)) }
        + (5...10).map { guest(Int32($0), from: $0, typed: ago, came: .seconds(900)) }
      #expect(judge(99, crowd, draw: 0) == .refuse(.tooMany))
      #expect(judge(99, crowd, draw: 99) == .admit)
    }
    let late = (1...10).map {
      guest(Int32($0), from: $0, typed: .seconds(120), came: .seconds(900))
    }
    #expect(judge(99, late, draw: 0) == .admitFor(1))
  }

  @Test func whoHasHadTimeGoesBeforeAnybodyIsRefused() {
    var crowd = (1...10).map { guest(Int32($0), from: $0, came: .seconds(119)) }
    #expect(judge(99, crowd, draw: 0) == .refuse(.tooMany))
    crowd[6].cameAt = Self.start.advanced(by: .seconds(-120))
    #expect(judge(99, crowd, draw: 0) == .admitFor(7))
  }

  /// However they came to be: those who leave are processes too.
  @Test func pastTheLimitNobodyGetsAProcess() {
    for leaving in 0...100 {
      let crowd = (1...100).map {
        guest(
          Int32($0), from: $0 % 30, $0 <= leaving ? .leaving : .introducing, came: .seconds(500))
      }
      #expect(judge(999, crowd) == .refuse(.tooMany))
    }
    // The queue has a limit of its own.
    #expect(judge(999, (1...200).map { guest(Int32($0), from: $0, .waiting) }) == .admit)
  }

  /// Random crowds: what is promised of each verdict, whoever comes.
  @Test func verdictsKeepTheirPromisesInEveryCrowd() {
    let seed = chosenSeed()
    var random = SeededRandom(seed: seed)
    for _ in 0..<20_000 {
      let guests = (0..<random.below(120)).map { index in
        guest(
          Int32(index + 1), from: random.below(1 + random.below(20)),
          Session.State.allCases[random.below(Session.State.allCases.count)],
          typed: random.below(2) == 0 ? nil : .seconds(random.below(240)),
          came: .seconds(random.below(240)))
      }
      let newcomer = random.below(25)
      let draw = random.below(100)
      let starting = guests.count { $0.state == .introducing || $0.state == .leaving }
      let ofSource = guests.count { $0.source == source(newcomer) && $0.state != .hasFloor }
      let comment = Comment("seed \(seed)")
      switch judge(newcomer, guests, draw: draw) {
      case .admit:
        #expect(
          ofSource < 4 && (starting < 10 || draw >= MaxStart.default.chance(at: starting)), comment)
      case .admitFor(let process):
        let victim = guests.first { $0.process == process }
        #expect(ofSource < 4 && (10..<100).contains(starting), comment)
        #expect(victim?.isSilent(at: Self.start) == true, comment)
        let silent = guests.filter { $0.isSilent(at: Self.start) }
        let shares = Dictionary(grouping: silent, by: \.source).mapValues(\.count)
        let isOfMost = victim.map { shares[$0.source] == shares.values.max() } ?? false
        let hadTime = victim.map { Self.start.duration(since: $0.cameAt) >= .seconds(120) } ?? false
        #expect(isOfMost || hadTime, comment)
      case .refuse(.tooManyOfSource): #expect(ofSource >= 4, comment)
      case .refuse(.tooMany): #expect(starting >= 10, comment)
      case .refuse(let other): Issue.record("\(other), seed \(seed)")
      }
    }
  }

  /// One source at full speed for an hour, against others who come now and then.
  @Test func aFloodCostsAProcessASecondAndKeepsNobodyOut() {
    var admission = Admission(.default)
    var guests: [Admission.Guest] = []
    var started = 0
    for millisecond in stride(from: Int64(0), to: 3_600_000, by: 20) {
      let now = Self.start.advanced(by: .milliseconds(millisecond))
      // Each of the flood's leaves after a tenth of a second without a word.
      for guest in guests where now.duration(since: guest.cameAt) >= .milliseconds(100) {
        admission.punish(guest.source, for: .leftSilent, at: now)
      }
      guests.removeAll { now.duration(since: $0.cameAt) >= .milliseconds(100) }
      if admission.judge(source(1), among: guests, at: now, draw: 0) == .admit {
        started += 1
        guests.append(
          Admission.Guest(process: 1, source: source(1), state: .introducing, cameAt: now))
      }
      if millisecond % 10_000 == 0 {
        #expect(admission.judge(source(2), among: guests, at: now, draw: 0) == .admit)
      }
    }
    #expect(started <= 3_700)
  }
}

/// Penalties and how often a source connects.
@Suite struct SourceLimitsTests {
  private let one = PeerSource(ipv4: 0x7f00_0001)
  private let other = PeerSource(ipv6Network: 0x2001_0db8_0000_0001)

  private func limits(_ longest: Duration = .seconds(600)) -> SourceLimits {
    SourceLimits(longestPenalty: longest, limitsStarts: true)
  }

  /// Every offence, alone and again: from the bar on, for as long as its seconds.
  @Test func penaltiesAddUpAndRunOff() {
    for offence in SourceLimits.Offence.allCases {
      var limits = limits()
      var now = Instant.ms(5_000)
      var total = Duration.zero
      while total + offence.penalty < SourceLimits.bar {
        limits.punish(one, for: offence, at: now)
        total += offence.penalty
        #expect(!limits.isBarred(one, at: now))
      }
      limits.punish(one, for: offence, at: now)
      total += offence.penalty
      #expect(limits.isBarred(one, at: now))
      #expect(!limits.isBarred(other, at: now))
      // Until they have run off, not only until they are below the bar again.
      now = now.advanced(by: total - .milliseconds(1))
      #expect(limits.isBarred(one, at: now))
      now = now.advanced(by: .milliseconds(1))
      #expect(!limits.isBarred(one, at: now))
      limits.punish(one, for: .leftSilent, at: now)
      #expect(!limits.isBarred(one, at: now))
    }
  }

  @Test func noPenaltyIsLongerThanTheLongestAndZeroIsNone() {
    for longest in [Duration.zero, .seconds(1), .seconds(30), .seconds(600)] {
      var limits = limits(longest)
      for _ in 0..<1000 { limits.punish(one, for: .badWords, at: .ms(0)) }
      #expect(limits.isBarred(one, at: .ms(0)) == (longest > .zero))
      #expect(!limits.isBarred(one, at: Instant.ms(0).advanced(by: longest)))
    }
  }

  @Test func aSourceConnectsOnceASecondAfterTheFirst() {
    var limits = limits()
    var started = 0
    for millisecond in stride(from: Int64(0), to: 60_000, by: 10) {
      let now = Instant.ms(millisecond)
      if limits.isHurried(one, at: now) { continue }
      limits.countStart(one, at: now)
      started += 1
    }
    #expect((91...93).contains(started))
    #expect(!limits.isHurried(other, at: .ms(60_000)))
  }

  @Test func theTableStaysSmallAndKeepsTheWorst() {
    var limits = limits()
    let now = Instant.ms(0)
    for _ in 0..<3 { limits.punish(one, for: .silence, at: now) }
    for number in 0..<50_000 {
      limits.punish(PeerSource(ipv4: UInt32(number)), for: .leftSilent, at: now)
      limits.countStart(PeerSource(ipv6Network: UInt64(number)), at: now)
    }
    #expect(limits.count <= SourceLimits.tableLimit)
    #expect(limits.isBarred(one, at: now))
  }

  @Test func sourcesAreAddressesOfIPv4AndNetworksOfIPv6() throws {
    func source(_ host: String) throws -> PeerSource {
      try #require(try Resolver.resolve(host, port: 1).first).source
    }
    #expect(try source("127.0.0.1") == one)
    #expect(try source("127.0.0.1") != source("127.0.0.2"))
    #expect(try source("::ffff:127.0.0.1") == one)
    #expect(try source("2001:db8:0:1::5") == other)
    #expect(try source("2001:db8:0:1:ffff::") == other)
    #expect(try source("2001:db8:0:2::5") != other)
    #expect(try source("::1") != source("0.0.0.1"))
    #expect(one.description == "127.0.0.1")
    #expect(other.description == "2001:db8:0:1::/64")
  }
}
