import ChatCore
import ChatPosix
import ChatSecure
import Transcript

/// The listener's end of the keeper: starts it, asks it, starts it again when
/// it died.
final class KeeperLink {
  /// Requests kept for a keeper that does not come to them: past so many, those
  /// that follow are not kept, and what they were to record is found lost when
  /// the run is over.
  static let backlogLimit = 10_000

  private(set) var processID: Int32 = -1
  /// `nil` while there is none.
  var livingProcess: Int32? { processID > 0 ? processID : nil }
  private(set) var socket: MessageSocket?
  /// The signer's end of the keeper's way to it. The keeper, which may take no
  /// descriptors from anybody, is forked with the other; each signer is given this one.
  private var signerEnd: MessageSocket?
  /// Which signer has it.
  private var joined: Int32?
  /// What the keeper has not taken yet, oldest first.
  private var backlog: [KeeperRequest] = []
  /// What it has taken to record and not confirmed, oldest first: what one that is
  /// killed leaves to the next.
  private var unconfirmed: [KeeperRequest] = []
  /// What clients have not confirmed, which the operator has yet to read.
  private var unread: [TranscriptWriter.Unconfirmed] = []
  /// How many of ``unconfirmed`` may have one more of these.
  private var unnamed = 0
  /// Whether the present keeper has yet to say that it runs.
  private var isStarting = false
  /// Whether the present keeper knows that somebody has the floor.
  private var knowsFloorTaken = false
  private var watchdog = Watchdog(at: KeeperLink.now)
  /// How often it was asked whether it is there and has not said so.
  private var questions = 0
  /// Whether the operator has read that it waits for a disk.
  private var isSaidToWait = false
  /// The run, with its id once the first keeper has recorded it.
  private(set) var run: ServerRun
  /// What clients may come back to, of earlier runs; in the order of the conversations.
  private(set) var resumable: [ResumableConversation] = []

  /// Where the newest seal is kept; `nil`: nowhere.
  private let kept: KeptSealFile?
  /// What the present one has yet to be allowed to say of seals, of which it says what it
  /// likes: more than there is cause for.
  private var sealNewsLeft = KeeperLink.mostSealNews
  private static let mostSealNews = 10
  /// What it said of them, the oldest first.
  private var sealNews: [KeeperAnswer] = []

  init(run: ServerRun, keeping kept: KeptSealFile? = nil) {
    self.run = run
    self.kept = kept
  }

  // MARK: Its life

  /// Starts the keeper and waits until it has opened the transcript, or until
  /// a signal asks the program to end: the run has no id then.
  ///
  /// - Parameter closeOthers: closes, in the keeper, what is the listener's
  ///   alone: a port or a socket held open by two outlives its owner.
  /// - Returns: the signals that came meanwhile.
  /// - Throws: ``ServerError``: why the transcript cannot be used.
  func start(closing closeOthers: () -> Void) throws(ServerError) -> [Signal] {
    try spawn(closing: closeOthers)
    var signals: [Signal] = []
    let first: FirstAnswer
    do throws(SystemCallError) {
      first = try firstAnswer(noting: &signals)
    } catch {
      throw .system(error)
    }
    switch first {
    case .answer(.running(let id)):
      isStarting = false
      run.id = id
      return signals
    case .interrupted: return signals
    case .answer(.failed(let trouble)): throw .transcript(trouble.error(at: run.database))
    case .answer, .unreadable: ChildProcess.kill(processID)
    case .endOfFile: break
    }
    let status: ExitStatus
    do throws(SystemCallError) {
      status = try ChildProcess.wait(for: processID)
    } catch {
      throw .system(error)
    }
    throw .keeperDied(status)
  }

  private enum FirstAnswer {
    case answer(KeeperAnswer)
    case unreadable
    /// It died before.
    case endOfFile
    /// The program is asked to end.
    case interrupted
  }

