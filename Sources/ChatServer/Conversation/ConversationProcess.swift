import ChatCore
import ChatLink
import ChatPosix
import ChatSecure
import ChatTerminal
import Transcript

/// The body of one conversation's process: performs what the ``Conversation``
/// decides, between the peer, the operator, the transcript and the listener.
final class ConversationProcess {
  /// Reads of the socket before what they brought is committed: 256 KiB are
  /// some two thousand messages, past which longer commits bring nothing.
  private static let readsAtOnce = 4
  /// Between two reports of a peer that types its name: a fraction of what
  /// ``Admission/typingHolds``.
  private static let typingInterval = Duration.seconds(30)

  let settings: ServerSettings
  let words: ServerWords
  let link: PeerLink
  let transport: ArrivingTransport
  let listener: ListenerLink
  let address: SocketAddress
  let recorder: any Recorder
  private(set) var machine: Conversation
  /// The operator's desk, while this conversation has the floor.
  private(set) var desk: OperatorDesk?
  /// What the operator typed and did not say, as it comes in before the floor
  /// does.
  private(set) var draft: [UInt8] = []
  /// The same of what the desk before remembered.
  private var memory: [UInt8] = []
  private(set) var ending: Conversation.Ending?
  /// Who waits in the queue, as the listener said last: only to the one with
  /// the floor.
  private(set) var queue: [WaitingPeer] = []
  var queueNews = QueueNews()
  /// Why recording fails, as long as it does.
  private var trouble: TranscriptError?
  /// Whether the operator has read of it in the present turn.
  private var troubleIsShown = false
  /// There is no hope of the floor: the queue is full, the server stops.
  private(set) var isDismissed = false
  private var outputGoneIsReported = false
  private var outputFailureIsSaid = false
  private var typingReportedAt: Instant?
  private var readingRate: ReadingRate
  private var poller = Poller()

  /// What a conversation speaks TLS with, and its way to the one signature that it
  /// takes.
  typealias Secure = (context: SecureContext, line: SignerLine)

  /// Serves one peer to the end. Without a `run` nothing is kept.
  ///
  /// - Returns: the process's exit status, a ``SessionExit``.
  static func main(
    peer: FileDescriptor, link secure: Secure, address: SocketAddress, openedAt: Timestamp,
    listener: ListenerLink, run: ServerRun?, settings: ServerSettings, words: ServerWords
  ) -> Int32 {
    ProcessName.set("chatserve-talk")
    let process = ConversationProcess(
      peer: peer, link: secure, address: address, openedAt: openedAt, listener: listener, run: run,
      settings: settings, words: words)
    // The process ends with it: what it holds, the transcript's connection
    // above all, the kernel takes back in one piece and in less time.
    _ = Unmanaged.passRetained(process)
    return process.serve().rawValue
  }

  private init(
    peer: FileDescriptor, link secure: Secure, address: SocketAddress, openedAt: Timestamp,
    listener: ListenerLink, run: ServerRun?, settings: ServerSettings, words: ServerWords
  ) {
    let now = Self.now
    self.settings = settings
    self.words = words
    self.listener = listener
    self.address = address
    readingRate = ReadingRate(settings.rate, at: now)
    transport = ArrivingTransport(
      peer,
      Self.terms(secure.context, settings, words, listener),
      at: now, sign: { secure.line.sign($0) }, spokeClear: { secure.line.close() })
    link = PeerLink(
      transport, side: .server, ownHandle: settings.handle, phrases: words.peer, at: now)
    recorder =
      run.map {
        TranscriptRecorder(run: $0, mode: settings.mode, address: address, openedAt: openedAt)
      }
      ?? MemoryRecorder()
    machine = Conversation(
      ConversationSettings(role: .server, mode: settings.mode, idleLimit: settings.idleLimit),
      at: now)
  }

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

// MARK: - The loop

extension ConversationProcess {
  private func serve() -> SessionExit {
    perform(machine.begin(at: Self.now), at: Self.now)
    // The greeting goes out before the disk is asked for anything.
    handle(link.flush(at: Self.now), at: Self.now)
    // Before the peer's first byte is read. What fails here, the listener has
    // said at the start.
    Containment.around(transcript: settings.database, .conversation).apply()
    while ending == nil { turn() }
    return leave()
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
    while ending == nil, let action = desk?.nextAction(for: machine, at: now) {
      perform(action, at: now)
      // What follows a line may depend on whether it could be recorded.
      if recorder.hasPending { break }
    }
    // In `free` both sides' silence counts.
    if ending == nil, desk?.lastInput == now { post(.operatorTyped, at: now) }
    settle(at: now)
  }

