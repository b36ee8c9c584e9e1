import ChatCore
import ChatPosix

/// What was said, and by whom.
extension OperatorDesk {
  /// The conversation begins.
  ///
  /// - Returns: whether a place in the queue was shown before.
  @discardableResult
  package func begin(with peer: Handle?, at now: Instant) -> Bool {
    if let peer {
      terminal.console.announceArrival(of: name(of: peer), rings: options.ringsBell, at: now)
    }
    opened = Clock.localTime(Clock.realtimeMilliseconds())
    return shownPlace != nil
  }

  /// A conversation goes on here that began at another desk, and at this time.
  package func goOn(with peer: Handle, since time: LocalTime) {
    _ = name(of: peer)
    opened = time
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

  /// The time to show beside a message, after a row for the day where another
  /// one has begun.
  func timeMark(at now: Instant) -> String? {
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

/// The prompt, which says whose turn it is.
extension OperatorDesk {
  var ownPrompt: String { (handle?.text ?? "") + "> " }

  /// Brings the prompt in step with the conversation. Draws, and does nothing
  /// else.
  package func follow(_ conversation: Conversation, at now: Instant) {
    // A server waits for another link; a client makes one.
    let lostAt = party == .client ? conversation.detachedSince : nil
    if isLinkDown, lostAt == nil { linkBackAt = now }
    isLinkDown = lostAt != nil
    if isAskingForWord { return }
    // Where rows are not taken back, the program says it once.
    if isInteractive, let lostAt {
      wait(.linkDown(for: now.duration(since: lostAt)))
      return
    }
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
        if !isInteractive { notifyOfPeer(words(.place(place)), at: now) }
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
