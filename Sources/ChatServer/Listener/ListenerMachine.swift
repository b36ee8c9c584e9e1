import ChatCore
import ChatPosix
import ChatSecure

/// What the listener knows of its conversations and decides about them: events
/// in, actions out, and no descriptor, process or clock in between.
///
/// Reports come from processes that have read what peers sent. Nothing that one
/// of them can report traps, grows this or reaches another conversation; see
/// docs/architecture.md.
struct ListenerMachine {
  /// Peers that have gone and whose words wait to be read: each is a process.
  /// Of more than a screenful the operator reads how many there were.
  static let unreadLimit = 16
  /// What conversations get for their goodbyes when the server stops: as long as
  /// they themselves try to record a close, and some more.
  static let stopWithin = Duration.seconds(5)
  /// The same once the server was asked to stop a second time.
  static let impatientStopWithin = Duration.milliseconds(500)
  /// Between two looks at the queue for the operator: whoever joins and leaves
  /// again and again is not sent after each time.
  static let noticeInterval = Duration.seconds(1)

  enum Event {
    /// A process was forked for a peer; `openedAt` as
    /// ``admit(from:at:now:draw:isOwed:_:)`` gave it. What it was given to be claimed
    /// with has this hash; `nil`: nothing.
    case forked(Int32, SocketAddress, openedAt: Timestamp, TokenHash? = nil)
    /// A message from a conversation's process.
    case report(Int32, [UInt8])
    /// A message from it that was longer than ``ControlLimits/messageLength``.
    case overlongReport(Int32)
    /// Its end of the socket is closed, or it sent an empty message.
    case hungUp(Int32)
    /// It did not take the floor: it has left so many orders unread that its
    /// socket is full.
    case floorRefused(Int32)
    /// It did not take another order; whether that was to show it the queue.
    case orderRefused(Int32, isQueue: Bool)
    /// A process was forked for the desk between conversations.
    case deskStarted(Int32)
    /// None could be: for want of something, or the shell has the terminal.
    case deskNotStarted
    /// The server runs again after a stop; whether its terminal's keys are for it.
    case continued(inForeground: Bool)
    /// It is dead and reaped; its reports came before.
    case ended(Int32, ExitStatus, at: Timestamp)
    /// It does not answer; whether it waits in the kernel, where no signal reaches
    /// it. And which process is the keeper.
    case silent(Int32, isInKernel: Bool, keeper: Int32? = nil)
    /// Who has the transcript's lock, if anybody has, and which process is the keeper.
    case lockSeen(LockWatch.Sight?, keeper: Int32?)
    /// The keeper owes something for long, and may be locked out.
    case keeperOwes
    /// The keeper has found these of an earlier run.
    case resumableFound([AwaitedTalk])
    /// A terminal is attached to a server that has none.
    case attached
    /// It is wanted back, or gone.
    case detach(AttachEnd)
    /// Others are allowed than before.
    case allowListChanged(AllowList)
    /// The server shall stop, for this reason.
    case stop(String)
    /// The same, for another that goes on with the conversations.
    case restart(String)
    /// All events of one turn of the loop are in.
    case turnIsOver
  }

  enum Action {
    case order(ListenerOrder, to: Int32)
    /// What the desk before remembered, the draft, then the floor and the
    /// terminal.
    case giveFloor(to: Int32, draft: [UInt8], memory: [UInt8])
    /// Fork a process for the desk between conversations.
    case startDesk
    /// Stop all processes of the job, as Ctrl-Z does.
    case stopGroup
    case kill(Int32)
    /// It did not answer: what does it do?
    case inspect(Int32)
    case askKeeper
    /// Who has the transcript's lock?
    case findLockHolder
    /// It does not let go of the transcript's lock.
    case killKeeper
    /// Say who keeps the transcript's lock, which is none of ours.
    case nameLockHolder(Int32?)
    case notify(ServerNotice)
    case ask(KeeperRequest)
    /// Hand the attached terminal to the one who has the floor.
    case attach(to: Int32)
    /// Nobody has the attached terminal any more.
    case terminalIsBack(AttachEnd)
    /// A process died that owned the terminal.
    case restoreTerminal
    case closePort
  }

  struct Stop {
    var cause: String
    var deadline: Instant
    /// Whether another server is to go on with the conversations.
    var isRestart = false

    /// Of a conversation that it ends.
    var reason: CloseReason { isRestart ? .restart : .sigint }
  }

