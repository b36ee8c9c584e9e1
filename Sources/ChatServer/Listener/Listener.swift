import ChatCore
import ChatPosix
import ChatSecure
import ChatTerminal
import Transcript

/// The listening process: accepts, forks, hands out the floor in order of
/// arrival, reaps. It reads no byte that a peer sent, opens no database and
/// starts no thread. What it decides is ``ListenerMachine``'s; here it is done.
public final class Listener {
  /// For which nobody is accepted after the system ran short of something:
  /// poll(2) would report the same peer at once.
  static let acceptPause = Duration.milliseconds(100)
  /// The same after somebody was turned away. Whoever connects as fast as the system
  /// lets him would else have the listener run without a pause, on a processor that
  /// the talk going on has to wait for.
  static let refusalPause = Duration.milliseconds(1)
  /// Peers taken in one turn of the loop: signals and reports come between.
  static let acceptsAtOnce = 16
  /// For which a connection outlives the sentence that turns it away: a round
  /// trip of the slowest network.
  static let turnedAwayFor = Duration.seconds(1)
  /// Descriptors spent on that; more who come at once may lose the sentence.
  static let turnedAwayLimit = 64
  /// Between the starts of two keepers.
  static let keeperPause = Duration.seconds(1)
  /// The same of signers.
  static let signerPause = Duration.seconds(1)
  /// What the last notices may take to a slow reader.
  static let lastWordsWithin = Duration.milliseconds(500)

  let settings: ServerSettings
  let words: ServerWords
  let socket: ListeningSocket
  /// `nil` where nothing is kept.
  let keeper: KeeperLink?
  let signer: SignerLink
  /// `nil` where nothing is to be run when somebody comes.
  let arrivals: ArrivalLink?
  /// `nil` where everybody is let in.
  var allowed: AllowWatch?
  /// What conversations speak TLS with; made after the port listens.
  var secure: SecureContext?
  /// Held for the run's life, and by every process of the run: it distinguishes an
  /// open conversation from a lost one.
  let lock: RunLock?
  /// What the terminal was like, to be put back after a conversation that
  /// could not do it.
  let terminal: TerminalMode?
  /// What a process has for 0, 1 and 2 that has no terminal: `/dev/null`.
  let null: FileDescriptor
  let output = NonBlockingOutput(.standardOutput)
  let errors = NonBlockingOutput(.standardError)

  var machine: ListenerMachine
  /// The sockets of the conversations and of the desk between them, in order of
  /// arrival.
  var sockets: [(processID: Int32, socket: MessageSocket)] = []
  /// Those that have no more to say: their death comes as SIGCHLD.
  var silenced: Set<Int32> = []
  /// One that is reaped, while what it left unread is read.
  var reaped: Int32?
  var acceptAgainAt: Instant?
  /// Whether somebody was turned away in this turn.
  var hasRefused = false
  /// Connections of those who were turned away, the oldest first.
  var turnedAway: [(peer: FileDescriptor, closesAt: Instant)] = []
  /// Before then no other keeper is started.
  var keeperAgainAt = Instant(milliseconds: 0)
  var signerAgainAt = Instant(milliseconds: 0)
  /// Why there is no signer, as the operator read last.
  var keyTrouble: KeyTrouble?
  /// What there was to say while the server stopped: said when the terminal is
  /// nobody's any more.
  var lastWords: [String] = []
  /// What there was to say while the terminal was on its way from one process to
  /// another; said when it has arrived.
  var heldNotices: [ServerNotice] = []
  /// Where a terminal can be given to this server, which has none; `nil` where that cannot
  /// be.
  var door: AttachDoor?
  /// What the service manager knows; `nil` where there is none.
  var supervision: Supervision?
  var poller = Poller()
  /// Those that came while the keeper started.
  private let earlySignals: [Signal]