  /// Reads what the peer has sent, to share one commit: with a fast sender more
  /// than one read. What it brings is bounded, and so is who waits meanwhile.
  private func readPeer(at now: Instant) {
    var reads = 0
    repeat {
      let allowance = readingRate.allowance(upTo: PeerLink.readLength, at: now)
      if allowance == 0 { return }
      let events = link.receive(at: now, upTo: allowance)
      readingRate.take(link.lastReadCount, at: now)
      if case .received? = events.first { reportTyping(at: now) }
      handle(events, at: now)
      reads += 1
    } while link.mayHaveMore && machine.wantsPeerInput && reads < Self.readsAtOnce
  }

  /// Who types a name is not sent away for want of room: the listener, which
  /// reads nothing of it, is to know.
  private func reportTyping(at now: Instant) {
    guard machine.state == .introducing,
      typingReportedAt.map({ now.duration(since: $0) >= Self.typingInterval }) ?? true
    else { return }
    typingReportedAt = now
    listener.report(.typed)
  }

  /// Commits, shows and sends until nothing more follows.
  private func settle(at now: Instant) {
    repeat {
      commit(at: now)
      handle(link.flush(at: now), at: now)
    } while recorder.hasPending
    guard let desk else { return }
    if ending == nil { desk.follow(machine, at: Self.now) }
    desk.flush()
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
      machine.wantsPeerInput && desk?.isBacklogged != true && readAgainAt == nil
    if let interest = link.interest { interests.append(interest) }
    interests += desk?.interests(for: machine) ?? []
    let now = Self.now
    let deadlines = [
      machine.deadline, link.deadline, desk?.deadline, readAgainAt, queueNews.deadline,
      machine.slowConfirmation(after: now),
    ].compactMap { $0 }
    var timeout = deadlines.min().map { max(0, $0.duration(since: now).wholeMilliseconds) }
    // What the peer has sent by now shares the commit of the opening. Lines may
    // wait behind one that was committed.
    if recorder.hasPending || desk?.hasInput(for: machine) == true { timeout = 0 }
    // ENOMEM passes; asking again is all there is to do.
    return (try? poller.poll(interests, timeoutMilliseconds: timeout)) ?? []
  }

  private func tick(at now: Instant) {
    if let deadline = link.deadline, now >= deadline {
      let allowance = readingRate.allowance(upTo: PeerLink.readLength, at: now)
      let events = link.tick(at: now, upTo: allowance)
      readingRate.take(link.lastReadCount, at: now)
      handle(events, at: now)
    }
    if let deadline = machine.deadline, now >= deadline { post(.tick, at: now) }
    desk?.tick(at: now)
    announceNewcomers(at: now)
  }

  private func handle(_ events: [Conversation.Event], at now: Instant) {
    var actions: [Conversation.Action] = []
    for event in events {
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
    recorder.protection = transport.link.protection
    do throws(TranscriptError) {
      try recorder.commit()
      listener.report(conversation: recorder.conversation)
      if trouble != nil {
        trouble = nil
        notify(.recordingWorks)
      }
      if let loss = recorder.takeLoss() { notify(.transcriptLost(loss)) }
      post(.recorded, at: now)
    } catch {
      // Once for each cause, since it is tried again every second; and
      // whenever the operator presses Enter, beside the line that stays.
      if error.kind == .locked { listener.report(.lockedOut) }
      let isNews = trouble?.kind != error.kind
      trouble = error
      troubleIsShown = false
      post(.recordingFailed, at: now)
      if isNews && !troubleIsShown { notify(.recordingFailed(error)) }
      // The next peer is not to wait for what cannot come.
      if recorder.isBeyondMending { post(.stop("the transcript's directory is gone"), at: now) }
    }
  }

  func take(_ signal: Signal, at now: Instant) {
    switch signal {
    case .interrupt: dismiss("SIGINT", at: now)
    case .terminate: dismiss("SIGTERM", at: now)
    case .hangup: dismiss("SIGHUP", at: now)
    case .windowChange, .continued, .terminalStop, .quit, .childChanged:
      desk?.take(signal, at: now)
    }
  }

  private func dismiss(_ what: String, at now: Instant) {
    isDismissed = true
    post(listener.isGone ? .bereft(what) : .stop(what), at: now)
  }
}

// MARK: - What is decided

extension ConversationProcess {
  private func perform(_ actions: [Conversation.Action], at now: Instant) {
    for action in actions { perform(action, at: now) }
  }