  private func firstAnswer(noting signals: inout [Signal]) throws(SystemCallError) -> FirstAnswer {
    guard let socket else { preconditionFailure("a keeper was started without a socket") }
    var poller = Poller()
    while true {
      _ = try poller.poll([Interest(socket.descriptor)])
      signals += Signals.take()
      switch try socket.receive(maximumLength: ControlLimits.messageLength) {
      case .wouldBlock: if signals.contains(where: \.stops) { return .interrupted }
      case .endOfFile: return .endOfFile
      case .tooLong: return .unreadable
      case .message(let bytes):
        guard let answer = try? KeeperAnswer(bytes: bytes) else { return .unreadable }
        guard case .resumable(let talk) = answer, resumable.count < ControlLimits.resumableLimit
        else { return .answer(answer) }
        resumable.append(talk)
      }
    }
  }

  private func spawn(closing closeOthers: () -> Void) throws(ServerError) {
    do throws(SystemCallError) {
      let (run, kept, parent) = (run, kept, ProcessID.current)
      // Without one nothing is sealed until the next keeper, and the talk goes on.
      let way = try? SocketPair.open()
      defer { way?.other.close() }
      do throws(SystemCallError) {
        let (child, socket) = try ChildProcess.forkWithSocket { socket in
          closeOthers()
          way?.one.close()
          Signals.resetInChild()
          // One that is stopped would outlive us: nobody else ends it.
          guard ProcessID.dieWithParent(parent) else { return 1 }
          return Keeper.main(socket: socket, signer: way?.other, keeping: kept, run: run)
        }
        attach(child, socket, signerEnd: way?.one)
      } catch {
        way?.one.close()
        throw error
      }
    } catch {
      throw .system(error)
    }
  }

  /// Takes a process that has just been forked for the keeper.
  func attach(_ process: Int32, _ socket: MessageSocket, signerEnd: MessageSocket? = nil) {
    processID = process
    self.socket = socket
    self.signerEnd = signerEnd
    joined = nil
    isStarting = true
    knowsFloorTaken = false
    watchdog = Watchdog(at: Self.now)
    questions = 0
    isSaidToWait = false
    sealNewsLeft = Self.mostSealNews
  }

  /// Puts another keeper in the place of one that has gone.
  func restart(closing closeOthers: () -> Void) throws(ServerError) {
    try spawn(closing: closeOthers)
    send()
  }

  /// Takes back what a keeper that has gone left undone, and its end of the
  /// socket with it. What was recorded and not confirmed is asked for again,
  /// which changes nothing: the conversation has its close then, and a minute of a
  /// source its row.
  func takeBack() {
    // Reaped: the number may be another's by now.
    processID = -1
    _ = read()
    backlog.insert(contentsOf: unconfirmed, at: 0)
    unconfirmed = []
    unnamed = 0
    // What the next is to know of the floor is what is so when it comes.
    backlog.removeAll { [.floorTaken, .floorFree, .sealAs].contains($0.code) }
    hangUp()
  }

  private func hangUp() {
    socket?.close()
    socket = nil
    signerEnd?.close()
    signerEnd = nil
  }

  /// In a forked process: these sockets are the listener's alone.
  func closeInChild() {
    socket?.close()
    signerEnd?.close()
  }

  // MARK: What it is asked

  /// Asks for something; kept until the keeper takes it.
  func enqueue(_ request: KeeperRequest) {
    if request == .index && backlog.last == .index { return }
    switch request {
    // They say what is so and are said once; of each kind the last is kept alone.
    case .stop, .sealAs, .floorTaken, .floorFree: break
    case .recordDeath, .closeResumable, .recordRefusals, .index, .answer:
      guard backlog.count + unconfirmed.count < Self.backlogLimit else { return }
    }
    backlog.append(request)
    send()
    // It is awake anyway, and one that was stopped meanwhile owes nothing for these.
    switch request {
    case .index, .floorTaken, .floorFree:
      if watchdog.isDue(after: Watchdog.quietWhileOthersWait, at: Self.now) { ask() }
    case .recordDeath, .closeResumable, .recordRefusals, .answer, .sealAs, .stop: break
    }
  }