  /// Binds the port, reads the key in the signer, opens the transcript in the keeper,
  /// and listens.
  ///
  /// - Throws: ``ServerError``.
  package init(_ settings: ServerSettings, _ words: ServerWords) throws(ServerError) {
    self.settings = settings
    self.words = words
    if let database = settings.database, settings.keyFile.isBelowTranscript(database) {
      throw .key(KeyTrouble(.belowTranscript), settings.keyFile)
    }
    if let file = settings.allowFile {
      if let database = settings.database, file.isBelowTranscript(database) {
        throw .allowFile(KeyTrouble(.belowTranscript), file)
      }
      do throws(KeyTrouble) {
        allowed = try AllowWatch(file, at: Self.now)
      } catch {
        throw .allowFile(error, file)
      }
    }
    machine = ListenerMachine(
      waitingLimit: settings.waitingLimit, database: settings.database,
      admission: settings.admission, resumeWithin: settings.grace,
      isDetached: settings.isDetached)
    machine.allowList = allowed?.list
    // Before the port listens: whoever sees it may send a signal, and the end
    // is to be as orderly as ever.
    do throws(SystemCallError) {
      // What hangs up is a terminal.
      if settings.isDetached { try Signals.ignore([.hangup]) }
      try Signals.install([
        .interrupt, .terminate, .hangup, .windowChange, .childChanged, .continued, .restart,
      ])
      try FatalSignals.install()
      null = try StandardDescriptors.openNull()
    } catch {
      throw .system(error)
    }
    do throws(ListenError) {
      if let activated = settings.activated {
        socket = activated
      } else {
        socket = try ListeningSocket.open(port: settings.port, address: settings.address)
      }
    } catch {
      throw .cannotListen(port: settings.port, address: settings.address, error)
    }
    Clock.loadZone()
    let input = FileDescriptor.standardInput
    terminal = input.isTerminal && !settings.isDetached ? try? TerminalMode.current(of: input) : nil
    machine.wantsDesk = terminal != nil
    let listening = socket
    keeper = settings.database.map {
      KeeperLink(
        run: ServerRun(database: $0, settings: settings, port: listening.boundPort),
        keeping: KeptSealFile(of: $0, beside: settings.keyFile))
    }
    let (null, output, errors) = (null, output, errors)
    let typedLines = settings.desk.typedLines
    arrivals = settings.onArrival.map { ArrivalLink($0) }
    let signer = SignerLink(settings.keyFile)
    self.signer = signer
    let closeOthers = {
      listening.close()
      signer.closeInChild()
      output.closeInChild()
      errors.closeInChild()
      typedLines?.close()
      try? StandardDescriptors.replace(input: null, output: null, error: null)
    }
    do throws(SystemCallError) {
      try signer.spawn(closing: closeOthers)
    } catch {
      throw .system(error)
    }
    // Both do what takes them longest at once.
    var signals: [Signal] = []
    do throws(ServerError) {
      signals = try keeper?.start(closing: closeOthers) ?? []
    } catch {
      signer.end()
      throw error
    }
    do throws(ServerError) {
      if !signals.contains(where: \.stops) { try signer.identify(noting: &signals) }
    } catch {
      signer.end()
      _ = keeper?.finish(within: Self.lastWordsWithin, afterAnotherSignal: .zero)
      throw error
    }
    earlySignals = signals
    // Without the lock a conversation under way may be taken for a lost one
    // by `history`; that is no reason not to talk.
    lock = keeper.flatMap {
      $0.run.id == 0 ? nil : try? RunLock.acquire(database: $0.run.database, run: $0.run.id)
    }
  }

