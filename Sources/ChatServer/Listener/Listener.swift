import ChatCore
import ChatPosix
import Transcript

/// The listening process: accepts, forks, hands out the floor in order of
/// arrival, reaps. It reads no byte that a peer sent, opens no database and
/// starts no thread.
public final class Listener {
  /// Silent connections kept at once. They wait for a first word, not in
  /// line; past this many the oldest has to go, so that nobody can fill the
  /// house by saying nothing.
  static let introducingLimit = 32
  /// Peers that have gone and whose words wait to be read: each is a process.
  /// Of more than a screenful the operator is told how many there were.
  static let unheardLimit = 16
  /// Milliseconds that conversations get for their goodbyes when the server
  /// stops: as long as they themselves try to record a close, and some more.
  static let stopWithin: Int64 = 5_000
  /// The same once the server was told to stop a second time.
  static let impatientStopWithin: Int64 = 500
  /// Milliseconds for which nobody is accepted after the system ran short of
  /// something: poll(2) would report the same peer at once.
  static let acceptPause: Int64 = 100
  /// Milliseconds between the starts of two keepers.
  static let keeperPause: Int64 = 1_000
  /// Milliseconds between two notices of peers turned away.
  static let noticeInterval: Int64 = 1_000

  var settings: ServerSettings
  let words: ServerWords
  let socket: ListeningSocket
  /// `nil` where nothing is kept.
  let keeper: KeeperLine?
  /// Held for the run's life, and by every process of the run: it tells an
  /// open conversation from a lost one.
  let lock: RunLock?
  /// What the terminal was like, to be put back after a conversation that
  /// could not do it.
  let terminal: TerminalMode?

  /// In order of arrival.
  var sessions: [Session] = []
  /// What the operator typed and did not say in the conversation before.
  var unsaid: [UInt8] = []
  var stopping: Stop?
  var acceptAgainAt: Instant?
  /// Before then no other keeper is started.
  var keeperAgainAt = Instant(milliseconds: 0)
  var turnedAway = 0
  var turnedAwayNoticeAt: Instant?
  /// What a conversation without a terminal told last.
  var lastNotice: String?
  /// What such told while the server stopped: said when the terminal is
  /// nobody's any more.
  var lastWords: [String] = []
  var poller = Poller()
  /// Those that came while the keeper started.
  private let earlySignals: [Signal]

  struct Stop {
    var signal: String
    var deadline: Instant
  }

  /// Binds the port, opens the transcript in the keeper, and listens.
  ///
  /// - Throws: ``ServerError``.
  package init(_ settings: ServerSettings, _ words: ServerWords) throws(ServerError) {
    self.settings = settings
    self.words = words
    // Before the port listens: whoever sees it may send a signal, and the end
    // is to be as orderly as ever.
    do throws(SystemCallError) {
      try Signals.install([
        .interrupt, .terminate, .hangup, .windowChange, .childChanged, .continued,
      ])
      try FatalSignals.install()
    } catch {
      throw .system(error)
    }
    do throws(ListenError) {
      socket = try ListeningSocket.open(port: settings.port, address: settings.address)
    } catch {
      throw .cannotListen(port: settings.port, address: settings.address, error)
    }
    Clock.loadZone()
    let input = FileDescriptor.standardInput
    terminal = input.isTerminal ? try? TerminalMode.current(of: input) : nil
    let listening = socket
    keeper = settings.database.map {
      KeeperLine(run: ServerRun(database: $0, settings: settings, port: listening.boundPort))
    }
    earlySignals = try keeper?.start { listening.close() } ?? []
    // Without the lock a conversation under way may be taken for a lost one
    // by `history`; that is no reason not to talk.
    lock = keeper.flatMap {
      $0.run.id == 0 ? nil : try? RunLock.acquire(database: $0.run.database, run: $0.run.id)
    }
  }

  /// Serves until a signal stops it.
  public func run() {
    let began = Instant(milliseconds: Clock.monotonicMilliseconds())
    for signal in earlySignals { take(signal, at: began) }
    if stopping == nil {
      announce()
      Rehearsal.play(settings, words.peer)
    }
    while true {
      let now = Instant(milliseconds: Clock.monotonicMilliseconds())
      if let stopping, sessions.isEmpty || now >= stopping.deadline { break }
      let ready = wait(from: now)
      let then = Instant(milliseconds: Clock.monotonicMilliseconds())
      for signal in Signals.take() { take(signal, at: then) }
      for readiness in ready where readiness.descriptor != socket.descriptor {
        if readiness.descriptor == keeper?.interest?.descriptor {
          keeper?.hear()
        } else {
          hear(readiness.descriptor, at: then)
        }
      }
      if ready.contains(where: { $0.descriptor == socket.descriptor }), stopping == nil {
        acceptAll(at: then)
      }
      restartKeeper(at: then)
      keeper?.send()
      tellTurnedAway(at: then)
      giveFloor()
    }
    stopKeeper()
    for sentence in lastWords { try? StandardError.write(sentence + "\n") }
  }

  private func announce() {
    let addresses = settings.address.map { [$0] } ?? LocalAddresses.all()
    tell(.listening(port: socket.boundPort, addresses: addresses, database: settings.database))
    let missing = Containment.missingLayers()
    if !missing.isEmpty { tell(.uncontained(missing, isKept: settings.isKept)) }
  }

  private func wait(from now: Instant) -> [Readiness] {
    var interests = sessions.filter { !$0.hasHungUp }.map { Interest($0.line.descriptor) }
    if let interest = keeper?.interest { interests.append(interest) }
    var deadlines = [stopping?.deadline, turnedAwayNoticeAt].compactMap { $0 }
    if stopping == nil {
      if let again = acceptAgainAt, again > now {
        deadlines.append(again)
      } else {
        acceptAgainAt = nil
        interests.append(Interest(socket.descriptor))
      }
    }
    if keeper?.processID == -1, stopping == nil { deadlines.append(keeperAgainAt) }
    if keeper?.isBehind == true { deadlines.append(now.advanced(byMilliseconds: Self.acceptPause)) }
    let timeout = deadlines.min().map { max(0, $0.milliseconds(since: now)) }
    // ENOMEM: the kernel has no room for a list this short. Nothing to be
    // done but to ask again.
    return (try? poller.poll(interests, timeoutMilliseconds: timeout)) ?? []
  }

  /// Tells the operator: through the conversation that owns the terminal, or
  /// directly.
  func tell(_ notice: ServerNotice) {
    tell(words.sentence(notice))
  }

  func tell(_ sentence: String) {
    if let owner = sessions.first(where: { $0.standing == .hasFloor }) {
      _ = try? owner.line.send(
        ListenerOrder.notice(String(sentence.prefix(ControlLimits.messageLength / 4))).bytes)
    } else {
      try? StandardError.write(sentence + "\n")
    }
  }
}
