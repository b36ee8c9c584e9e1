import ChatCore
import ChatPosix

/// What is held against where peers come from: offences, for which a source is
/// refused for a while, and how often it connects. As PerSourcePenalties of
/// sshd_config(5): each offence adds its seconds, they run off by themselves, and
/// who comes to ``bar`` of them is refused until they have.
///
/// A connection that is cut after its peer said who it is is no offence: lines
/// are.
struct SourceLimits {
  /// What a source is punished for.
  enum Offence: CaseIterable, Hashable, Sendable {
    /// It broke the protocol, or gave only names that are none.
    case badWords
    /// It said nothing until it had to be sent away.
    case silence
    /// It went by itself and had said nothing.
    case leftSilent
    /// It was there when its process crashed or became another's.
    case crash
    /// It showed a token of no conversation, again and again.
    case wrongTokens

    /// sshd's for authfail, grace-exceeded, noauth; and of a crash, since others
    /// than the peer cause one too, less than ``bar``.
    var penalty: Duration {
      switch self {
      case .badWords, .wrongTokens: .seconds(5)
      case .silence: .seconds(10)
      case .leftSilent: .seconds(1)
      case .crash: .seconds(10)
      }
    }
  }

  /// Penalties below this are not enforced: sshd's `min`. A person who mistypes
  /// a name, or tries whether the port listens, does not come so far.
  static let bar = Duration.seconds(15)
  /// Connections that a source may begin at once, and how many a second after
  /// that: nobody who talks comes near it, and each costs a process.
  static let startsAtOnce: Int64 = 32
  static let startsPerSecond: Int64 = 1
  /// Sources that are kept at once, the memory of this: a few hundred KiB.
  static let tableLimit = 4096

  /// Wrong tokens in a minute that are no offence: a client whose conversation is gone
  /// shows one, and two may be at one address.
  static let wrongTokensAllowed = 2
  static let wrongTokensWithin = Duration.seconds(60)

  private struct Account {
    /// When its penalties have run off.
    var until: Instant
    /// When it showed wrong tokens in the last minute.
    var wrongTokensAt: [Instant] = []
    /// Whether they came to ``SourceLimits/bar``.
    var isBarred = false
    var starts: TokenBucket

    func hasShownWrongTokens(at now: Instant) -> Bool {
      wrongTokensAt.contains { now.duration(since: $0) < SourceLimits.wrongTokensWithin }
    }
  }

  /// No source is refused longer than this after its last offence; zero: never
  /// at all.
  let longestPenalty: Duration
  let limitsStarts: Bool
  private var accounts: [PeerSource: Account] = [:]

  init(longestPenalty: Duration, limitsStarts: Bool) {
    self.longestPenalty = longestPenalty
    self.limitsStarts = limitsStarts
  }

  /// How many sources something is kept of.
  var count: Int { accounts.count }

  /// Whether nobody from there is let in now.
  func isBarred(_ source: PeerSource, at now: Instant) -> Bool {
    guard let account = accounts[source] else { return false }
    return account.isBarred && now < account.until
  }

  /// Whether one more connection from there comes too soon after the others.
  func isHurried(_ source: PeerSource, at now: Instant) -> Bool {
    guard limitsStarts, let account = accounts[source] else { return false }
    return account.starts.available(at: now) < 1
  }

  /// One from there is let in.
  mutating func countStart(_ source: PeerSource, at now: Instant) {
    guard limitsStarts else { return }
    change(source, at: now) { $0.starts.take(1, at: now) }
  }

  /// What one who was let in is taken to have cost is given back.
  mutating func refundStart(_ source: PeerSource, at now: Instant) {
    guard limitsStarts, accounts[source] != nil else { return }
    change(source, at: now) { $0.starts.giveBack(1, at: now) }
  }

  /// It showed a token of no conversation: from the third in a minute on an offence.
  mutating func countWrongToken(_ source: PeerSource, at now: Instant) {
    guard longestPenalty > .zero else { return }
    var count = 0
    change(source, at: now) { account in
      account.wrongTokensAt.removeAll { now.duration(since: $0) >= Self.wrongTokensWithin }
      account.wrongTokensAt.append(now)
      count = account.wrongTokensAt.count
      account.wrongTokensAt = account.wrongTokensAt.suffix(Self.wrongTokensAllowed)
    }
    if count > Self.wrongTokensAllowed { punish(source, for: .wrongTokens, at: now) }
  }

  mutating func punish(_ source: PeerSource, for offence: Offence, at now: Instant) {
    guard longestPenalty > .zero else { return }
    let longest = now.advanced(by: longestPenalty)
    let bar = min(Self.bar, longestPenalty)
    change(source, at: now) {
      let first = max($0.until, now)
      if now >= $0.until { $0.isBarred = false }
      $0.until = min(first.advanced(by: offence.penalty), longest)
      if $0.until.duration(since: now) >= bar { $0.isBarred = true }
    }
  }

  private mutating func change(
    _ source: PeerSource, at now: Instant, _ body: (inout Account) -> Void
  ) {
    if accounts[source] == nil, accounts.count >= Self.tableLimit { makeRoom(at: now) }
    let fresh = Account(
      until: now,
      starts: TokenBucket(
        capacity: Self.startsAtOnce, perSecond: Self.startsPerSecond, at: now))
    body(&accounts[source, default: fresh])
  }

  /// Forgets those of whom nothing is left, or else those whose penalties run
  /// off first: half the table, so that this is seldom.
  private mutating func makeRoom(at now: Instant) {
    accounts = accounts.filter { _, account in
      now < account.until || !account.starts.isFull(at: now) || account.hasShownWrongTokens(at: now)
    }
    guard accounts.count >= Self.tableLimit else { return }
    let worst = accounts.sorted { $0.value.until > $1.value.until }.prefix(Self.tableLimit / 2)
    accounts = Dictionary(uniqueKeysWithValues: worst.map { ($0.key, $0.value) })
  }
}
