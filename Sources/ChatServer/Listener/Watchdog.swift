import ChatCore

/// Whether one of our processes still answers, as far as the listener can know:
/// it asks, and counts the time that it itself runs until the answer. While it is
/// stopped, as Ctrl-Z and a suspended machine stop all of us, nobody can answer.
struct Watchdog {
  /// What an answer may take. A commit that waits for other writers gives up
  /// after 5 seconds, and who asked meanwhile is answered before the next one.
  static let patience = Duration.seconds(10)
  /// Between two looks at the clock while an answer is due.
  static let lookInterval = Duration.seconds(1)
  /// Who was not heard of for so long is asked, though nothing is wanted of it: in
  /// raw mode Ctrl-C is a key that only the conversation reads. A conversation
  /// that pings its peer, and so is awake, reports it, and is not asked.
  static let quiet = Duration.seconds(60)
  /// The same for the one that has the floor while others wait for it.
  static let quietWhileOthersWait = Duration.seconds(10)

  /// The same for the keeper, of which nothing is wanted for as long as nobody comes: a
  /// machine that is left alone is woken no more often for it.
  static let quietOfKeeper = Duration.seconds(600)

  private struct Question {
    var ran = Duration.zero
    var lookedAt: Instant
    var patience: Duration
  }

  private var heardAt: Instant
  private var question: Question?

  init(at now: Instant) {
    heardAt = now
  }

  var isAsked: Bool { question != nil }

  /// What an answer that is due has taken so far.
  var waited: Duration { question?.ran ?? .zero }

  /// Something came from it.
  mutating func hear(at now: Instant) {
    heardAt = now
    question = nil
  }

  /// Something was asked of it, or is again.
  mutating func ask(at now: Instant, patience: Duration = Self.patience) {
    question = Question(lookedAt: now, patience: patience)
  }

  /// Whether it is to be asked.
  func isDue(after quiet: Duration, at now: Instant) -> Bool {
    question == nil && now.duration(since: heardAt) >= quiet
  }

  /// Takes the time.
  ///
  /// - Parameter now: the present.
  /// - Returns: whether it has had time enough to answer.
  mutating func look(at now: Instant) -> Bool {
    guard var question else { return false }
    let passed = now.duration(since: question.lookedAt)
    // Longer than this the listener was not running.
    if passed <= Self.lookInterval * 2 { question.ran += passed }
    question.lookedAt = now
    self.question = question
    return question.ran >= question.patience
  }

  /// When to look, or to ask after so long a quiet.
  func deadline(after quiet: Duration) -> Instant {
    question.map { $0.lookedAt.advanced(by: Self.lookInterval) } ?? heardAt.advanced(by: quiet)
  }
}

extension ListenerMachine {
  /// Asks whom there is cause to ask, and has those looked at that did not answer.
  mutating func watch(at now: Instant, _ actions: inout [Action]) {
    // A stop has a deadline of its own.
    if stopping != nil { return }
    for index in sessions.indices where sessions[index].fault == nil {
      let process = sessions[index].processID
      if sessions[index].watchdog.look(at: now) {
        // Until it is known what it does, and for as long as it waits for a disk.
        sessions[index].watchdog.ask(at: now, patience: sessions[index].patience)
        actions.append(.inspect(process))
      } else if sessions[index].watchdog.isDue(after: quiet(of: sessions[index]), at: now) {
        sessions[index].watchdog.ask(at: now)
        actions.append(.order(.answer, to: process))
      }
    }
  }

  /// When ``watch(at:_:)`` is wanted.
  var watchDeadline: Instant? {
    if stopping != nil { return nil }
    return sessions.filter { $0.fault == nil }.map { $0.watchdog.deadline(after: quiet(of: $0)) }
      .min()
  }

  private func quiet(of session: Session) -> Duration {
    let isInTheWay =
      session.state == .hasFloor
      && sessions.contains { $0.state == .waiting || $0.state == .unread }
    return isInTheWay ? Watchdog.quietWhileOthersWait : Watchdog.quiet
  }

  /// Somebody has the transcript's lock for too long: whoever does not answer is
  /// to be found.
  mutating func askAll(besides index: Int, at now: Instant, _ actions: inout [Action]) {
    for other in sessions.indices
    where other != index && sessions[other].fault == nil && !sessions[other].watchdog.isAsked {
      sessions[other].watchdog.ask(at: now)
      actions.append(.order(.answer, to: sessions[other].processID))
    }
    actions.append(.askKeeper)
    lockWatch.begin(at: now)
  }

  /// What one that did not answer was found doing.
  mutating func judge(
    silent process: Int32, isInKernel: Bool, keeper: Int32?, at now: Instant,
    _ actions: inout [Action]
  ) {
    guard let index = sessions.firstIndex(where: { $0.processID == process }),
      !isLockedOut(process, keeper: keeper)
    else { return }
    if isInKernel {
      sessions[index].isStuck = true
      if sessions[index].isSaidToWait { return }
      sessions[index].isSaidToWait = true
      notify(.waitsForKernel(sessions[index].address), at: now, &actions)
    } else {
      let mustGo = sessions[index].state == .leaving || sessions[index].isBlocked
      condemn(index, mustGo ? .overdue : .silent, &actions)
    }
  }
}
