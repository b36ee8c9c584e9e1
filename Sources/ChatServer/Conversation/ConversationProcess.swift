import ChatCore
import ChatLink
import ChatPosix
import ChatSecure
import ChatTerminal
import Transcript

/// The body of one conversation's process: performs what the ``Conversation``
/// decides, between the peer, the operator, the transcript and the listener.
final class ConversationProcess {
  let settings: ServerSettings
  let words: ServerWords
  let link: PeerLink
  let transport: ArrivingTransport
  let listener: ListenerLink
  let address: SocketAddress
  /// `nil`: nothing is kept.
  let run: ServerRun?
  var recorder: any Recorder
  var machine: Conversation
  /// The operator's desk, while this conversation has the floor.
  var desk: OperatorDesk?
  /// What the operator typed and did not say, as it comes in before the floor
  /// does.
  var draft: [UInt8] = []
  /// The same of what the desk before remembered.
  var memory: [UInt8] = []
  var ending: Conversation.Ending?
  /// Another process goes on with the conversation, or nothing is left to this one.
  var hasHandedOver = false
  /// It does, and nobody asked this one first.
  private var isSuperseded = false
  /// Why it is left to another, at the end of the turn.
  var leaving: Leaving?
  /// Whether the machine was told.
  var isLeaving = false
  /// What the peer wants to go on with, until the listener has answered.
  var claim: PendingClaim?
  var isLinkDown = false
  /// Whether another process began this conversation.
  var isSuccessor = false
  /// Whether the listener knows that the peer has said something since then.
  var hasReportedSpeech = false
  /// The peer's last message that the listener knows to be on the screen, and since when.
  var reportedShown = (number: 0, at: Instant(milliseconds: 0))
  /// Whether what the peer came for is over, or not to be had: this process has no
  /// conversation to record the end of.
  var isWithoutConversation = false
  /// Who waits in the queue, as the listener said last: only to the one with
  /// the floor.
  var queue: [WaitingPeer] = []
  /// How many wait in all.
  var queueLength = 0
  var queueNews = QueueNews()
  /// Whether it has the floor and nobody is at the terminal.
  var isUnattended = false
  /// Since when it is a conversation: the floor is its.
  var openedAt = Clock.localTime(0)
  /// Whether that was said, where anybody was at the terminal.
  var isOpened = false
  /// Whether an attached terminal was given back: what was on its line was meant for this peer.
  var hasHadDesk = false
  /// Whether the listener wants the attached terminal back.
  var isTerminalWanted = false
  /// Whether the operator does, and what is typed from then on is not looked at.
  var isDetaching = false
  var hasReportedName = false
  /// Why recording fails, as long as it does.
  private(set) var trouble: TranscriptError?
  /// Whether the operator has read of it in the present turn.
  var troubleIsShown = false
  /// There is no hope of the floor: the queue is full, the server stops.
  var isDismissed = false
  var outputGoneIsReported = false
  var outputFailureIsSaid = false
  var typingReportedAt: Instant?
  private var unsaid = UnsaidReporter()
  /// When the peer confirmed what is not recorded as confirmed yet.
  var confirmedAt: Instant?
  /// What is confirmed shares a commit, or has one of its own after so long: most talks
  /// have another by then, and should this process be killed, no more is named as lost
  /// that was not.
  private static let confirmedWithin = Duration.seconds(1)
  private var hasGreetedLate = false
  var readingRate: ReadingRate
  private var poller = Poller()

  /// What a conversation speaks TLS with, and its way to the one signature that it
  /// takes.
  typealias Secure = (context: SecureContext, line: SignerLine)

  /// Serves one peer to the end. Without a `run` nothing is kept.
  ///
  /// - Returns: the process's exit status, a ``SessionExit``.
  static func main(
    peer: FileDescriptor, link secure: Secure, address: SocketAddress, openedAt: Timestamp,
    listener: ListenerLink, run: ServerRun?, token: ResumeToken?, settings: ServerSettings,
    words: ServerWords
  ) -> Int32 {
    ProcessName.set("chatserve-talk")
    let process = ConversationProcess(
      peer: peer, link: secure, address: address, openedAt: openedAt, listener: listener, run: run,
      token: token, settings: settings, words: words)
    // The process ends with it: what it holds, the transcript's connection
    // above all, the kernel takes back in one piece and in less time.
    _ = Unmanaged.passRetained(process)
    return process.serve().rawValue
  }

