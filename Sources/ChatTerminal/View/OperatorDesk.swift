import ChatCore
import ChatPosix

/// Where the person at one side of a conversation reads and types, the same in
/// both programs: the terminal, the look of the conversation on it, the prompt,
/// the line that is being typed and the last lines that were said.
///
/// The program reports what happened and takes what the person wants, one
/// ``DeskAction`` at a time. Nothing about the conversation is decided here.
package final class OperatorDesk {
  /// How long a line from a pipe waits that could not be recorded, until it is
  /// tried again: nobody presses Enter once more.
  private static let retryLineAfter = Duration.seconds(1)
  /// Without a key for so long, nobody is typing.
  private static let typingPause = Duration.seconds(3)

  let options: DeskOptions
  let party: Party
  let words: (DeskNotice) -> String
  let terminal: OperatorTerminal
  /// The person's name, once there is one.
  package private(set) var handle: Handle?
  /// What was typed at this desk or the one before and not said.
  var offered: String?
  /// Notices that found no room on the way to the screen, and of which the person
  /// has not read.
  var noticesLeftOut = 0
  /// Whether this desk has said that there is one.
  var isOfferSaid = false
  /// What the desk before left.
  package var memory = DeskMemory()
  /// Whether nobody is at the other end.
  var isResting = false
  /// Whether the next line is the answer to the question for a name.
  private(set) var isAsking = false
  /// The question for a name, as it was asked last.
  private var question = Prompt.none
  /// A line that was entered before the question for a name: the answer to it.
  private var earlyAnswer: String?
  /// A line of a pipe that was not taken, and when to try it again.
  private var heldLine: (message: Message, retryAt: Instant)?
  /// What somebody entered at a terminal without an editor before it could be
  /// said, in order.
  private var waitingLines: [Message] = []
  /// What was said about the first of them, and is about all.
  private var waitsNotice: Notice?
  /// The first of them is with the conversation.
  private var isSayingWaitingLine = false
  /// It was not taken, and when to try it again.
  private var waitingLineRetryAt: Instant?
  /// Whether a line was typed here.
  package private(set) var hasReadInput = false
  /// Whether the person has been told what turns are.
  private var turnsAreExplained = false
  /// Lines that look like commands and were asked about.
  private var slips: Set<String> = []
  /// When the conversation began.
  private(set) var opened: LocalTime?
  /// The place in the queue that was shown.
  private var shownPlace: Int?
  /// Under what name the peer is shown, once it is.
  private var peerName: (handle: Handle, text: String)?
  private var clock = MessageClock()
  /// The conversation's last lines.
  package private(set) var recent = RecentLines()

  /// Takes the terminal.
  ///
  /// - Parameters:
  ///   - options: what the user chose.
  ///   - party: whose desk it is.
  ///   - handle: the person's name; `nil` where ``askForHandle()`` is to
  ///     ask for it.
  ///   - sharesInput: other processes read the same standard input later: what
  ///     is not wanted is left unread.
  ///   - words: the sentence for a notice.
  package init(
    _ options: DeskOptions, party: Party, handle: Handle?, sharesInput: Bool,
    words: @escaping (DeskNotice) -> String
  ) {
    self.options = options
    self.party = party
    self.handle = handle
    self.words = words
    terminal = OperatorTerminal(options.consoleSettings(for: party), sharesInput: sharesInput)
    if let typed = options.typedLines { terminal.console.recall(typed.read()) }
  }

  package var isInteractive: Bool { terminal.console.isInteractive }

  /// Whether somebody types here, and the terminal gives whole lines.
  private var takesWholeLines: Bool { !isInteractive && terminal.inputIsTerminal }

  /// When ``tick(at:)`` and ``nextAction(for:at:)`` are wanted.
  package var deadline: Instant? {
    [terminal.deadline, heldLine?.retryAt, waitingLineRetryAt].compactMap { $0 }.min()
  }
}

// MARK: - The person's wishes