  private func perform(_ action: Conversation.Action, at now: Instant) {
    switch action {
    case .record(let entry): recorder.enqueue(entry)
    case .send(.greeting) where !settings.greets: break
    case .send(let outgoing):
      link.send(outgoing)
      // It is awake: so the listener has no cause to wake it.
      if case .ping = outgoing { listener.report(.alive) }
    case .show(.opened):
      desk?.begin(with: machine.peer, at: now)
      desk?.announce(words.sentence(.opened))
      showKey()
      desk?.offerDraft()
    case .show(.message(_, let message)):
      guard let peer = machine.peer else {
        preconditionFailure("a message is shown only after its handle")
      }
      desk?.show(message, from: peer, at: now)
    case .accept(_, let message): desk?.accept(message, at: now)
    case .reject(let message, let obstacle): reject(message, obstacle, at: now)
    case .reportReady: listener.report(.ready)
    case .end(let ending): self.ending = ending
    case .warnOfSilence(let limit, let left):
      desk?.showSilence(of: machine.peer, limit: limit, left: left, at: now)
    case .reportMode(let news): desk?.showMode(news, peer: machine.peer)
    case .reportMisnamed(let given): notify(.misnamed(given))
    case .confirm, .askForHandle, .reportDenied, .reportNotice: break
    }
  }

  private func reject(_ message: Message, _ obstacle: Conversation.Obstacle, at now: Instant) {
    var reason: String?
    if obstacle == .notRecorded, let trouble, let desk, desk.isInteractive {
      troubleIsShown = true
      reason = words.sentence(.recordingFailed(trouble))
    }
    desk?.reject(message, obstacle, reason: reason, peer: machine.peer, at: now)
  }

  /// To the operator, through the listener while another has the terminal: by a
  /// code, since the listener prints no words of a process that reads a peer's.
  func notify(_ notice: ServerNotice) {
    if let desk { return desk.notify(words.sentence(notice)) }
    switch notice {
    case .recordingFailed(let error): listener.report(.recordingFailed(TranscriptTrouble(error)))
    case .recordingWorks: listener.report(.recordingWorks)
    case .unread(_, let count, _): listener.report(.wordsUnread(count: count))
    // The rest is about what only the one with the terminal does.
    default: break
    }
  }
}

// MARK: - The listener

extension ConversationProcess {
  func readListener(at now: Instant) {
    while let order = listener.nextOrder() { take(order, at: now) }
  }

  private func take(_ order: ListenerOrder, at now: Instant) {
    switch order {
    case .floor:
      listener.report(.tookFloor)
      // EBUSY alone, where threads race for a number; there is one here.
      try? listener.takeTerminal()
      openDesk(at: now)
      post(.listenerGaveFloor, at: now)
    case .draft(let part): draft += part
    case .memory(let part): memory += part
    case .place(let place): post(.listenerQueued(place: place), at: now)
    case .full:
      isDismissed = true
      post(.listenerIsFull, at: now)
    case .answer: listener.report(.alive)
    case .blocked:
      isDismissed = true
      post(desk == nil ? .stop("key not allowed") : .operatorQuit, at: now)
    case .stop(let what): dismiss(what, at: now)
    case .notice(let text): desk?.notifyIfRoom(text)
    case .queue(let peers):
      queue = peers
      queueNews.add(peers.filter { !$0.wasShown }, at: now)
      announceNewcomers(at: now)
    // To a desk with nobody at the other end.
    case .yield, .resume: break
    }
  }

  /// Takes the terminal, with what was typed and not said before.
  private func openDesk(at now: Instant) {
    var options = settings.desk
    options.typedLines = listener.typedLines
    let desk = OperatorDesk(
      options, party: .server, handle: settings.handle, sharesInput: true,
      words: words.desk)
    desk.give(memory: memory)
    desk.give(draft: draft, at: now)
    draft = []
    memory = []
    self.desk = desk
  }
}