  private init(
    peer: FileDescriptor, link secure: Secure, address: SocketAddress, openedAt: Timestamp,
    listener: ListenerLink, run: ServerRun?, token: ResumeToken?, settings: ServerSettings,
    words: ServerWords
  ) {
    let now = Self.now
    self.settings = settings
    self.words = words
    self.listener = listener
    self.address = address
    self.run = run
    readingRate = ReadingRate(settings.rate, at: now)
    transport = ArrivingTransport(
      peer,
      Self.terms(secure.context, settings, words, listener),
      at: now, sign: { secure.line.sign($0) }, spokeClear: { secure.line.close() })
    link = PeerLink(
      transport, side: .server, ownHandle: settings.handle, phrases: words.peer, at: now)
    recorder =
      run.map {
        TranscriptRecorder(
          run: $0, mode: settings.mode, address: address, openedAt: openedAt,
          offer: token.map { ($0, settings.grace) }, fileIsMissed: { listener.report(.lockedOut) })
      }
      ?? MemoryRecorder()
    machine = Conversation(Self.terms(settings, token: token), at: now)
  }

  static func terms(_ settings: ServerSettings, token: ResumeToken?) -> ConversationSettings {
    ConversationSettings(
      role: .server, mode: settings.mode, idleLimit: settings.idleLimit,
      offer: token.map { ResumeOffer(token: $0, within: settings.grace) })
  }

  /// Whether there is nothing left to do but to leave.
  var isDone: Bool { ending != nil || hasHandedOver }

  private static func terms(
    _ context: SecureContext, _ settings: ServerSettings, _ words: ServerWords,
    _ listener: ListenerLink
  ) -> ArrivingTransport.Terms {
    guard let allowList = settings.allowList else {
      return ArrivingTransport.Terms(
        context: context, requiresEncryption: settings.requiresEncryption,
        refusal: Array((words.sentence(.encryptionOnly) + "\n").utf8))
    }
    return ArrivingTransport.Terms(
      context: context, requiresEncryption: true,
      refusal: Array((words.sentence(.notAllowed) + "\n").utf8),
      admits: { key in
        if let key { listener.report(.proved(key)) }
        return allowList.name(of: key) != nil
      })
  }

  static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }
}

/// The loop.
extension ConversationProcess {
  private func serve() -> SessionExit {
    perform(machine.begin(at: Self.now), at: Self.now)
    // The greeting goes out before the disk is asked for anything.
    handle(link.flush(at: Self.now), at: Self.now)
    // Before the peer's first byte is read. What fails here, the listener has
    // said at the start.
    Containment.around(transcript: settings.database, .conversation).apply()
    while !isDone { turn() }
    if isSuperseded { return .handedOver }
    return hasHandedOver ? leaveToSuccessor() : leave()
  }

  /// One turn of the loop: wait, read everything that is there, commit once,
  /// then show and send.
  private func turn() {
    let ready = wait()
    let now = Self.now
    for signal in Signals.take() { take(signal, at: now) }
    for readiness in ready {
      switch readiness.descriptor {
      case listener.interest?.descriptor: readListener(at: now)
      case link.descriptor where readiness.canRead: readPeer(at: now)
      case .standardInput: desk?.read(at: now)
      default: break
      }
    }
    tick(at: now)
    while !isDone, claim == nil, !isDetaching, let action = desk?.nextAction(for: machine, at: now)
    {
      perform(action, at: now)
      // What follows a line may depend on whether it could be recorded.
      if recorder.hasPending { break }
    }
    // In `free` both sides' silence counts.
    if !isDone, desk?.lastInput == now { post(.operatorTyped, at: now) }
    settle(at: now)
    if !isDone, let desk, let report = unsaid.report(of: desk, at: now) { listener.report(report) }
    giveTerminalBackIfWanted(at: now)
    leaveIfWanted(at: now)
  }

  /// Commits, shows and sends until nothing more follows.
  func settle(at now: Instant) {
    // Who expects no greeting is no native client: one of those waits for it.
    if !settings.greets, !hasGreetedLate, link.isAgreed {
      hasGreetedLate = true
      link.send(.greeting)
    }
    repeat {
      commit(at: now)
      handle(link.flush(at: now), at: now)
    } while recorder.hasPending
    guard let desk else { return }
    if !isDone { desk.follow(machine, at: Self.now) }
    desk.flush()
    reportShown(at: now)
    if desk.outputIsGone && !outputGoneIsReported {
      outputGoneIsReported = true
      listener.report(.outputGone)
    }
    if let errno = desk.outputFailure, !outputFailureIsSaid {
      outputFailureIsSaid = true
      notify(.outputFailed(errno, isKept: settings.isKept))
    }
  }