  let waitingLimit: Int
  /// So long a peer can come back after its link was lost; zero: it cannot.
  let resumeWithin: Duration
  /// The transcript's path, for what is to be said of it; `nil` without one.
  let database: String?
  /// Whether the server runs without a terminal of its own: nothing at one that is attached
  /// stops it.
  let isDetached: Bool
  /// Who is let in; `nil`: everybody.
  var allowList: AllowList?
  /// Keys that are not in it, of which the operator has read.
  var strangers: Set<Fingerprint> = []
  /// In order of arrival; who takes over a conversation has the place of the one before.
  var sessions: [Session] = []
  private var nextRank = 0
  /// Conversations that nobody serves until their peers come back.
  var awaited: [AwaitedTalk] = []
  /// Those who have come for a conversation and wait until it is theirs.
  var claims: [Claim] = []
  /// What the operator typed and did not say in the conversation before.
  var draft: [UInt8] = []
  /// What the last desk remembers for the next.
  var memory: [UInt8] = []
  /// Whether the operator types at a terminal, so that somebody has to read it
  /// while nobody has the floor.
  var wantsDesk = false
  var desk: DeskSession?
  /// The terminal that a server without one was given.
  var attachment: Attachment?
  /// Before then no other desk is started.
  var deskAgainAt: Instant?
  var nextDeskPause = ListenerMachine.deskPause
  var stopping: Stop?
  /// Standard input was at its end before anybody typed: nobody is there.
  var operatorIsAbsent = false
  var admission: Admission
  /// Of those whom the operator has not read of.
  var turnedAway: [Admission.Refusal: Int] = [:]
  var turnedAwayNoticeAt: Instant?
  var turnedAwayPace = NoticePace()
  var refusals = RefusalTally()
  /// What there is to say of who comes and goes, until ``takeNews()``.
  var news: [SessionNews] = []
  /// Of the last one that was let in: one that is gone again has it still in the
  /// transcript.
  var lastOpenedAt: Timestamp?
  /// Before then the operator is not shown the queue again.
  var queueAgainAt: Instant?
  /// What a conversation without a terminal last reported of its recording:
  /// every one in the queue may have the same to say.
  var lastTrouble: ConversationReport?
  var lockWatch = LockWatch()
  /// Of whom the operator has read that it keeps the transcript's lock.
  var strangerWithLock: LockWatch.Sight?
  private var notices = NoticeLimit()

  init(
    waitingLimit: Int, database: String?, admission: AdmissionSettings,
    resumeWithin: Duration = .zero, isDetached: Bool = false
  ) {
    self.waitingLimit = waitingLimit
    self.isDetached = isDetached
    self.resumeWithin = resumeWithin
    self.database = database
    self.admission = Admission(admission)
  }

  /// Who has the floor.
  var owner: Session? { sessions.first { $0.state == .hasFloor } }

  /// Whether somebody has the floor, there or not.
  var floorIsTaken: Bool { owner != nil || floorIsKept }

  /// How many wait for the floor, those included whose places are kept.
  var queueLength: Int {
    sessions.count { $0.state == .waiting } + awaited.count { !$0.hadFloor }
  }

  /// When the next ``Event/turnIsOver`` is wanted, whatever happens.
  var deadline: Instant? {
    return [
      stopping?.deadline, turnedAway.isEmpty ? nil : turnedAwayNoticeAt, queueAgainAt,
      notices.deadline, watchDeadline, refusals.deadline, deskDeadline, attachmentDeadline,
      stopping == nil ? graceDeadline : nil, stopping == nil ? lockWatch.deadline : nil,
    ].compactMap { $0 }.min()
  }