extension OperatorDesk {
  /// The next thing that the person wants; `nil` when there is none for now.
  /// To be called again until then, and after everything else that happened in
  /// this turn of the loop.
  package func nextAction(for conversation: Conversation?, at now: Instant) -> DeskAction? {
    if let line = heldLine, now >= line.retryAt {
      heldLine = nil
      return .say(line.message)
    }
    if let line = nextWaitingLine(for: conversation, at: now) {
      isSayingWaitingLine = true
      return .say(line)
    }
    if isAsking, let answer = earlyAnswer {
      earlyAnswer = nil
      if let action = name(answer) { return action }
    }
    while takesInput(for: conversation), let event = terminal.console.nextEvent() {
      if let action = take(event) { return action }
    }
    return nil
  }

  /// The line whose turn has come.
  private func nextWaitingLine(for conversation: Conversation?, at now: Instant) -> Message? {
    guard !isSayingWaitingLine, conversation?.wantsOperatorInput == true else { return nil }
    if let retryAt = waitingLineRetryAt, now < retryAt { return nil }
    waitingLineRetryAt = nil
    return waitingLines.first
  }

  /// What still waits, with the line breaks that were between.
  func takeWaitingLines() -> String {
    defer { waitingLines = [] }
    return waitingLines.map { $0.text + "\n" }.joined()
  }

  /// Whether something typed waits for ``nextAction(for:at:)`` though nothing
  /// more may come.
  package func hasInput(for conversation: Conversation?) -> Bool {
    isAsking && earlyAnswer != nil
      || !waitingLines.isEmpty && !isSayingWaitingLine && waitingLineRetryAt == nil
        && conversation?.wantsOperatorInput == true
      || terminal.console.hasInput && takesInput(for: conversation)
  }

  /// Of a pipe a line is taken only when it can be said: its lines wait for
  /// their turn. What somebody types is looked at at once.
  ///
  /// Without a conversation nobody is there, and every line is taken at once.
  func takesInput(for conversation: Conversation?) -> Bool {
    guard let conversation else { return true }
    if isInteractive || isAsking || takesWholeLines { return true }
    if heldLine != nil { return false }
    if conversation.wantsOperatorInput { return true }
    // The end of a client's pipe is a goodbye at any moment; nothing can come
    // before it any more. The server's waits for its turn: an answer may be
    // all that the peer came for.
    return party == .client && conversation.isIntroduced && terminal.console.isAtEndOfInput
  }

  /// What `event` means; `nil` when it is the desk's own to do.
  private func take(_ event: ConsoleEvent) -> DeskAction? {
    switch event {
    case .line(let text):
      hasReadInput = true
      return isAsking ? name(text) : enter(text)
    case .interrupt: return .interrupt
    case .suspend: return .suspend
    case .endOfInput:
      return isAsking && !terminal.inputIsTerminal ? .unnamed(nil) : .endOfInput
    }
  }

  private func enter(_ text: String) -> DeskAction? {
    let command = Command(text)
    switch command {
    case .quit:
      // Where nobody is there it is a question first, and ends nothing.
      if isResting { terminal.console.dropLine() } else { terminal.console.acceptLine() }
      return .quit
    case .help, .who, .history, .clear, .free, .draft:
      terminal.console.dropLine()
      return perform(command)
    case .unknown(let name):
      terminal.console.keepLine(notice: Notice(sentence: words(.unknownCommand(name))))
    case .message where handle == nil:
      // It stays entered, and what was typed after it waits behind it.
      earlyAnswer = text
    case .message(let text) where asksAbout(text): break
    case .message(let text):
      let text = isTyped ? CommandSlip.unescaped(text) ?? text : text
      do throws(MessageError) {
        // Blanks alone are a slip of the thumb, and would spend the turn.
        if text.allSatisfy(\.isWhitespace) { throw .empty }
        let message = try Message(text)
        if waitingLines.isEmpty { return .say(message) }
        // Behind those that wait already.
        waitingLines.append(message)
        terminal.console.keepLine(notice: waitsNotice)
      } catch {
        terminal.console.keepLine(
          notice: Notice(sentence: words(.invalid(error))), to: .conversation)
      }
    }
    return nil
  }

