import ChatCore
import ChatLink
import ChatPosix
import ChatTerminal

extension Client {
  func perform(_ action: Conversation.Action, at now: Instant) {
    switch action {
    case .send(let outgoing): link.send(outgoing, at: now)
    case .show(.opened):
      opened = Clock.localTime(Clock.realtimeMilliseconds())
      // The original says nothing here; the prompt says it.
      if toldPlace != nil, let peer = machine.peer {
        tell(.floor(peer, machine.mode))
      }
    case .show(.message(let party, let message)):
      guard let peer = machine.peer else {
        preconditionFailure("a message is shown only after its handle")
      }
      let name = TextSanitizer.escapedOnOneLine(peer.text)
      view.show(message, from: name, party: party, on: terminal, at: now)
      recent.append(message, from: name, party: party)
    case .accept(_, let message):
      view.accept(on: terminal, at: now)
      if let handle { recent.append(message, from: handle.text, party: .client) }
    case .reject(let message, let obstacle): keep(message, obstacle)
    case .askForHandle(let why):
      if let why { tell(.handleDenied(why)) }
      handle = nil
      isAsking = true
      terminal.console.setPrompt(.ask(words.sentence(.askHandle)))
    case .reportDenied(let why): tell(.denied(why))
    case .end(let ending): self.ending = ending
    case .record, .reportReady, .confirm: break
    }
  }

  /// A message that is not taken: the line it was typed on keeps it, or gets
  /// it back when it had left already.
  private func keep(_ message: Message, _ obstacle: Conversation.Obstacle) {
    if obstacle == .denied {
      if terminal.console.draft.isEmpty { terminal.console.draft = message.text }
    } else {
      terminal.console.keepLine(
        notice: words.sentence(.obstacle(obstacle, peer: machine.peer)))
    }
  }

  func tell(_ notice: ClientNotice) {
    // Our own words may take several lines; a peer's never do.
    for line in words.sentence(notice).split(separator: "\n") {
      terminal.console.print(String(line), to: .notice)
    }
  }

  /// Brings the prompt in step with the state of the conversation.
  func showState() {
    guard ending == nil else { return }
    if let count = machine.slowlyConfirmed(at: Self.now) {
      terminal.console.setPrompt(.waiting(words.sentence(.underWay(count)), then: ownPrompt))
      return
    }
    switch machine.state {
    case .introducing, .over:
      terminal.console.setPrompt(.none)
    case .naming:
      // Asked when the machine asked for it.
      break
    case .queued(let place):
      if let place, toldPlace != .some(.some(place)) {
        toldPlace = .some(place)
        // On a terminal it stands in the prompt's place.
        if !terminal.console.isInteractive { tell(.place(place)) }
      }
      terminal.console.setPrompt(.waiting(words.sentence(.place(place)), then: ownPrompt))
    case .speaking:
      terminal.console.setPrompt(.speak(ownPrompt))
    case .listening:
      guard let peer = machine.peer else { return }
      terminal.console.setPrompt(
        .waiting(words.sentence(.waitingFor(peer)), then: ownPrompt))
    }
  }

  private var ownPrompt: String { (handle?.text ?? "") + "> " }

  func sayLastWords(_ ending: Conversation.Ending) {
    terminal.console.setPrompt(.none)
    if !ending.unshown.isEmpty {
      tell(.unshown(count: ending.unshown.count))
      let name = machine.peer.map { TextSanitizer.escapedOnOneLine($0.text) } ?? ""
      for message in ending.unshown {
        terminal.console.print("\(name)> \(message.text)", to: .notice)
      }
    }
    if !ending.unconfirmed.isEmpty {
      tell(.unconfirmed(count: ending.unconfirmed.count))
      for message in ending.unconfirmed {
        terminal.console.print("\(ownPrompt)\(message.text)", to: .notice)
      }
    }
    let notice = ClientNotice.ended(
      ending, dialect: machine.dialect)
    let channel: ConsoleChannel = isFailure(ending) ? .notice : .conversation
    terminal.console.print(words.sentence(notice), to: channel)
  }

  /// Whether its sentence is an error, for standard error.
  private func isFailure(_ ending: Conversation.Ending) -> Bool {
    switch ending.reason {
    case .quit, .timeout, .sigint: false
    // A server without receipts leaves by closing; one that has them says so.
    case .eof: ending.by == .server && (machine.dialect == nil || machine.dialect == .native)
    case .reset, .error, .unresponsive, .crashed, .full: true
    }
  }
}
