import ChatCore

/// Finds who keeps the transcript's lock to itself, as far as that can be seen from
/// outside: while somebody says that it is locked out, or gives no answer, the
/// listener looks who has the lock, first once a second and, once somebody was seen
/// with it, twenty times. Who has it at every look of ten seconds has not let go of it.
///
/// An honest writer has it for milliseconds, again and again; that all of two hundred
/// looks meet it so is out of the question. The time in which it waits in the kernel
/// does not count: what a commit does besides takes no ten seconds on the slowest disk.
struct LockWatch {
  /// A commit that waits for other writers gives up after 5 seconds: two of them.
  static let patience = Duration.seconds(10)
  static let lookInterval = Duration.seconds(1)
  static let closeLookInterval = Duration.milliseconds(50)
  /// From when on a holder is why others do not answer.
  static let suspicion = Duration.seconds(2)
  /// For which a report has effect. The next comes within 6 seconds, while it lasts.
  static let reportHolds = Duration.seconds(10)

  /// Who has the lock, and what it does.
  struct Sight: Hashable {
    /// `nil` where the kernel does not say: of another program.
    var process: Int32?
    var isInKernel: Bool
  }

  private var until: Instant?
  private var lookedAt = Instant(milliseconds: 0)
  private(set) var holder: Sight?
  /// For how long it has it, in the listener's own running time.
  private(set) var held = Duration.zero

  /// Somebody is locked out.
  mutating func begin(at now: Instant) {
    if deadline == nil { lookedAt = now }
    until = now.advanced(by: Self.reportHolds)
  }

  /// When to look whatever happens; `nil` where there is no cause.
  var deadline: Instant? {
    if holder != nil { return lookedAt.advanced(by: Self.closeLookInterval) }
    return until.map { _ in lookedAt.advanced(by: Self.lookInterval) }
  }

  /// Decides on one turn.
  ///
  /// - Parameters:
  ///   - now: the present.
  ///   - isAnyoneSilent: whether one of ours gives no answer.
  /// - Returns: whether to look now.
  mutating func isDue(at now: Instant, isAnyoneSilent: Bool) -> Bool {
    if let until, now >= until { self.until = nil }
    if let deadline { return now >= deadline }
    return isAnyoneSilent && now >= lookedAt.advanced(by: Self.lookInterval)
  }

  /// Takes what one look has found.
  ///
  /// - Returns: whether this one has had the lock for ``patience``.
  mutating func note(_ sight: Sight?, at now: Instant) -> Bool {
    let passed = now.duration(since: lookedAt)
    lookedAt = now
    guard let sight, let known = holder, sight.process == known.process else {
      holder = sight
      held = .zero
      return false
    }
    holder = sight
    // Neither counted, nor a way to have the count begun again.
    if sight.isInKernel { return false }
    // Longer than this the listener was not running.
    if passed <= Self.lookInterval * 2 { held += passed }
    guard held >= Self.patience else { return false }
    holder = nil
    held = .zero
    return true
  }

  /// Whoever is the one to blame for it that others do not answer.
  var suspect: Int32? { held >= Self.suspicion ? holder?.process : nil }
}

extension ListenerMachine {
  /// Looks who has the lock, where there is cause to.
  mutating func watchLock(at now: Instant, _ actions: inout [Action]) {
    guard database != nil, stopping == nil else { return }
    // Who does not answer may wait for it.
    let isAnyoneSilent = sessions.contains { $0.watchdog.waited >= LockWatch.suspicion }
    if lockWatch.isDue(at: now, isAnyoneSilent: isAnyoneSilent) {
      actions.append(.findLockHolder)
    }
  }

  /// What the look has found.
  mutating func judge(
    lockHolder sight: LockWatch.Sight?, keeper: Int32?, at now: Instant,
    _ actions: inout [Action]
  ) {
    let isOverdue = lockWatch.note(sight, at: now)
    guard let sight else {
      strangerWithLock = nil
      return
    }
    guard isOverdue else { return }
    if let process = sight.process,
      let index = sessions.firstIndex(where: { $0.processID == process })
    {
      condemn(index, .keptLock, &actions)
    } else if let keeper, sight.process == keeper {
      actions.append(.killKeeper)
      notify(.keeperKeptLock, at: now, &actions)
    } else if strangerWithLock != sight {
      strangerWithLock = sight
      actions.append(.nameLockHolder(sight.process))
    }
  }

  /// Whether one of ours that does not answer may only wait for the lock that
  /// another of ours keeps.
  func isLockedOut(_ process: Int32, keeper: Int32?) -> Bool {
    guard let suspect = lockWatch.suspect, suspect != process else { return false }
    return suspect == keeper || sessions.contains { $0.processID == suspect }
  }
}