  /// Opens its way to the signer, where either is another than it was. A key that is kept
  /// nowhere seals nothing: who would know it again?
  func join(_ signer: SignerLink) {
    guard let signerEnd, signer.processID != joined, let certificate = signer.certificate,
      !certificate.isTemporary, signer.handOver(keeper: signerEnd)
    else { return }
    joined = signer.processID
    // A keeper that does not come to them needs the last alone.
    backlog.removeAll { $0.code == .sealAs }
    enqueue(.sealAs(certificate.publicKey))
  }

  /// Lets the index rest while somebody has the floor, and no longer.
  func note(isFloorTaken: Bool) {
    guard isFloorTaken != knowsFloorTaken, socket != nil else { return }
    knowsFloorTaken = isFloorTaken
    // A keeper that does not come to them needs the last alone.
    if backlog.last == .floorTaken || backlog.last == .floorFree { backlog.removeLast() }
    enqueue(isFloorTaken ? .floorTaken : .floorFree)
  }

  /// Hands over what the keeper takes now.
  func send() {
    var taken = 0
    defer { backlog.removeFirst(taken) }
    while taken < backlog.count, let socket {
      switch try? socket.send(backlog[taken].bytes) {
      case .sent: break
      case .wouldBlock, .closed, nil: return
      }
      if backlog[taken].isConfirmed {
        unconfirmed.append(backlog[taken])
        unnamed += 1
      }
      taken += 1
    }
  }

  /// Asks whether it is there.
  func ask() {
    guard let socket, !isStarting, !watchdog.isAsked else { return }
    watchdog.ask(at: Self.now)
    // One that reads nothing need not be asked twice.
    if (try? socket.send(KeeperRequest.answer.bytes)) == .sent { questions += 1 }
  }

  enum Finding: Hashable {
    /// It waits in the kernel, where no signal reaches it; said once.
    case waitsForKernel
    /// It was killed: its death comes as SIGCHLD, and another takes its place.
    case killed
    /// It owes something for long, and was asked whether it is there.
    case owes
  }

  /// Asks it where it owes something, and kills one that does not answer.
  ///
  /// - Parameter isLockedOut: whether it may wait for the lock that another keeps.
  /// - Returns: what was found, where there is something to be done or said.
  func watch(isLockedOut: Bool) -> Finding? {
    guard processID > 0, !isStarting else { return nil }
    let now = Self.now
    if watchdog.look(at: now) {
      watchdog.ask(at: now)
      if ProcessState.of(processID) == "D" {
        defer { isSaidToWait = true }
        return isSaidToWait ? nil : .waitsForKernel
      }
      if isLockedOut { return nil }
      ChildProcess.kill(processID)
      return .killed
    }
    guard watchdog.isDue(after: quiet, at: now) else { return nil }
    ask()
    return owesSomething ? .owes : nil
  }

  private var quiet: Duration {
    owesSomething ? Watchdog.quietWhileOthersWait : Watchdog.quietOfKeeper
  }

  /// When ``watch()`` is wanted.
  var deadline: Instant? {
    guard processID > 0, !isStarting else { return nil }
    return watchdog.deadline(after: quiet)
  }

  private var owesSomething: Bool { !unconfirmed.isEmpty || !backlog.isEmpty }

  /// Whether it has yet to confirm the death of a conversation opened then.
  func owesDeath(openedAt: Timestamp) -> Bool {
    (unconfirmed + backlog).contains {
      if case .recordDeath(let death) = $0 { death.openedAt == openedAt } else { false }
    }
  }

  /// Whether something waits to be handed over.
  var isBehind: Bool { !backlog.isEmpty }

  // MARK: What it answers

  /// What to poll for, so that ``read()`` is called.
  var interest: Interest? { socket.map { Interest($0.descriptor) } }

  /// Reads what is recorded. A keeper answers once to each record and says once
  /// that it runs, so however much it sends, no more is read than it was asked.
  ///
  /// - Returns: false when it answered what it was not asked, or what cannot be
  ///   read: it is not what it was, and nothing more is read from it.
  func read() -> Bool {
    while let socket {
      switch try? socket.receive(maximumLength: ControlLimits.messageLength) {
      case .message(let bytes):
        if take(try? KeeperAnswer(bytes: bytes)) { continue }
        hangUp()
        return false
      case .tooLong:
        hangUp()
        return false
      // Without memory for it, it is read later.
      case .wouldBlock, nil: return true
      case .endOfFile:
        // Its death comes as SIGCHLD, also of one that lives on without us.
        hangUp()
        if processID > 0 { ChildProcess.kill(processID) }
      }
    }
    return true
  }