  static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }

  static var timeOfDay: Timestamp { Timestamp(milliseconds: Clock.realtimeMilliseconds()) }

  /// Serves until a signal stops it.
  ///
  /// - Throws: ``ServerError``: it can serve nobody.
  package func run() throws(ServerError) {
    for signal in earlySignals { take(signal, at: Self.now) }
    if machine.stopping == nil {
      announce()
      openDoor()
      do throws(KeyTrouble) {
        try makeContext()
      } catch {
        stop()
        throw .key(error, settings.keyFile)
      }
      Rehearsal.play(settings, words.peer)
      if let secure, let socket = signer.handOver() { Rehearsal.play(secure, SignerLine(socket)) }
      let talks = (keeper?.resumable ?? []).compactMap {
        AwaitedTalk($0, at: Self.timeOfDay, Self.now)
      }
      post(.resumableFound(talks), at: Self.now)
      keeper?.join(signer)
      beginSupervision()
      // Before it has heard of anybody.
      arrivals?.spawn { self.closeInChild() }
      // The operator has a desk before anything happens.
      post(.turnIsOver, at: Self.now)
    }
    while true {
      let now = Self.now
      reportToManager(at: now)
      if let stopping = machine.stopping,
        (machine.sessions.isEmpty && machine.desk == nil) || now >= stopping.deadline
      {
        break
      }
      turn(wait(from: now))
    }
    stop()
  }

  private func turn(_ ready: [Readiness]) {
    let now = Self.now
    for signal in Signals.take() { take(signal, at: now) }
    for readiness in ready {
      if readiness.descriptor == keeper?.interest?.descriptor {
        readKeeper(at: now)
      } else if readiness.descriptor == signer.interest?.descriptor {
        take(signer.read(), at: now)
      } else if let arrivals, readiness.descriptor == arrivals.interest?.descriptor {
        if let outcome = arrivals.read() { post(.commandFailed(outcome), at: now) }
      } else if let entry = sockets.first(where: { $0.socket.descriptor == readiness.descriptor }) {
        read(entry.socket, of: entry.processID, limit: ControlLimits.reportsAtOnce, at: now)
      }
    }
    if ready.contains(where: { $0.descriptor == socket.descriptor }), machine.stopping == nil {
      acceptSome(at: now)
      if hasRefused, acceptAgainAt == nil {
        acceptAgainAt = now.advanced(by: Self.refusalPause)
      }
      hasRefused = false
    }
    closeTurnedAway(at: now)
    readDoor(at: now)
    restartKeeper(at: now)
    restartSigner(at: now)
    keeper?.join(signer)
    lookAtAllowList(at: now)
    post(.turnIsOver, at: now)
    greetAttached()
    sayNews(at: now)
    keeper?.note(isFloorTaken: machine.owner != nil)
    keeper?.send()
    watchKeeper(at: now)
    signer.watch()
    if !machine.terminalIsOnItsWay, !heldNotices.isEmpty {
      let notices = heldNotices
      heldNotices = []
      for notice in notices { notify(notice) }
    }
    flush()
  }

  /// Writes what can be written now.
  func flush() {
    output.flush()
    errors.flush()
  }

  private func wait(from now: Instant) -> [Readiness] {
    var interests = sockets.filter { !silenced.contains($0.processID) }.map {
      Interest($0.socket.descriptor)
    }
    let others = [
      keeper?.interest, signer.interest, arrivals?.interest, output.interest, errors.interest,
    ]
    interests += others.compactMap { $0 }
    interests += door?.interests ?? []
    var deadlines = [
      machine.deadline, turnedAway.first?.closesAt, keeper?.deadline, signer.deadline,
      supervision?.deadline, door?.deadline,
    ].compactMap { $0 }
    if machine.stopping == nil {
      if let allowed, !machine.sessions.isEmpty { deadlines.append(allowed.lookAgainAt) }
      if let again = acceptAgainAt, again > now {
        deadlines.append(again)
      } else {
        acceptAgainAt = nil
        interests.append(Interest(socket.descriptor))
      }
      if keeper?.processID == -1 { deadlines.append(keeperAgainAt) }
      if signer.processID == -1 { deadlines.append(signerAgainAt) }
    }
    if keeper?.isBehind == true { deadlines.append(now.advanced(by: Self.acceptPause)) }
    let timeout = deadlines.min().map { max(0, $0.duration(since: now).wholeMilliseconds) }
    // ENOMEM: the kernel has no room for a list this short. Nothing to be
    // done but to ask again.
    return (try? poller.poll(interests, timeoutMilliseconds: timeout)) ?? []
  }
}

/// Why a server cannot start.
package enum ServerError: Error {
  case cannotListen(port: UInt16, address: String?, ListenError)
  case transcript(TranscriptError)
  /// The keeper died before it could say that the transcript is ready.
  case keeperDied(ExitStatus)
  /// There is no key to serve with.
  case key(KeyTrouble, KeyFile)
  /// Who is let in cannot be known.
  case allowFile(KeyTrouble, AllowFile)
  /// The signer died before it could say that it has the key.
  case signerDied(ExitStatus)
  case system(SystemCallError)
}
