import ChatCore
import ChatPosix

/// The process that has the terminal while nobody has the floor, as the listener
/// knows it.
struct DeskSession {
  enum State: Hashable {
    /// It has the terminal.
    case holding
    /// It is to give it back, for somebody who has come or for the end.
    case yielding
    /// It has given it back, and goes.
    case leaving
  }

  /// What erasing a line and a few messages take a thousand times over, on a busy
  /// machine; who has come waits for it.
  static let yieldWithin = Duration.seconds(3)

  let processID: Int32
  var state = State.holding
  /// What it has sent of the draft and of what it remembers.
  var draft: [UInt8] = []
  var memory: [UInt8] = []
  /// What it last said of the operator's line.
  var unsaid: Unsaid?
  /// Why it is killed, once it is.
  var fault: ReportFault?
  /// The shell has the terminal: it is not to be put back.
  var isAbandoned = false
  /// Whether it knows that the floor is kept for somebody.
  var knowsOfAwaited = false
  var counter = ReportCounter()
  /// Whether it still answers, and does what it was asked to.
  var watchdog: Watchdog

  init(processID: Int32, at now: Instant) {
    self.processID = processID
    watchdog = Watchdog(at: now)
  }

  /// Whether the terminal is not free because of it.
  var hasTerminal: Bool { state != .leaving }

  /// When it is to be looked at.
  var deadline: Instant? {
    fault == nil && !isAbandoned ? watchdog.deadline(after: Watchdog.quiet) : nil
  }

  /// It is to be out of the way.
  mutating func enter(_ state: State, at now: Instant) {
    self.state = state
    watchdog.ask(at: now, patience: Self.yieldWithin)
  }
}

extension ListenerMachine {
  /// Between the starts of two desks of which the first died, and before the second
  /// look for a terminal that the shell has.
  static let deskPause = Duration.seconds(1)
  /// The longest of these pauses, each twice the one before: the shell's `fg` need
  /// not come with a signal, and a person waits for the desk then; in the background
  /// nobody does.
  static let longestDeskPause = Duration.seconds(16)

  /// Who has the terminal.
  var terminalOwner: Int32? {
    owner?.processID ?? desk.flatMap { $0.hasTerminal ? $0.processID : nil }
  }

  /// Whether the process with the terminal is about to give it back: what is
  /// sent to it now is not shown.
  var terminalIsOnItsWay: Bool {
    owner == nil && desk?.state == .yielding
  }

  /// Has the desk out of the way.
  ///
  /// - Returns: whether it is.
  mutating func clearDesk(at now: Instant, _ actions: inout [Action]) -> Bool {
    guard let desk, desk.hasTerminal else { return true }
    if desk.state == .holding {
      // What is on its line is for whom it waits, and perhaps it has just ceased to.
      showAwaited(&actions)
      actions.append(.order(.yield, to: desk.processID))
      self.desk?.enter(.yielding, at: now)
    }
    return false
  }

  /// Starts a desk where there is a terminal and nobody to talk to.
  mutating func openDesk(at now: Instant, _ actions: inout [Action]) {
    guard wantsDesk, desk == nil, owner == nil, !terminalIsClaimed else { return }
    if let again = deskAgainAt, now < again { return }
    deskAgainAt = nil
    actions.append(.startDesk)
  }

  /// When ``openDesk(at:_:)`` is to be tried again.
  var deskDeadline: Instant? {
    desk?.deadline
      ?? (stopping == nil && wantsDesk && desk == nil && owner == nil && !terminalIsClaimed
        ? deskAgainAt : nil)
  }

  mutating func deskStarted(_ process: Int32, at now: Instant, _ actions: inout [Action]) {
    desk = DeskSession(processID: process, at: now)
    nextDeskPause = Self.deskPause
    // The draft stays here too, in case it dies before it has said what became of it.
    actions.append(.giveFloor(to: process, draft: draft, memory: memory))
    // Nothing else may happen before somebody types.
    showAwaited(&actions)
  }

  mutating func deskNotStarted(at now: Instant) {
    deskAgainAt = now.advanced(by: nextDeskPause)
    nextDeskPause = min(nextDeskPause * 2, Self.longestDeskPause)
  }

