import ChatCore

/// When the next connection is tried: at once, then often while somebody may look at the
/// prompt, and seldom where nothing came of it for long.
///
/// A round is one try of each address; within it nothing is waited for but the tries.
struct DialSchedule: Sendable {
  /// How long one try may take. On a link that loses every second packet a connection
  /// is there after the second SYN, which TCP sends after 1 s (RFC 6298).
  static let longestTry = Duration.seconds(3)
  /// For so long somebody may be looking.
  static let eagerFor = Duration.seconds(120)
  /// Between the beginnings of the first rounds, and of all that begin in ``eagerFor``:
  /// a link that is back is found before the person wonders.
  static let firstSpacings: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2)]
  static let eagerSpacing = Duration.seconds(3)
  /// Between those later: a laptop that is left open all night costs little.
  static let longestSpacing = Duration.seconds(15)
  /// After a refusal: the machine is there and says at once that nobody listens, and the
  /// server is being started again. In the first 2 s that is a restart in good order, and
  /// 25 ms are no more than the link takes to go on; until 10 s it is a person who starts it
  /// again; later each second finds it. Each try costs a packet and its answer.
  static let refusedSpacings: [(until: Duration, spacing: Duration)] = [
    (.seconds(2), .milliseconds(25)), (.seconds(10), .milliseconds(100)),
  ]
  static let refusedSpacing = Duration.seconds(1)
  /// Between any two that were not refused: keys that repeat, and links that are lost as soon
  /// as they are there, are no flood.
  static let shortestSpacing = Duration.milliseconds(250)

  private enum State {
    /// No connection is wanted.
    case resting
    case waiting(until: Instant)
    case trying
    /// There is one, and whether it is good is not known.
    case delivered
  }

  private var state = State.resting
  private var wantedSince: Instant?
  private var lastStart: Instant?
  /// Rounds that failed since one is wanted, and those after ``eagerFor``.
  private var failures = 0
  private var lateFailures = 0

  /// When the next round is due; `nil` while none is, or one is under way.
  var deadline: Instant? {
    if case .waiting(let until) = state { until } else { nil }
  }

  /// A connection is wanted: the first, or another than the one that was delivered.
  /// `jitter` is from 0 up to 1.
  mutating func want(at now: Instant, jitter: Double) {
    switch state {
    case .waiting, .trying: break
    case .resting:
      wantedSince = now
      failures = 0
      lateFailures = 0
      state = .waiting(until: earliest(from: now))
    case .delivered: wait(at: now, wasRefused: false, jitter: jitter)
    }
  }

  /// It is wanted at once.
  mutating func hurry(at now: Instant) {
    guard case .waiting(let until) = state else { return }
    state = .waiting(until: min(until, earliest(from: now)))
  }

  /// None is wanted any more: the last one is good.
  mutating func rest() { state = .resting }

  /// The round that was due begins.
  mutating func start(at now: Instant) {
    state = .trying
    lastStart = now
  }

  /// The round gave a connection.
  mutating func succeed() { state = .delivered }

  /// It gave none. `wasRefused`: by every machine that answered.
  mutating func fail(at now: Instant, wasRefused: Bool, jitter: Double) {
    guard case .trying = state else { return }
    wait(at: now, wasRefused: wasRefused, jitter: jitter)
  }

  private mutating func wait(at now: Instant, wasRefused: Bool, jitter: Double) {
    let isEager = wantedSince.map { now.duration(since: $0) < Self.eagerFor } ?? true
    failures += 1
    if !isEager { lateFailures += 1 }
    let whole = wasRefused ? refusedSpacing(at: now) : isEager ? eagerSpacing : lateSpacing
    // Only ever sooner, so that the bounds are bounds.
    let spacing = whole * (1 - 0.2 * min(max(jitter, 0), 1))
    let next = (lastStart ?? now).advanced(by: spacing)
    state = .waiting(until: max(wasRefused ? now : earliest(from: now), next))
  }

  private func refusedSpacing(at now: Instant) -> Duration {
    let wanted = wantedSince.map { now.duration(since: $0) } ?? .zero
    return Self.refusedSpacings.first { wanted < $0.until }?.spacing ?? Self.refusedSpacing
  }

  private var eagerSpacing: Duration {
    let index = failures - 1
    return Self.firstSpacings.indices.contains(index)
      ? Self.firstSpacings[index] : Self.eagerSpacing
  }

  private var lateSpacing: Duration {
    var spacing = Self.eagerSpacing
    for _ in 0..<lateFailures where spacing < Self.longestSpacing { spacing = spacing * 2 }
    return min(spacing, Self.longestSpacing)
  }

  private func earliest(from now: Instant) -> Instant {
    max(now, lastStart?.advanced(by: Self.shortestSpacing) ?? now)
  }
}
