import ChatCore
import ChatLink
import ChatPosix
import ChatTerminal
import Transcript

/// The body of one conversation's process: performs what the ``Conversation``
/// decides, between the peer, the operator, the transcript and the listener.
final class ConversationProcess {
  /// Milliseconds that the last words may take to the peer.
  static let farewellWithin: Int64 = 2_000

  /// Reads of the socket before what they brought is committed: 256 KiB are
  /// some two thousand messages, past which longer commits bring nothing.
  private static let readsAtOnce = 4

  let settings: ServerSettings
  let words: ServerWords
  let link: PeerLink
  let line: MessageSocket
  let address: SocketAddress
  let recorder: any Recorder
  var machine: Conversation
  /// The operator's terminal, while this conversation has the floor.
  var terminal: OperatorTerminal?
  var view: ConversationView
  /// Under what name the peer is shown, once it is.
  var peerName: String?
  /// The operator's unsaid text, as it comes in before the floor does.
  var unsaid: [UInt8] = []
  /// A line of the operator's that was refused for want of a disk, and when
  /// to try it again; only where nobody can press Enter once more.
  var retryLineAt: Instant?
  var heldLine: Message?
  /// Whether anything of the operator's was read in this conversation.
  var hasReadInput = false
  var ending: Conversation.Ending?
  /// When it got the floor.
  var opened: LocalTime?
  /// Who waits in line, as the listener last told.
  var waiting: [WaitingPeer] = []
  /// Why recording fails, as long as it does.
  var trouble: TranscriptError?
  /// Whether the operator has been told of it in the present turn.
  var hasToldTrouble = false
  private var listenerIsGone = false
  /// There is no hope of the floor: the line is full, the server stops.
  private(set) var isDismissed = false
  private var hasToldOutputGone = false
  var poller = Poller()

  /// Serves one peer to the end. Without a `run` nothing is kept.
  ///
  /// - Returns: the process's exit status, a ``SessionExit``.
  static func main(
    peer: FileDescriptor, address: SocketAddress, line: MessageSocket, run: ServerRun?,
    settings: ServerSettings, words: ServerWords
  ) -> Int32 {
    ProcessName.set("chatserve-talk")
    let process = ConversationProcess(
      peer: peer, address: address, line: line, run: run, settings: settings, words: words)
    // The process ends with it: what it holds, the transcript's connection
    // above all, the kernel takes back in one piece and in less time.
    _ = Unmanaged.passRetained(process)
    return process.serve().rawValue
  }

  private init(
    peer: FileDescriptor, address: SocketAddress, line: MessageSocket, run: ServerRun?,
    settings: ServerSettings, words: ServerWords
  ) {
    let now = Self.now
    self.settings = settings
    self.words = words
    self.line = line
    self.address = address
    view = ConversationView(settings.view)
    link = PeerLink(peer, side: .server, ownHandle: settings.handle, phrases: words.peer, at: now)
    recorder =
      run.map { TranscriptRecorder(run: $0, mode: settings.mode, address: address) }
      ?? MemoryRecorder()
    machine = Conversation(
      ConversationSettings(role: .server, mode: settings.mode, idleLimit: settings.idleLimit),
      at: now)
  }