  private func wait() -> [Readiness] {
    var interests = [listener.interest].compactMap { $0 }
    let readAgainAt = readingRate.deadline(at: Self.now)
    link.isReading =
      machine.wantsPeerInput && claim == nil && desk?.isBacklogged != true && readAgainAt == nil
    if let interest = link.interest { interests.append(interest) }
    interests += desk?.interests(for: machine, reading: !isDetaching) ?? []
    let now = Self.now
    let deadlines = [
      machine.deadline, link.deadline, desk?.deadline, readAgainAt, queueNews.deadline,
      desk.flatMap(unsaid.deadline), desk?.memory.linkNews.deadline,
      machine.slowConfirmation(after: now), confirmedAt?.advanced(by: Self.confirmedWithin),
    ].compactMap { $0 }
    var timeout = deadlines.min().map { max(0, $0.duration(since: now).wholeMilliseconds) }
    // What the peer has sent by now shares the commit of the opening. Lines may
    // wait behind one that was committed.
    if recorder.hasPending || !isDetaching && desk?.hasInput(for: machine) == true {
      timeout = 0
    }
    // ENOMEM passes; asking again is all there is to do.
    return (try? poller.poll(interests, timeoutMilliseconds: timeout)) ?? []
  }

  private func tick(at now: Instant) {
    if let deadline = link.deadline, now >= deadline {
      handle(link.tick(at: now, upTo: 0), at: now)
      if link.hasBufferedInput, machine.wantsPeerInput, claim == nil { readPeer(at: now) }
    }
    if let deadline = machine.deadline, now >= deadline { post(.tick, at: now) }
    if let confirmedAt, now.duration(since: confirmedAt) >= Self.confirmedWithin {
      recorder.hurry()
      // Where nothing is kept no commit follows that would do this.
      self.confirmedAt = nil
    }
    desk?.tick(at: now)
    settleLink(at: now)
    announceNewcomers(at: now)
  }

  func handle(_ events: [Conversation.Event], at now: Instant) {
    var actions: [Conversation.Action] = []
    for event in events {
      guard claim == nil else {
        claim?.behind.append(event)
        continue
      }
      machine.handle(named(event), at: now, &actions)
      perform(actions, at: now)
      actions.removeAll(keepingCapacity: true)
    }
  }

  /// With an allow-list a peer goes by the name that it has there.
  private func named(_ event: Conversation.Event) -> Conversation.Event {
    guard case .introduced(_, let dialect) = event, let allowList = settings.allowList,
      case .secure(let peer) = transport.link, let name = allowList.name(of: peer?.key?.fingerprint)
    else { return event }
    return .introduced(name, dialect)
  }

  func post(_ event: Conversation.Event, at now: Instant) {
    perform(machine.handle(event, at: now), at: now)
  }

  private func commit(at now: Instant) {
    guard recorder.hasPending else { return }
    // Of a disk that takes nothing more is asked with the next one.
    confirmedAt = nil
    recorder.protection = transport.link.protection
    do throws(TranscriptError) {
      try recorder.commit()
      listener.report(conversation: recorder.conversation)
      if trouble != nil || desk?.memory.trouble != nil {
        trouble = nil
        desk?.memory.trouble = nil
        notify(.recordingWorks)
      }
      if let loss = recorder.takeLoss() { notify(.transcriptLost(loss)) }
      post(.recorded, at: now)
    } catch  where error.kind == .superseded {
      isSuperseded = true
      hasHandedOver = true
    } catch {
      // Once for each cause, since it is tried again every second; and
      // whenever the operator presses Enter, beside the line that stays.
      if error.kind == .locked || error.kind == .missing { listener.report(.lockedOut) }
      let isNews = trouble?.kind != error.kind
      trouble = error
      troubleIsShown = false
      post(.recordingFailed, at: now)
      if troubleIsShown {
        desk?.memory.trouble = error.kind.rawValue
      } else if isNews {
        reportTrouble(error)
      }
      // The next peer is not to wait for what cannot come.
      if recorder.isBeyondMending { post(.stop("the transcript's directory is gone"), at: now) }
    }
  }
}
