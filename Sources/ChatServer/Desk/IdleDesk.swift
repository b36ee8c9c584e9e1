import ChatCore
import ChatPosix
import ChatTerminal

/// The body of the process that has the terminal while nobody has the floor: the
/// same desk as in a conversation, with nobody at the other end. It lives until
/// somebody comes; the listener reads no keys and waits for no terminal.
final class IdleDesk {
  /// What the rows that are yet to be written may take to a slow terminal, when
  /// somebody has come who waits for it.
  private static let lastRowsWithin = Duration.milliseconds(100)

  /// Reads of what was typed by then: more than a terminal keeps, 4 KiB
  /// (termios(3)), also where each is one line.
  private static let lastReads = 64

  private let settings: ServerSettings
  private let words: ServerWords
  private let listener: ListenerLink
  /// There once the terminal has come.
  private var desk: OperatorDesk?
  private var draft: [UInt8] = []
  private var memory: [UInt8] = []
  /// Whether the operator was asked whether the server shall stop, and has not
  /// answered.
  private var isAskedToStop = false
  private var outputGoneIsReported = false
  /// Whether the floor is kept for somebody who is not there.
  private var floorIsKept = false
  private var isOver = false
  private var unsaid = UnsaidReporter()
  /// Whether the attached terminal is wanted back: what is typed from then on is for later.
  private var isDetaching = false
  private var poller = Poller()

  /// Serves the operator until the terminal is wanted.
  ///
  /// - Returns: the process's exit status, a ``SessionExit``.
  static func main(
    listener: ListenerLink, settings: ServerSettings, words: ServerWords
  ) -> Int32 {
    ProcessName.set("chatserve-desk")
    let desk = IdleDesk(listener: listener, settings: settings, words: words)
    // The kernel takes back what it holds.
    _ = Unmanaged.passRetained(desk)
    return desk.serve().rawValue
  }

  private init(listener: ListenerLink, settings: ServerSettings, words: ServerWords) {
    self.settings = settings
    self.words = words
    self.listener = listener
  }