  /// Whether somebody types who can be asked.
  private var isTyped: Bool { isInteractive || terminal.inputIsTerminal }

  /// Asks about a line that looks like a command, once.
  private func asksAbout(_ text: String) -> Bool {
    guard isTyped, let slip = CommandSlip(text), slips.insert(text).inserted else { return false }
    terminal.console.dropLine()
    notify(.slip(line: text, meant: slip.command))
    return true
  }

  private func perform(_ command: Command) -> DeskAction? {
    switch command {
    case .who: return .who
    case .free: return .free
    case .history: return .history
    case .help: notify(.help(nobodyIsHere: isResting))
    case .clear: terminal.console.clearScreen()
    case .draft: recallDraft()
    case .quit, .unknown, .message: break
    }
    return nil
  }

  private func name(_ text: String) -> DeskAction? {
    let command = Command(Self.trimmed(text))
    if isTyped, command != .quit, answer(command, text) {
      // On a terminal without an editor it is asked once more.
      terminal.console.setPrompt(question)
      return nil
    }
    terminal.console.acceptLine()
    if command == .quit { return .quit }
    do throws(HandleError) {
      let handle = try Handle(Self.trimmed(text))
      self.handle = handle
      peerName = nil
      isAsking = false
      return .name(handle)
    } catch {
      guard terminal.inputIsTerminal else { return .unnamed(error) }
      question = .ask(words(.askHandleAgain(error)))
      terminal.console.setPrompt(question)
      return nil
    }
  }

  /// Whether `text`, typed at the question for a name, is none but a command, ours or
  /// another program's: nobody is called `\help`.
  private func answer(_ command: Command, _ text: String) -> Bool {
    if case .message = command { return asksAbout(Self.trimmed(text)) }
    terminal.console.dropLine()
    switch command {
    case .unknown(let name): notify(.unknownCommand(name))
    case .clear: terminal.console.clearScreen()
    default: notify(.help(nobodyIsHere: false))
    }
    return true
  }

  private static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}

// MARK: - What happened

extension OperatorDesk {
  /// The person's name is wanted.
  package func askForHandle() {
    handle = nil
    isAsking = true
    question = .ask(words(.askHandle))
    terminal.console.setPrompt(question)
  }

  /// The conversation begins.
  ///
  /// - Returns: whether the person had been shown a place in the queue.
  @discardableResult
  package func begin(with peer: Handle?, at now: Instant) -> Bool {
    if let peer {
      terminal.console.announceArrival(of: name(of: peer), rings: options.ringsBell, at: now)
    }
    opened = Clock.localTime(Clock.realtimeMilliseconds())
    return shownPlace != nil
  }

  /// The peer said something.
  package func show(_ message: Message, from peer: Handle, at now: Instant) {
    let name = name(of: peer)
    let time = timeMark(at: now)
    terminal.console.printMessage(message.shown, from: name, party: party.other, time: time)
    let isTyping = terminal.lastInput.map { now.duration(since: $0) < Self.typingPause } ?? false
    if options.ringsBell && !isTyping { terminal.console.ringBell() }
    recent.append(message.shown, from: name)
  }

  /// The line that was entered is said: it becomes part of the conversation.
  package func accept(_ message: Message, at now: Instant) {
    if isSayingWaitingLine {
      isSayingWaitingLine = false
      waitingLines.removeFirst()
      // It was typed where it was nobody's turn, and its row has no name.
      terminal.console.printMessage(
        message.shown, from: handle?.text ?? "", party: party, time: timeMark(at: now))
    } else {
      terminal.console.acceptLine(time: timeMark(at: now))
    }
    recent.append(message.shown, from: handle?.text ?? "")
    if offered == message.text { offered = nil }
  }

