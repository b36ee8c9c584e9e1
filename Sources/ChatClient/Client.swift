import ChatCore
import ChatLink
import ChatPosix
import ChatTerminal

/// One conversation seen from the client: performs what the ``Conversation``
/// decides, between the server and the person at this terminal.
public final class Client {
  /// Milliseconds that the last words may take to the server.
  static let farewellWithin: Int64 = 2_000

  let settings: ClientSettings
  let words: ClientWords
  let link: PeerLink
  let terminal: OperatorTerminal
  var machine: Conversation
  var ending: Conversation.Ending?
  /// The signal that ended it, if one did.
  var signal: ChatPosix.Signal?
  /// The user's name, once there is one.
  var handle: Handle?
  /// Whether the question for a handle stands on the screen.
  var isAsking = false
  /// The place in line that the user was told.
  var toldPlace: Int??
  var view: ConversationView
  /// The conversation's last lines, for `\history`.
  var recent = RecentLines()
  /// When it began.
  var opened: LocalTime?
  private var poller = Poller()

  /// How it went, for the exit code.
  public struct Outcome {
    public var ending: Conversation.Ending
    public var dialect: Dialect?
    /// The signal that ended it, if one did.
    public var signal: ChatPosix.Signal?
  }

  /// Connects.
  ///
  /// - Throws: ``ConnectError``.
  public init(_ settings: ClientSettings, _ words: ClientWords) throws(ConnectError) {
    self.settings = settings
    self.words = words
    handle = settings.handle
    view = ConversationView(settings.view)
    do throws(SystemCallError) {
      try Signals.install([.interrupt, .terminate, .hangup, .windowChange, .continued])
      try FatalSignals.install()
    } catch {
      throw .system(error)
    }
    let socket = try Connector.connect(
      to: settings.host, port: settings.port, within: settings.connectWithin)
    do throws(SystemCallError) {
      try socket.setPeerOptions()
      terminal = try Self.openTerminal(settings)
    } catch {
      throw .system(error)
    }
    let now = Self.now
    link = PeerLink(
      socket, side: .client, ownHandle: settings.handle, phrases: words.peer, at: now)
    machine = Conversation(
      ConversationSettings(role: .client, mode: .turns, handle: settings.handle), at: now)
  }

  /// The connection and the terminal are open; no file is needed any more.
  private static let containment = Containment(directory: nil)

  static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }

  private static func openTerminal(
    _ settings: ClientSettings
  ) throws(SystemCallError) -> OperatorTerminal {
    let console = ConversationView.consoleSettings(settings.view, party: .client)
    // A stop must find the terminal as the shell left it.
    if console.isInteractive { try Signals.install([.terminalStop]) }
    return try OperatorTerminal(console, readsExactly: false)
  }

  /// Talks to the end, and leaves the terminal as it was.
  public func run() -> Outcome {
    // Before the server's first byte is read. What this kernel lacks is left
    // out: the person here can do nothing about it.
    Self.containment.apply()
    while ending == nil { turn() }
    guard let ending else { preconditionFailure("the loop ends with the conversation") }
    sayLastWords(ending)
    terminal.finish()
    link.finish(within: Self.farewellWithin)
    return Outcome(ending: ending, dialect: machine.dialect, signal: signal)
  }

  /// One turn of the loop: wait, read everything that is there, show, send.
  private func turn() {
    showState()
    terminal.flush()
    let ready = wait()
    let now = Self.now
    for signal in Signals.take() { take(signal, at: now) }
    for readiness in ready {
      switch readiness.descriptor {
      case link.descriptor where readiness.canRead: handle(link.receive(at: now), at: now)
      case .standardInput: terminal.read(at: now)
      default: break
      }
    }
    tick(at: now)
    hearUser(at: now)
    // Shown first, then acknowledged.
    terminal.flush()
    handle(link.flush(at: now), at: now)
    if terminal.outputIsGone && ending == nil {
      // Nobody reads what the other says: `chatclient … | head`.
      handle([.operatorQuit], at: now)
    }
  }

  private func wait() -> [Readiness] {
    var interests = terminal.interests(readingInput: true)
    if let interest = link.interest(reading: machine.wantsPeerInput && !terminal.isBacklogged) {
      interests.append(interest)
    }
    let now = Self.now
    let deadlines = [
      machine.deadline, link.deadline, terminal.deadline,
      machine.slowConfirmation(after: now),
    ].compactMap { $0 }
    let timeout = deadlines.min().map { max(0, $0.milliseconds(since: now)) }
    // ENOMEM passes; asking again is all there is to do.
    return (try? poller.poll(interests, timeoutMilliseconds: timeout)) ?? []
  }

  private func tick(at now: Instant) {
    if let deadline = link.deadline, now >= deadline { handle(link.tick(at: now), at: now) }
    if let deadline = machine.deadline, now >= deadline { handle([.tick], at: now) }
    terminal.tick(at: now)
  }

  func handle(_ events: [Conversation.Event], at now: Instant) {
    for event in events {
      for action in machine.handle(event, at: now) { perform(action, at: now) }
    }
  }

  private func take(_ signal: ChatPosix.Signal, at now: Instant) {
    switch signal {
    case .interrupt, .terminate, .hangup: stop(signal, at: now)
    case .windowChange: terminal.resize(at: now)
    case .continued: terminal.resume()
    case .terminalStop: suspend()
    case .quit, .childChanged: break
    }
  }

  func stop(_ signal: ChatPosix.Signal, at now: Instant) {
    self.signal = self.signal ?? signal
    handle([.stop("\(signal)")], at: now)
  }
}