  mutating func handle(_ event: Event, at now: Instant, _ actions: inout [Action]) {
    if handledByDesk(event, at: now, &actions) { return }
    switch event {
    case .forked(let process, let address, let openedAt, let tokenHash):
      sessions.append(
        Session(
          processID: process, address: address, openedAt: openedAt, rank: nextRank,
          tokenHash: tokenHash, at: now))
      nextRank += 1
      news.append(SessionNews(kind: .open, address: "\(address)"))
    case .report(let process, let bytes):
      if let index = index(of: process) { take(bytes, from: index, at: now, &actions) }
    case .overlongReport(let process):
      if let index = index(of: process) { condemn(index, .tooLong, &actions) }
    case .hungUp(let process):
      // One that is on its way out is past being killed (its exit status is
      // fixed before its descriptors are closed); any other can report no more.
      if index(of: process) != nil { actions.append(.kill(process)) }
    case .floorRefused(let process):
      if let index = index(of: process) { condemn(index, .unreachable, &actions) }
    case .orderRefused(let process, let isQueue):
      guard let index = index(of: process) else { return }
      if sessions[index].hasAttached, attachment?.end != nil {
        // It was to give the terminal back.
        return condemn(index, .unreachable, &actions)
      }
      // Its socket is full. What it was to read is out of date by the time that
      // it reads again.
      sessions[index].place = nil
      if isQueue { queueWasRefused(by: index) }
      queueAgainAt = now.advanced(by: Self.noticeInterval)
    case .ended(let process, let status, let time):
      if let index = index(of: process) { bringToAnEnd(index, status, at: time, now, &actions) }
    case .silent(let process, let isInKernel, let keeper):
      judge(silent: process, isInKernel: isInKernel, keeper: keeper, at: now, &actions)
    case .lockSeen(let sight, let keeper):
      judge(lockHolder: sight, keeper: keeper, at: now, &actions)
    case .keeperOwes: lockWatch.begin(at: now)
    case .deskStarted(let process): deskStarted(process, at: now, &actions)
    case .deskNotStarted: deskNotStarted(at: now)
    case .continued(let inForeground): continued(inForeground: inForeground, &actions)
    case .resumableFound(let talks): take(talks, at: now, &actions)
    case .attached: attach(at: now)
    case .detach(let end): detachTerminal(end, at: now, &actions)
    case .allowListChanged(let list): take(list, at: now, &actions)
    case .restart(let cause): restart(because: cause, at: now, &actions)
    case .stop(let cause): stop(because: cause, at: now, &actions)
    case .turnIsOver: endTurn(at: now, &actions)
    }
  }

  /// What concerns the desk's process is not a conversation's.
  private mutating func handledByDesk(
    _ event: Event, at now: Instant, _ actions: inout [Action]
  ) -> Bool {
    guard let process = desk?.processID else { return false }
    switch event {
    case .report(process, let bytes): takeFromDesk(bytes, at: now, &actions)
    case .overlongReport(process): condemnDesk(.tooLong, &actions)
    case .hungUp(process): actions.append(.kill(process))
    case .floorRefused(process): condemnDesk(.unreachable, &actions)
    // Its time to give way runs all the same.
    case .orderRefused(process, _): break
    case .ended(process, let status, _): endDesk(status, at: now, &actions)
    default: return false
    }
    return true
  }

  func index(of process: Int32) -> Int? {
    sessions.firstIndex { $0.processID == process }
  }

  /// Says something to the operator, unless there is too much of it.
  mutating func notify(_ notice: ServerNotice, at now: Instant, _ actions: inout [Action]) {
    if notices.admits(at: now) { actions.append(.notify(notice)) }
  }

  /// A notice could not be shown.
  mutating func lost(_ notice: ServerNotice, at now: Instant) {
    if case .leftOut(let count) = notice {
      notices.lost(count, at: now)
    } else {
      notices.lost(1, at: now)
    }
  }

  /// Has a conversation's process killed that is not what it was. It keeps its
  /// state until it is reaped, so that the terminal is put back before another
  /// gets it.
  mutating func condemn(_ index: Int, _ fault: ReportFault, _ actions: inout [Action]) {
    guard sessions[index].fault == nil else { return }
    sessions[index].fault = fault
    sessions[index].draft = []
    sessions[index].memory = []
    actions.append(.kill(sessions[index].processID))
  }

  private mutating func endTurn(at now: Instant, _ actions: inout [Action]) {
    watch(at: now, &actions)
    watchLock(at: now, &actions)
    watchDesk(at: now, &actions)
    notifyTurnedAway(at: now, &actions)
    record(refusals.take(at: now), &actions)
    if let count = notices.takeLeftOut(at: now) { actions.append(.notify(.leftOut(count: count))) }
    if let again = queueAgainAt, now >= again { queueAgainAt = nil }
    if stopping != nil { return }
    watchHandOvers(at: now, &actions)
    watchGraces(at: now, &actions)
    completeClaims(at: now, &actions)
    giveFloor(at: now, &actions)
    followAttachment(at: now, &actions)
    openDesk(at: now, &actions)
    showAwaited(&actions)
  }
}