  /// The line that was entered is not taken: it stays, or comes back when it
  /// had left already, or waits where nobody could enter it again.
  ///
  /// `reason` is what to say where that is more than the obstacle.
  package func reject(
    _ message: Message, _ obstacle: Conversation.Obstacle, reason: String? = nil, peer: Handle?,
    at now: Instant
  ) {
    // The peer's reason has been shown.
    if obstacle == .denied {
      if terminal.console.draft.isEmpty { terminal.console.draft = message.text }
    } else if isInteractive {
      let notice = isNew(obstacle) ? DeskNotice.turns(peer: peer) : .obstacle(obstacle, peer: peer)
      terminal.console.keepLine(
        notice: Notice(sentence: reason ?? words(notice)), isEnded: obstacle.passes)
    } else if !obstacle.passes {
      // Not at any time: what comes after it must not wait for it.
      if isSayingWaitingLine {
        isSayingWaitingLine = false
        waitingLines.removeFirst()
        notify(.obstacle(obstacle, peer: peer))
      } else {
        terminal.console.keepLine(notice: Notice(sentence: words(.obstacle(obstacle, peer: peer))))
      }
    } else if isSayingWaitingLine {
      isSayingWaitingLine = false
      waitingLineRetryAt = now.advanced(by: Self.retryLineAfter)
    } else if takesWholeLines {
      waitingLines.append(message)
      waitsNotice = Notice(sentence: reason ?? words(.waits(obstacle, peer: peer)))
      terminal.console.keepLine(notice: waitsNotice)
    } else {
      heldLine = (message, now.advanced(by: Self.retryLineAfter))
    }
  }

  /// Whether it is what turns are, which was not said yet.
  private func isNew(_ obstacle: Conversation.Obstacle) -> Bool {
    guard obstacle == .outOfTurn, !turnsAreExplained else { return false }
    turnsAreExplained = true
    return true
  }

  /// Reports that the client is silent for too long.
  package func showSilence(of peer: Handle?, limit: Duration, left: Duration) {
    notify(.silence(of: peer, limit: limit, left: left))
  }

  package func showMode(_ news: Conversation.ModeNews, peer: Handle?) {
    notify(.mode(news, peer: peer))
  }

  /// The time to show beside a message, after a row for the day where another
  /// one has begun.
  private func timeMark(at now: Instant) -> String? {
    let (time, newDay) = clock.read(at: now)
    if let newDay {
      terminal.console.print(Notice(sentence: "-- \(newDay) --"), to: .notice, as: .faint)
    }
    return options.showsTimes ? time.timeText : nil
  }

  func name(of peer: Handle) -> String {
    if let peerName, peerName.handle == peer { return peerName.text }
    let text = DisplayName.of(peer, party.other, besides: handle)
    peerName = (peer, text)
    return text
  }
}

// MARK: - The prompt

extension OperatorDesk {
  var ownPrompt: String { (handle?.text ?? "") + "> " }

  /// Brings the prompt in step with the conversation. Draws, and does nothing
  /// else.
  package func follow(_ conversation: Conversation, at now: Instant) {
    // A prompt that was printed is not taken away from whoever types there.
    if isInteractive, let count = conversation.slowlyConfirmed(at: now) {
      wait(.underWay(count))
      return
    }
    switch conversation.state {
    case .introducing, .over: terminal.console.setPrompt(.none)
    case .naming: break
    case .queued(let place):
      if let place, shownPlace != place {
        shownPlace = place
        // On a terminal it is in the prompt's place.
        if !isInteractive { notify(.place(place)) }
      }
      wait(.place(place))
    case .speaking where !waitingLines.isEmpty: terminal.console.setPrompt(.none)
    case .speaking:
      let time = options.showsTimes && takesWholeLines ? clock.read(at: now).time.timeText : nil
      terminal.console.setPrompt(.speak(ownPrompt), time: time)
    case .listening: if let peer = conversation.peer { wait(.waitingFor(peer)) }
    }
  }

  private func wait(_ notice: DeskNotice) {
    terminal.console.setPrompt(.waiting(words(notice), then: ownPrompt))
  }
}