  /// Has it killed when it does not do what it was asked to: by the time that
  /// the listener itself ran, so that no stop of all of us is held against it.
  mutating func watchDesk(at now: Instant, _ actions: inout [Action]) {
    guard let session = desk, session.fault == nil, !session.isAbandoned else { return }
    if desk?.watchdog.look(at: now) == true {
      condemnDesk(session.state == .holding ? .silent : .overdue, &actions)
    } else if session.watchdog.isDue(after: Watchdog.quiet, at: now) {
      // Ctrl-C is a key that it alone reads.
      desk?.watchdog.ask(at: now)
      actions.append(.order(.answer, to: session.processID))
    }
  }

  mutating func condemnDesk(_ fault: ReportFault, _ actions: inout [Action]) {
    guard let desk, desk.fault == nil else { return }
    self.desk?.fault = fault
    actions.append(.kill(desk.processID))
  }

  /// The server runs again after a stop: SIGCONT. In the background the shell has
  /// the terminal, and who touched it there would stop the whole server.
  mutating func continued(inForeground: Bool, _ actions: inout [Action]) {
    if inForeground && desk == nil {
      deskAgainAt = nil
      nextDeskPause = Self.deskPause
    }
    guard let desk, desk.state == .holding, desk.fault == nil else { return }
    if inForeground {
      actions.append(.order(.resume, to: desk.processID))
    } else {
      self.desk?.isAbandoned = true
      actions.append(.kill(desk.processID))
    }
  }

  /// Takes one message from the desk, which reads nothing but keys. It is
  /// judged as a conversation's is.
  mutating func takeFromDesk(_ bytes: [UInt8], at now: Instant, _ actions: inout [Action]) {
    guard let session = desk, session.fault == nil, !session.isAbandoned else { return }
    guard desk?.counter.admitsReport(at: now) == true else {
      return condemnDesk(.tooMany, &actions)
    }
    guard let report = try? ConversationReport(bytes: bytes) else {
      return condemnDesk(.unreadable, &actions)
    }
    guard ReportRule.isDesks(report.code), session.hasTerminal else {
      return condemnDesk(.misplaced, &actions)
    }
    if session.state == .holding { desk?.watchdog.hear(at: now) }
    switch report {
    case .draft(let part):
      guard session.draft.count + part.count <= ControlLimits.draftLength else {
        return condemnDesk(.draftTooLong, &actions)
      }
      desk?.draft += part
    case .unsaid(let isOnLine, let text): desk?.unsaid = Unsaid(isOnLine: isOnLine, text: text)
    case .memory(let part):
      guard session.memory.count + part.count <= ControlLimits.memoryLength else {
        return condemnDesk(.draftTooLong, &actions)
      }
      desk?.memory += part
    case .released: deskReleased(at: now)
    case .suspended:
      deskReleased(at: now)
      actions.append(.stopGroup)
    case .interrupted: end(.interrupted, "SIGINT", at: now, &actions)
    case .stopAsked: end(.quit, "\\quit", at: now, &actions)
    case .outputGone: end(.lost, "output closed", at: now, &actions)
    case .detachAsked(let suspends):
      detachTerminal(suspends ? .suspended : .asked, at: now, &actions)
    case .floorFreed:
      freeFloor(at: now, &actions)
      // It takes it for free, which it is not where somebody is just coming.
      if floorIsKept { desk?.knowsOfAwaited = false }
    case .who:
      actions.append(.order(.presence(presence(at: now)), to: session.processID))
    default: break
    }
  }

  private mutating func deskReleased(at now: Instant) {
    draft = desk?.draft ?? []
    memory = desk?.memory ?? []
    desk?.enter(.leaving, at: now)
  }

  mutating func endDesk(_ status: ExitStatus, at now: Instant, _ actions: inout [Action]) {
    guard let ended = desk else { return }
    desk = nil
    if !ended.hasTerminal { return }
    if ended.fault?.isTakenOver != true {
      ended.unsaid?.restore(draft: &draft, memory: &memory)
    }
    deskAgainAt = now.advanced(by: Self.deskPause)
    if ended.isAbandoned { return }
    actions.append(.restoreTerminal)
    if stopping == nil { notify(.deskDied(status, ended.fault), at: now, &actions) }
  }
}
