import ChatCore
import ChatLink
import ChatPosix
import ChatSecure
import ChatTerminal

/// One conversation seen from the client: performs what the ``Conversation``
/// decides, between the server and the person at this terminal.
package final class Client {
  /// What the last words may take to the server.
  private static let farewellWithin = Duration.seconds(2)
  /// The terminal and the files are open, and connections come from the dialer.
  private static let containment = Containment(.client)

  let settings: ClientSettings
  let words: ClientWords
  let trust: ServerTrust
  let dialer: DialerLink
  /// On what terms there is another link; `nil` until one may be wanted.
  var terms: LinkTerms?
  /// What the first link's session was made of.
  var context: SecureContext?
  /// The last good link's, where it is encrypted.
  var secure: SecureTransport?
  /// `nil` while there is none.
  var link: PeerLink?
  var search = LinkSearch()
  let desk: OperatorDesk
  var machine: Conversation
  var keeping: Keeping
  /// What comes of a conversation that was kept; and those before it.
  var former: Former
  var nextFormer: [ClientStart.Former]
  /// Whether another chatclient has the first.
  let takesOver: Bool
  /// What there is to say about conversations that nobody goes on with.
  var stale: [ClientStart.Stale]
  var damaged: [TalkFile]
  /// Conversations that this one is beside, and that wait for their users.
  var others: [TalkRecord]
  /// One of another chatclient's, which can be gone on with here.
  var living: TalkRecord?
  /// How far the user knows what the link is.
  var acquaintance = Acquaintance.none
  var ending: Conversation.Ending?
  var signal: ChatPosix.Signal?
  var namelessness: Namelessness?
  /// Why there is something to do for the next start; `nil`: nothing.
  var rest: Rest?
  /// Whether an input that is no terminal has ended, and the conversation is left once
  /// all is confirmed.
  var hasInputEnded = false
  /// Until when it is waited for, while there is a link.
  var confirmedUntil: Instant?
  /// Whether it ended while nothing could be said to the server.
  var wasUnheard = false
  /// Whether the conversation has lost its link.
  var isLinkLost = false
  /// How long the machine had been suspended, when it was last looked at.
  var suspended = Clock.suspended()
  /// Of those that this process has had, from 0: what the one before still had to do is
  /// none of the next one's.
  var conversationNumber = 0
  private var poller = Poller()

  /// What comes of a conversation that was kept.
  enum Former {
    /// There is none, or it goes on, or is over.
    case none
    /// It is to be gone on with, and the server has not said yet how it goes on.
    case goingOn
    /// The server is to be told that it is over.
    case ending
  }

  /// Connects, or finds what there is to go on with.
  ///
  /// - Throws: ``ConnectError``.
  package init(_ settings: ClientSettings, _ words: ClientWords) throws(ConnectError) {
    self.settings = settings
    self.words = words
    do throws(SystemCallError) {
      try Signals.install([.interrupt, .terminate, .hangup, .windowChange, .continued])
      try FatalSignals.install()
    } catch {
      throw .system(error)
    }
    // Before anything is open that it should not have.
    let dialer = try DialerLink(
      host: settings.host, port: settings.port, family: settings.family)
    let trust = ServerTrust(settings.security, settings.memory)
    (self.dialer, self.trust) = (dialer, trust)
    do throws(ServerRefusal) {
      try trust.check(canAsk: FileDescriptor.standardInput.isTerminal)
    } catch {
      throw .refused(error)
    }
    var start = try ClientStart(
      settings, trust, at: Timestamp(milliseconds: Clock.realtimeMilliseconds()))
    let now = Self.now
    var handle = settings.handle
    var connectedAt = now
    var transport: (any Transport)?
    if let first = start.former.first {
      (former, self.terms, context, secure) = (first.doing, first.terms, nil, nil)
      machine = Self.machine(goingOnWith: first.record, settings, at: now)
      // Should another conversation begin, nothing can be opened any more.
      if first.record.link != .clear { trust.memory.prepare() }
      if first.isToEnd {
        search.ready = try Self.connect(settings, words) { (terminal) throws(ConnectError) in
          try dialer.connect(within: settings.connectWithin, terminal)
        }
      } else {
        handle = first.record.past.handle
      }
    } else {
      let approach = try Self.connect(settings, words) { (terminal) throws(ConnectError) in
        try Approach.make(settings, trust, dialer, terminal)
      }
      (former, self.terms, context, secure) = (.none, nil, approach.context, approach.secure)
      transport = approach.transport
      connectedAt = approach.connectedAt
      machine = Self.machine(settings, at: Self.now)
    }
    start.prepare()
    keeping = Keeping(start)
    (stale, damaged, others, living) = (start.stale, start.damaged, start.others, start.living)
    takesOver = start.former.first.map { $0.file == nil } ?? false
    nextFormer = Array(start.former.dropFirst())
    desk = OperatorDesk(
      settings.desk, party: .client, handle: handle, sharesInput: false, words: words.desk)
    link = transport.map {
      PeerLink($0, side: .client, ownHandle: handle, phrases: words.peer, at: connectedAt)
    }
  }

  /// Does what needs a connection before the terminal is an editor's.
  private static func connect<Value>(
    _ settings: ClientSettings, _ words: ClientWords,
    _ body: (ConnectingTerminal) throws(ConnectError) -> Value
  ) throws(ConnectError) -> Value {
    let terminal = ConnectingTerminal(settings.desk, notice: words.sentence(.connecting))
    do throws(ConnectError) {
      let value = try body(terminal)
      terminal.close()
      return value
    } catch {
      if case .interrupted = error { terminal.closeInterrupted() } else { terminal.close() }
      throw error
    }
  }

  static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }

  /// Talks to the end, and leaves the terminal as it was.
  package func run() -> Outcome {
    // Before anything of the server's is read but what decides about encryption.
    // What this kernel lacks is left out: the person here can do nothing about it.
    Self.containment.apply()
    begin(at: Self.now)
    while ending == nil { turn() }
    guard let ending else { preconditionFailure("the loop ends with the conversation") }
    sayLastWords(ending, unheard: wasUnheard ? keepLeaving(ending) : nil)
    _ = desk.close()
    // A link that was dead may have looked alive.
    let unheard = link?.finish(within: Self.farewellWithin) == false ? keepLeaving(ending) : nil
    dialer.close()
    if rest == nil { keeping.file?.clear() }
    return Outcome(
      ending: ending, dialect: machine.dialect, signal: signal, namelessness: namelessness,
      outputFailure: desk.outputFailure, refusal: refusal, unheard: unheard)
  }

  private func begin(at now: Instant) {
    showOthers()
    beginFormer(at: now)
  }

  /// Goes on with what was kept, or has the server told that it is over.
  func beginFormer(at now: Instant) {
    guard former != .none, let record = keeping.record else { return }
    isLinkLost = true
    if record.link != .clear { acquaintance = .made }
    if former == .goingOn {
      // In the file that has what was said before it is the same conversation.
      if record.saved.flatMap({ settings.saved?.goOn(with: $0) }) != true {
        report(
          settings.saved?.open(host: settings.host, port: settings.port, handle: desk.handle))
      }
      let present = Timestamp(milliseconds: Clock.realtimeMilliseconds())
      desk.notify(
        words.sentence(
          takesOver ? .takenOver : .goingOn(after: record.away(at: present))))
    }
    desk.restore(draft: record.draft, isForThis: former == .goingOn && !desk.hasLine)
    for action in machine.begin(at: now) { perform(action, at: now) }
  }

  /// One turn of the loop: wait, read everything that is there, show, send.
  private func turn() {
    if isListening { desk.follow(machine, at: Self.now) }
    keep(at: Self.now)
    desk.flush()
    let ready = wait()
    let now = Self.now
    for signal in Signals.take() { take(signal, at: now) }
    if let link, ready.contains(where: { $0.canRead && $0.descriptor == link.descriptor }) {
      hear(link.receive(at: now), at: now)
    }
    if ready.contains(where: { $0.descriptor == .standardInput }) { desk.read(at: now) }
    searchLink(ready, at: now)
    tick(at: now)
    while ending == nil, isListening {
      // A line that is taken stays behind the prompt of this moment, also one that was
      // typed before there was any.
      desk.follow(machine, at: now)
      guard let action = desk.nextAction(for: machine, at: now) else { break }
      perform(action, at: now)
    }
    // What was said by these keys says more than that they were pressed.
    if ending == nil, isListening, desk.lastInput == now { handle([.operatorTyped], at: now) }
    // Kept, then shown, then acknowledged.
    keep(at: now)
    desk.flush()
    if let link { take(link.flush(at: now), at: now) }
    // Nobody reads what the other says: `chatclient … | head`. Or it cannot be
    // written, on a full disk.
    if desk.outputIsGone || desk.outputFailure != nil, ending == nil { leave(at: now) }
  }

  /// Whether what the person types is meant for the conversation that goes on.
  private var isListening: Bool { former != .ending }

  private func wait() -> [Readiness] {
    var interests = isListening ? desk.interests(for: machine) : []
    link?.isReading = machine.wantsPeerInput && !desk.isBacklogged && !isHoldingBack
    interests += [link?.interest, dialer.interest, search.beside?.link.interest].compactMap { $0 }
    let now = Self.now
    let deadlines = [
      machine.deadline, link?.deadline, desk.deadline, machine.slowConfirmation(after: now),
      searchDeadline(after: now), keepingDeadline, confirmedUntil,
    ].compactMap { $0 }
    var timeout = deadlines.min().map { max(0, $0.duration(since: now).wholeMilliseconds) }
    // What was typed may have had to wait for what came since: the question
    // for a name, the turn.
    if isListening, desk.hasInput(for: machine) { timeout = 0 }
    // ENOMEM passes; asking again is all there is to do.
    return (try? poller.poll(interests, timeoutMilliseconds: timeout)) ?? []
  }

  private func tick(at now: Instant) {
    if let link, let deadline = link.deadline, now >= deadline {
      hear(link.tick(at: now), at: now)
    }
    if let deadline = machine.deadline, now >= deadline { handle([.tick], at: now) }
    leaveWhenConfirmed(at: now)
    desk.tick(at: now)
  }

  func handle(_ events: [Conversation.Event], at now: Instant) {
    let conversation = conversationNumber
    for event in events where conversation == conversationNumber {
      let actions = machine.handle(event, at: now)
      if machine.peer != nil { sayWhetherEncrypted() }
      for action in actions where conversation == conversationNumber {
        perform(action, at: now)
      }
      if case .serverSetMode = event, former == .goingOn, !machine.isDetached {
        former = .none
        trust.memory.close()
      }
    }
  }

  private func take(_ signal: ChatPosix.Signal, at now: Instant) {
    if signal.stops { stop(signal, at: now) } else { desk.take(signal, at: now) }
  }

  func stop(_ signal: ChatPosix.Signal, at now: Instant) {
    self.signal = self.signal ?? signal
    if signal == .hangup {
      leave(at: now, saying: .stop("\(signal)"))
    } else {
      keep(at: now)
      handle([.stop("\(signal)")], at: now)
    }
  }

  /// The person is not here any more: leaves, or leaves it to the next start, where the
  /// terminal itself is gone.
  func leave(at now: Instant, saying farewell: Conversation.Event = .operatorQuit) {
    keep(at: now)
    if desk.isHungUp || signal == .hangup { leaveForNextStart(.windowClosed, at: now) }
    handle([farewell], at: now)
  }
}
