import ChatCore
import ChatPosix

/// How many connections that have said nothing are served at once: MaxStartups of
/// sshd_config(5), `start:rate:full`. From `start` on a newcomer is refused with
/// a chance of `rate` per cent, which grows until at `full` all are.
public struct MaxStart: Hashable, Sendable {
  public let start: Int
  public let rate: Int
  public let full: Int

  /// sshd's own.
  public static let `default` = MaxStart(start: 10, rate: 30, full: 100)

  private init(start: Int, rate: Int, full: Int) {
    self.start = start
    self.rate = rate
    self.full = full
  }

  /// `10:30:100`, or `10`, from which on all are refused. `nil` for what is not
  /// one: each of the two from 1 to 1000 and in order, the rate from 1 to 100.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    let numbers = parts.compactMap { $0 }
    guard numbers.count == parts.count, let start = numbers.first, (1...1000).contains(start)
    else { return nil }
    switch numbers.count {
    case 1: self.init(start: start, rate: 100, full: start)
    case 3 where (1...100).contains(numbers[1]) && (start...1000).contains(numbers[2]):
      self.init(start: start, rate: numbers[1], full: numbers[2])
    default: return nil
    }
  }

  /// The chance that one more is refused while so many are there, in per cent.
  func chance(at count: Int) -> Int {
    if count < start { return 0 }
    if count >= full { return 100 }
    return rate + (100 - rate) * (count - start) / (full - start)
  }
}

/// What a newcomer may cost before it has said who it is.
public struct AdmissionSettings: Hashable, Sendable {
  /// `nil`: no limit.
  public var maxStart: MaxStart?
  /// Connections of one source at once, beside the one that has the floor; 0: no
  /// limit, and none on how often one connects.
  public var perSource: Int
  /// For which a source is refused at most; zero: never.
  public var longestPenalty: Duration

  /// As `--help` says.
  public static let `default` = AdmissionSettings(
    maxStart: .default, perSource: 4, longestPenalty: .seconds(600))

  /// Everybody comes in.
  public static let unlimited = AdmissionSettings(
    maxStart: nil, perSource: 0, longestPenalty: .zero)

  public init(maxStart: MaxStart?, perSource: Int, longestPenalty: Duration) {
    self.maxStart = maxStart
    self.perSource = perSource
    self.longestPenalty = longestPenalty
  }
}

/// Whether a newcomer gets a process, and who goes for it. Nothing of a peer's but
/// its address is looked at, and a refusal costs a close.
package struct Admission {
  /// For so long nobody is sent away after having typed something; and who has
  /// typed nothing for so long goes before anybody is refused.
  static let typingHolds = Duration.seconds(120)

  /// One that is there.
  struct Guest: Hashable {
    var process: Int32
    var source: PeerSource
    var state: Session.State
    var cameAt: Instant
    /// When something was last read from it.
    var typedAt: Instant?

    /// Whether it is without a name and has typed nothing lately.
    func isSilent(at now: Instant) -> Bool {
      guard state == .introducing else { return false }
      return typedAt.map { now.duration(since: $0) >= Admission.typingHolds } ?? true
    }
  }

  package enum Refusal: CaseIterable, Hashable, Sendable {
    case queueIsFull
    /// Too many have yet to say who they are, or to go.
    case tooMany
    case tooManyOfSource
    case tooOften
    case penalty
    /// Its key is not in the allow-list, as the operator has read already.
    case notAllowed
  }

  enum Verdict: Hashable {
    case admit
    /// Its place is this one's, which has to go.
    case admitFor(Int32)
    case refuse(Refusal)
  }

  let settings: AdmissionSettings
  private(set) var limits: SourceLimits

  init(_ settings: AdmissionSettings) {
    self.settings = settings
    limits = SourceLimits(
      longestPenalty: settings.longestPenalty, limitsStarts: settings.perSource > 0)
  }

  /// Judges a newcomer.
  ///
  /// - Parameters:
  ///   - source: what it comes from.
  ///   - guests: all that have a process, in order of arrival.
  ///   - owned: conversations of the source that one who comes may go on with.
  ///   - now: the present.
  ///   - draw: a random number from 0 to 99.
  /// - Returns: whether it gets a process.
  mutating func judge(
    _ source: PeerSource, among guests: [Guest], besides owned: Int = 0, at now: Instant,
    draw: Int
  ) -> Verdict {
    if limits.isBarred(source, at: now) { return .refuse(.penalty) }
    if settings.perSource > 0 {
      let others = guests.count { $0.source == source && $0.state != .hasFloor }
      if others >= settings.perSource + owned { return .refuse(.tooManyOfSource) }
      if limits.isHurried(source, at: now) { return .refuse(.tooOften) }
    }
    var verdict = Verdict.admit
    if let maxStart = settings.maxStart {
      // One limit over all processes but those in the queue, which has its own:
      // who leaves is a process too.
      let starting = guests.count { $0.state == .introducing || $0.state == .leaving }
      if starting >= maxStart.full { return .refuse(.tooMany) }
      if starting >= maxStart.start {
        if let victim = Self.victim(for: source, among: guests, at: now) {
          verdict = .admitFor(victim)
        } else if draw < maxStart.chance(at: starting) {
          return .refuse(.tooMany)
        }
      }
    }
    limits.countStart(source, at: now)
    return verdict
  }

  /// A resume that succeeds counts against no limit.
  mutating func refundStart(_ source: PeerSource, at now: Instant) {
    limits.refundStart(source, at: now)
  }

  mutating func countWrongToken(_ source: PeerSource, at now: Instant) {
    limits.countWrongToken(source, at: now)
  }

  mutating func punish(_ source: PeerSource, for offence: SourceLimits.Offence, at now: Instant) {
    limits.punish(source, for: offence, at: now)
  }

  /// Who goes for a newcomer: the first to come of the source that has most
  /// silent ones, where that has more of them than the newcomer's would have; or
  /// one that has had time enough to type.
  static func victim(
    for source: PeerSource, among guests: [Guest], at now: Instant
  ) -> Int32? {
    let silent = guests.filter { $0.isSilent(at: now) }
    var counts: [PeerSource: Int] = [:]
    for guest in silent { counts[guest.source, default: 0] += 1 }
    let most = counts.values.max() ?? 0
    if most > counts[source, default: 0] + 1 {
      return silent.first { counts[$0.source] == most }?.process
    }
    return silent.first { now.duration(since: $0.cameAt) >= typingHolds }?.process
  }
}