  static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }

  private func serve() -> SessionExit {
    perform(machine.begin(at: Self.now), at: Self.now)
    // The greeting goes out before the disk is asked for anything.
    handle(link.flush(at: Self.now), at: Self.now)
    // Before the peer's first byte is read. What fails here, the listener has
    // said at the start.
    Containment.around(transcript: settings.database).apply()
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
      case line.descriptor: hearListener(at: now)
      case link.descriptor where readiness.canRead: hearPeer(at: now)
      case .standardInput: terminal?.read(at: now)
      default: break
      }
    }
    tick(at: now)
    hearOperator(at: now)
    settle(at: now)
  }

  /// Reads what the peer has sent, to share one commit: with a fast sender more
  /// than one read. What it brings is bounded, and so is who waits meanwhile.
  private func hearPeer(at now: Instant) {
    var reads = 0
    repeat {
      handle(link.receive(at: now), at: now)
      reads += 1
    } while link.mayHaveMore && machine.wantsPeerInput && reads < Self.readsAtOnce
  }

  /// Commits, shows and sends until nothing more follows.
  private func settle(at now: Instant) {
    repeat {
      commit(at: now)
      handle(link.flush(at: now), at: now)
    } while recorder.hasPending
    showState()
    terminal?.flush()
    if terminal?.outputIsGone == true && !hasToldOutputGone {
      hasToldOutputGone = true
      report(.outputGone)
    }
  }

  private func wait() -> [Readiness] {
    var interests = listenerIsGone ? [] : [Interest(line.descriptor)]
    let reads = machine.wantsPeerInput && terminal?.isBacklogged != true
    if let interest = link.interest(reading: reads) { interests.append(interest) }
    if let terminal {
      interests += terminal.interests(
        readingInput: terminal.console.isInteractive || wantsPlainInput)
    }
    let now = Self.now
    let deadlines = [
      machine.deadline, link.deadline, terminal?.deadline, retryLineAt,
      machine.slowConfirmation(after: now),
    ].compactMap { $0 }
    var timeout = deadlines.min().map { max(0, $0.milliseconds(since: now)) }
    // The opening is asked for before the first wait: what the peer has sent
    // by now shares its commit.
    if recorder.hasPending || hasOperatorInput { timeout = 0 }
    // ENOMEM passes; asking again is all there is to do.
    return (try? poller.poll(interests, timeoutMilliseconds: timeout)) ?? []
  }

  private func tick(at now: Instant) {
    if let deadline = link.deadline, now >= deadline { handle(link.tick(at: now), at: now) }
    if let deadline = machine.deadline, now >= deadline { post(.tick, at: now) }
    terminal?.tick(at: now)
  }

  func handle(_ events: [Conversation.Event], at now: Instant) {
    var actions: [Conversation.Action] = []
    for event in events {
      machine.handle(event, at: now, &actions)
      perform(actions, at: now)
      actions.removeAll(keepingCapacity: true)
    }
  }

  func post(_ event: Conversation.Event, at now: Instant) {
    perform(machine.handle(event, at: now), at: now)
  }

  private func commit(at now: Instant) {
    guard recorder.hasPending else { return }
    do throws(TranscriptError) {
      try recorder.commit()
      if trouble != nil {
        trouble = nil
        tellOrReport(.recordingWorks)
      }
      post(.recorded, at: now)
    } catch {
      // Once for each cause, since it is tried again every second; and
      // whenever the operator presses Enter, beside the line that stays.
      let isNews = trouble?.kind != error.kind
      trouble = error
      hasToldTrouble = false
      post(.recordingFailed, at: now)
      if isNews && !hasToldTrouble { tellOrReport(.recordingFailed(error)) }
      // The next peer is not to wait for what cannot come.
      if recorder.isBeyondMending { post(.stop("the transcript's directory is gone"), at: now) }
    }
  }

  func take(_ signal: Signal, at now: Instant) {
    if [.interrupt, .terminate, .hangup].contains(signal) { isDismissed = true }
    switch signal {
    case .interrupt: post(.stop("SIGINT"), at: now)
    case .terminate: post(.stop("SIGTERM"), at: now)
    case .hangup: post(.stop("SIGHUP"), at: now)
    case .windowChange: terminal?.resize(at: now)
    case .continued: terminal?.resume()
    case .terminalStop: suspend()
    case .quit, .childChanged: break
    }
  }

  func hearListener(at now: Instant) {
    while true {
      switch try? line.receive(maximumLength: ControlLimits.messageLength) {
      case .message(let bytes): take(ListenerOrder(bytes: bytes), at: now)
      case .wouldBlock: return
      case .endOfFile, nil:
        listenerIsGone = true
        isDismissed = true
        post(.stop("the listener died"), at: now)
        return
      }
    }
  }

  private func take(_ order: ListenerOrder, at now: Instant) {
    switch order {
    case .floor:
      openTerminal()
      post(.listenerGaveFloor, at: now)
    case .unsaid(let text): unsaid += text
    case .place(let place): post(.listenerQueued(place: place), at: now)
    case .full:
      isDismissed = true
      post(.listenerIsFull, at: now)
    case .stop(let what):
      isDismissed = true
      post(.stop(what), at: now)
    case .notice(let text): terminal?.console.print(text, to: .notice)
    case .line(let peers): take(line: peers)
    }
  }
}