  /// Whether the answer is one that is due.
  private func take(_ answer: KeeperAnswer?) -> Bool {
    switch answer {
    // The run's id stays what the first keeper said.
    case .running where isStarting, .failed where isStarting: isStarting = false
    case .recorded where !isStarting && !unconfirmed.isEmpty:
      unconfirmed.removeFirst()
      unnamed = min(unnamed, unconfirmed.count)
    case .unconfirmed(let unconfirmed) where unnamed > 0:
      unnamed -= 1
      unread.append(unconfirmed)
    case .alive where questions > 0: questions -= 1
    case .sealMissing where !isStarting, .sealNotKept where !isStarting:
      return note(sealNews: answer)
    case .resumable, .running, .failed, .recorded, .unconfirmed, .alive, .sealMissing, .sealNotKept,
      nil:
      return false
    }
    watchdog.hear(at: Self.now)
    return true
  }

  /// What the operator is to read.
  func takeUnread() -> [TranscriptWriter.Unconfirmed] {
    defer { unread = [] }
    return unread
  }

  /// - Returns: whether it may say that too.
  private func note(sealNews answer: KeeperAnswer?) -> Bool {
    guard let answer, sealNewsLeft > 0 else { return false }
    sealNewsLeft -= 1
    sealNews.append(answer)
    return true
  }

  /// What the operator is to read of seals, once.
  func takeSealNews() -> [KeeperAnswer] {
    defer { sealNews = [] }
    return sealNews
  }

  // MARK: The end

  /// Kills one that somebody has stopped, and waits for it: it would record no end. What it
  /// has not done is for the next one.
  func endIfStopped() {
    // What stops this process too is over: it runs.
    guard processID > 0, let state = ProcessState.of(processID), "Tt".contains(state) else {
      return
    }
    end()
    takeBack()
  }

  /// Has it gone when this returns.
  private func end() {
    guard processID > 0 else { return }
    ChildProcess.kill(processID)
    _ = try? ChildProcess.wait(for: processID)
  }

  /// Has the run's end recorded and waits for the keeper to go, for `patience`,
  /// and no longer than `impatience` after another signal that asks the program
  /// to end.
  ///
  /// - Returns: why the end is not recorded, where the keeper says so.
  func finish(
    within patience: Duration, afterAnotherSignal impatience: Duration
  ) -> TranscriptTrouble? {
    var trouble: TranscriptTrouble?
    enqueue(.stop)
    var deadline = Self.now.advanced(by: patience)
    var poller = Poller()
    while Self.now < deadline {
      send()
      // End of file: the keeper has left.
      guard let socket,
        let ready = try? poller.poll(
          [Interest(socket.descriptor)], timeoutMilliseconds: isBehind ? 10 : 100)
      else { return trouble }
      if Signals.take().contains(where: \.stops) {
        deadline = min(deadline, Self.now.advanced(by: impatience))
      }
      if ready.isEmpty { continue }
      switch try? socket.receive() {
      case .endOfFile: return trouble
      case .wouldBlock: continue
      case .message(let bytes):
        switch try? KeeperAnswer(bytes: bytes) {
        case .failed(let answer): trouble = answer
        case .unconfirmed(let unconfirmed) where unnamed > 0:
          unnamed -= 1
          unread.append(unconfirmed)
        case .sealMissing(let seal): _ = note(sealNews: .sealMissing(seal))
        case .resumable, .running, .recorded, .unconfirmed, .alive, .sealNotKept: continue
        case nil: return killed(trouble)
        }
      case .tooLong, nil: return killed(trouble)
      }
    }
    return trouble
  }

  /// Where it is not what it was, nobody is left to look after it.
  private func killed(_ trouble: TranscriptTrouble?) -> TranscriptTrouble? {
    if processID > 0 { ChildProcess.kill(processID) }
    return trouble
  }

  private static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }
}