  private static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }

  private func serve() -> SessionExit {
    // What fails here, the listener has said at the start.
    Containment(.idleDesk).apply()
    while !isOver { turn() }
    return .ended
  }

  private func turn() {
    desk?.rest()
    desk?.flush()
    reportOutput()
    let ready = wait()
    let now = Self.now
    for signal in Signals.take() { take(signal) }
    for readiness in ready {
      switch readiness.descriptor {
      case listener.interest?.descriptor: readListener(at: now)
      case .standardInput: desk?.read(at: now)
      default: break
      }
    }
    desk?.tick(at: now)
    obey(at: now)
    if !isOver, let desk, let report = unsaid.report(of: desk, at: now) { listener.report(report) }
  }

  private func wait() -> [Readiness] {
    var interests = [listener.interest].compactMap { $0 }
    interests += desk?.interests(for: nil) ?? []
    let deadline = [desk?.deadline, desk.flatMap(unsaid.deadline)].compactMap { $0 }.min()
    let timeout = deadline.map { max(0, $0.duration(since: Self.now).wholeMilliseconds) }
    // ENOMEM passes; asking again is all there is to do.
    return (try? poller.poll(interests, timeoutMilliseconds: timeout)) ?? []
  }

  private func take(_ signal: Signal) {
    switch signal {
    case .windowChange: desk?.take(signal, at: Self.now)
    case .terminalStop: suspend()
    // The listener has these too, and says what follows.
    case .interrupt, .terminate, .hangup, .continued, .quit, .childChanged, .restart: break
    }
  }

  private func reportOutput() {
    guard let desk, desk.outputIsGone, !outputGoneIsReported else { return }
    outputGoneIsReported = true
    listener.report(.outputGone)
  }

  // MARK: The listener

  private func readListener(at now: Instant) {
    while !isOver, let order = listener.nextOrder() { take(order, at: now) }
  }

  private func take(_ order: ListenerOrder, at now: Instant) {
    switch order {
    case .draft(let part): draft += part
    case .memory(let part): memory += part
    case .floor: openDesk(at: now)
    case .view(let view): listener.view = view
    case .notice(let text): desk?.notifyIfRoom(text)
    case .presence(let presence):
      desk?.notify(words.sentence(.nobodyIsHere(presence, last: desk?.memory.lastTalk)))
    case .yield:
      // What was typed by now was meant for nobody who comes after it.
      for _ in 0..<Self.lastReads where desk?.hasKeys == true {
        desk?.read(at: now)
        obey(at: now)
      }
      leave(.released)
    case .stop:
      desk?.showUnsaid()
      leave(.released)
    case .answer: listener.report(.alive)
    case .resume: desk?.take(.continued, at: now)
    case .awaited(let isAwaited): floorIsKept = isAwaited
    case .unattendedFloor, .queue, .place, .full, .blocked, .handOver, .takeOver, .claimRefused,
      .graceIsOver, .restart, .attach, .giveBack:
      break
    }
  }

  private func openDesk(at now: Instant) {
    // EBUSY alone, where threads race for a number; there is one here.
    try? listener.takeTerminal()
    let desk = listener.desk(settings, words, memory: memory, draft: draft, at: now)
    desk.putOnLine()
    self.desk = desk
    if desk.memory.isUnseen {
      desk.memory.isUnseen = false
      desk.showLastTalk()
    }
  }

  /// Gives the terminal back, and what was typed.
  private func leave(_ report: ConversationReport) {
    guard !isOver else { return }
    isOver = true
    if let desk {
      let hasLine = desk.hasLine
      draft = desk.takeDraft()
      // After a stop, or at a terminal that comes back, nobody else is there: the line is where
      // it was. And who is waited for is who it was meant for.
      memory = desk.takeMemory(
        of: nil, at: "",
        isOnLine: hasLine && (report == .suspended || isDetaching || floorIsKept))
      _ = desk.close(within: Self.lastRowsWithin)
    }
    for part in ControlLimits.parts(ofDraft: draft) { listener.report(.draft(part)) }
    for part in ControlLimits.parts(ofMemory: memory) { listener.report(.memory(part)) }
    listener.report(report)
  }

  // MARK: The operator

  /// Does what was typed.
  private func obey(at now: Instant) {
    while !isOver, !isDetaching, let action = desk?.nextAction(for: nil, at: now) {
      perform(action)
    }
  }

  private func perform(_ action: DeskAction) {
    let isAnswer = isAskedToStop
    isAskedToStop = false
    switch action {
    case .say(let message):
      if isAnswer, ["y", "yes"].contains(message.text.lowercased()) {
        desk?.dropLine()
        listener.report(.stopAsked)
      } else if isAnswer, ["n", "no"].contains(message.text.lowercased()) {
        desk?.dropLine()
      } else {
        desk?.keepForLater(message)
      }
    case .endOfInput where settings.isDetached && desk?.hasLostTerminal == true:
      detach(.outputGone)
    case .quit, .endOfInput:
      desk?.readOn()
      if floorIsKept, action == .quit {
        floorIsKept = false
        return listener.report(.floorFreed)
      }
      if settings.isDetached { return detach(.stopAsked) }
      if isAnswer { return listener.report(.stopAsked) }
      isAskedToStop = true
      desk?.notify(words.sentence(.stopQuestion))
    case .who: listener.report(.who)
    // Who is there after all, and not at the other end, the answer says.
    case .free: listener.report(.who)
    case .history: desk?.showLastTalk()
    case .interrupt where settings.isDetached: detach(.interrupted)
    case .interrupt: listener.report(.interrupted)
    case .suspend: suspend()
    case .detach where settings.isDetached: detach(.detachAsked(suspends: false))
    case .detach: desk?.notify(words.sentence(.ownTerminal))
    // There is no link that could be lost.
    case .dial: break
    case .name, .unnamed, .answer:
      preconditionFailure("a server's operator is not asked for a name")
    }
  }

  /// Stops the job; an attached terminal's is its own program's.
  private func suspend() {
    settings.isDetached ? detach(.detachAsked(suspends: true)) : leave(.suspended)
  }

  /// Has the attached terminal given back: the listener orders it.
  private func detach(_ report: ConversationReport) {
    isDetaching = true
    listener.report(report)
  }
}
