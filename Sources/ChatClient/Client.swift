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
  /// The connection and the terminal are open; no file is needed any more.
  private static let containment = Containment(.client)

  let settings: ClientSettings
  let words: ClientWords
  let trust: ServerTrust
  /// The link's, where it is encrypted.
  let secure: SecureTransport?
  let link: PeerLink
  let desk: OperatorDesk
  var machine: Conversation
  /// How far the user knows what the link is.
  var acquaintance = Acquaintance.none
  private(set) var ending: Conversation.Ending?
  private var signal: ChatPosix.Signal?
  private var namelessness: Namelessness?
  private var poller = Poller()

  /// Why there is nobody here who could talk.
  package enum Namelessness {
    /// Standard input ended before a name came.
    case inputEnded
    /// Its first line is not a name.
    case misnamed(HandleError)
  }

  /// How it went, for the exit code.
  package struct Outcome {
    package var ending: Conversation.Ending
    package var dialect: Dialect?
    /// The signal that ended it, if one did.
    package var signal: ChatPosix.Signal?
    /// Why it could not begin, if it could not.
    package var namelessness: Namelessness?
    /// Why standard output takes nothing, where that is not for want of a reader.
    package var outputFailure: Errno?
    /// Why the server is not talked to.
    package var refusal: ServerRefusal?
  }

  /// Connects.
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
    trust = ServerTrust(settings.security, settings.memory)
    do throws(ServerRefusal) {
      try trust.check(canAsk: FileDescriptor.standardInput.isTerminal)
    } catch {
      throw .refused(error)
    }
    let terminal = ConnectingTerminal(settings.desk, notice: words.sentence(.connecting))
    let approach: Approach
    do throws(ConnectError) {
      approach = try Approach.make(settings, trust, terminal)
    } catch {
      if case .interrupted = error { terminal.closeInterrupted() } else { terminal.close() }
      throw error
    }
    terminal.close()
    secure = approach.secure
    desk = OperatorDesk(
      settings.desk, party: .client, handle: settings.handle, sharesInput: false,
      words: words.desk)
    let now = Self.now
    link = PeerLink(
      approach.transport, side: .client, ownHandle: settings.handle, phrases: words.peer,
      at: approach.connectedAt)
    machine = Conversation(
      ConversationSettings(
        role: .client, mode: .turns, handle: settings.handle, wantsFree: settings.mode == .free),
      at: now)
  }

  private static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }

  /// Talks to the end, and leaves the terminal as it was.
  package func run() -> Outcome {
    // Before anything of the server's is read but what decides about encryption.
    // What this kernel lacks is left out: the person here can do nothing about it.
    Self.containment.apply()
    while ending == nil { turn() }
    guard let ending else { preconditionFailure("the loop ends with the conversation") }
    sayLastWords(ending)
    _ = desk.close()
    link.finish(within: Self.farewellWithin)
    return Outcome(
      ending: ending, dialect: machine.dialect, signal: signal, namelessness: namelessness,
      outputFailure: desk.outputFailure, refusal: refusal)
  }

  /// One turn of the loop: wait, read everything that is there, show, send.
  private func turn() {
    desk.follow(machine, at: Self.now)
    desk.flush()
    let ready = wait()
    let now = Self.now
    for signal in Signals.take() { take(signal, at: now) }
    for readiness in ready {
      switch readiness.descriptor {
      case link.descriptor where readiness.canRead: hear(link.receive(at: now), at: now)
      case .standardInput: desk.read(at: now)
      default: break
      }
    }
    tick(at: now)
    while ending == nil {
      // A line that is taken stays behind the prompt of this moment, also one that was
      // typed before there was any.
      desk.follow(machine, at: now)
      guard let action = desk.nextAction(for: machine, at: now) else { break }
      perform(action, at: now)
    }
    // What was said by these keys says more than that they were pressed.
    if ending == nil, desk.lastInput == now { handle([.operatorTyped], at: now) }
    // Shown first, then acknowledged.
    desk.flush()
    handle(link.flush(at: now), at: now)
    // Nobody reads what the other says: `chatclient … | head`. Or it cannot be
    // written, on a full disk.
    if desk.outputIsGone || desk.outputFailure != nil, ending == nil {
      handle([.operatorQuit], at: now)
    }
  }

  private func wait() -> [Readiness] {
    var interests = desk.interests(for: machine)
    link.isReading = machine.wantsPeerInput && !desk.isBacklogged && !isHoldingBack
    if let interest = link.interest { interests.append(interest) }
    let now = Self.now
    let deadlines = [
      machine.deadline, link.deadline, desk.deadline, machine.slowConfirmation(after: now),
    ].compactMap { $0 }
    var timeout = deadlines.min().map { max(0, $0.duration(since: now).wholeMilliseconds) }
    // What was typed may have had to wait for what came since: the question
    // for a name, the turn.
    if desk.hasInput(for: machine) { timeout = 0 }
    // ENOMEM passes; asking again is all there is to do.
    return (try? poller.poll(interests, timeoutMilliseconds: timeout)) ?? []
  }

  private func tick(at now: Instant) {
    if let deadline = link.deadline, now >= deadline { hear(link.tick(at: now), at: now) }
    if let deadline = machine.deadline, now >= deadline { handle([.tick], at: now) }
    desk.tick(at: now)
  }

  func handle(_ events: [Conversation.Event], at now: Instant) {
    for event in events {
      let actions = machine.handle(event, at: now)
      if machine.peer != nil { sayWhetherEncrypted() }
      for action in actions { perform(action, at: now) }
    }
  }

  private func take(_ signal: ChatPosix.Signal, at now: Instant) {
    if signal.stops { stop(signal, at: now) } else { desk.take(signal, at: now) }
  }

  private func stop(_ signal: ChatPosix.Signal, at now: Instant) {
    self.signal = self.signal ?? signal
    handle([.stop("\(signal)")], at: now)
  }
}

// MARK: - What is decided, and what is wanted

extension Client {
  private func perform(_ action: Conversation.Action, at now: Instant) {
    switch action {
    case .send(let outgoing): link.send(outgoing)
    case .show(.opened): begin(at: now)
    case .show(.message(_, let message)):
      desk.show(message, from: peer, at: now)
      report(settings.saved?.say(message, by: .server, peer))
    case .accept(_, let message):
      desk.accept(message, at: now)
      report(settings.saved?.say(message, by: .client, desk.handle))
    case .reject(let message, let obstacle):
      desk.reject(message, obstacle, peer: machine.peer, at: now)
    case .askForHandle(let refusal):
      if let refusal { desk.notify(words.sentence(.handleDenied(PeerText(refusal)))) }
      desk.askForHandle()
    case .reportDenied(let why):
      desk.notifyOfPeer(words.sentence(.denied(PeerText(why))), at: now)
    case .reportNotice(let text):
      desk.notifyOfPeer(words.sentence(.noticed(PeerText(text))), at: now)
    case .warnOfSilence(let limit, let left):
      desk.showSilence(of: machine.peer, limit: limit, left: left, at: now)
    case .reportMode(let news): desk.showMode(news, peer: machine.peer)
    case .end(let ending): self.ending = ending
    // There is no way back yet.
    case .dial: handle([.linkIsImpossible("the link was lost")], at: now)
    case .record, .reportReady, .confirm, .reportMisnamed, .reportClaim, .reportResumable,
      .dropLink, .reportLinkDown, .reportLinkBack, .dialBeside, .keepLink, .showPast, .handOver:
      break
    }
  }

  private func perform(_ action: DeskAction, at now: Instant) {
    switch action {
    case .name(let handle): self.handle([.operatorNamed(handle)], at: now)
    case .unnamed(let error):
      namelessness = error.map { .misnamed($0) } ?? .inputEnded
      handle([.operatorQuit], at: now)
    case .answer(let word): take(answer: word, at: now)
    case .say(let message): handle([.operatorSaid(message)], at: now)
    case .free: handle([.operatorWantsFree], at: now)
    case .quit, .endOfInput: handle([.operatorQuit], at: now)
    case .who:
      desk.showPeer(
        of: machine, at: SocketAddress.text(host: settings.host, port: Int(settings.port)))
      if machine.peer != nil { desk.notify(words.sentence(.link(keys))) }
    case .history: desk.showHistory(desk.recent.lines, with: machine.peer)
    case .interrupt: stop(.interrupt, at: now)
    case .suspend: desk.suspend()
    }
  }

  private var peer: Handle {
    guard let peer = machine.peer else {
      preconditionFailure("a message is shown only after its handle")
    }
    return peer
  }

  /// The original says nothing here; the prompt says it, where the person did
  /// not have to wait for it.
  private func begin(at now: Instant) {
    report(settings.saved?.open(host: settings.host, port: settings.port, handle: desk.handle))
    if desk.begin(with: machine.peer, at: now), let peer = machine.peer {
      desk.notify(words.sentence(.floor(peer)))
    }
  }

  private func report(_ news: SavedTalk.News?) {
    switch news {
    case .failed(let error)?: desk.notify(words.sentence(.savingFailed(error)))
    case .works?: desk.notify(words.sentence(.savingWorks))
    case nil: break
    }
  }

  /// Saves what was never shown, and the end.
  private func finishSaving(_ ending: Conversation.Ending) {
    guard let saved = settings.saved, saved.isOpen else { return }
    for message in ending.unshown {
      report(saved.say(message, by: .server, machine.peer, isHeld: true))
    }
    let handle = ending.by.flatMap { $0 == .client ? desk.handle : machine.peer }
    report(saved.close(by: ending.by, handle, ending))
    if saved.lost > 0 { desk.notify(words.sentence(.unsaved(saved.lost))) }
  }

  private func sayLastWords(_ ending: Conversation.Ending) {
    finishSaving(ending)
    desk.showLeftovers(of: ending, peer: machine.peer)
    // The reason goes with the exit code, to standard error.
    if namelessness != nil || refusal != nil { return }
    desk.end(
      words.sentence(.ended(ending, dialect: machine.dialect)),
      to: isFailure(ending) ? .notice : .conversation)
  }

  /// Whether its sentence is an error, for standard error.
  private func isFailure(_ ending: Conversation.Ending) -> Bool {
    switch ending.reason {
    case .quit, .timeout, .sigint: false
    // Who listens with nc leaves by closing; a program says so before.
    case .eof: ending.by == .server && machine.dialect != .line
    case .reset, .error, .unresponsive, .crashed, .full, .blocked: true
    }
  }
}
