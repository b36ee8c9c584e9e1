import ChatCore

/// What is shown above the line that is being typed.
extension OperatorDesk {
  /// Shows a row that the original printed.
  package func announce(_ sentence: String) {
    terminal.console.print(Notice(sentence: sentence))
  }

  /// Shows our own words, which may take several rows; a peer's never do.
  package func notify(_ sentence: String) {
    for row in sentence.split(separator: "\n") {
      terminal.console.print(Notice(sentence: String(row)), to: .notice, as: .remark)
    }
  }

  /// Shows a notice of which any number may come. A screen that is far behind is
  /// read by nobody, and what waits for it would grow: the person reads how many
  /// there were, once there is room.
  package func notifyIfRoom(_ sentence: String) {
    if isBacklogged {
      noticesLeftOut += 1
    } else {
      saySomeWereLeftOut()
      notify(sentence)
    }
  }

  func saySomeWereLeftOut() {
    guard noticesLeftOut > 0 else { return }
    let count = noticesLeftOut
    noticesLeftOut = 0
    notify(.leftOut(count: count))
  }

  func notify(_ notice: DeskNotice) { notify(words(notice)) }

  /// Shows a notice that the peer can cause, a few at once and then one a second: the
  /// others are counted.
  package func notifyOfPeer(_ sentence: String, at now: Instant) {
    if peerNotices.admits(at: now) { notify(sentence) }
  }

  /// Reports that the client is silent for too long.
  package func showSilence(of peer: Handle?, limit: Duration, left: Duration, at now: Instant) {
    let notice = DeskNotice.silence(
      of: peer, limit: limit, left: left, keysCount: isInteractive)
    notifyOfPeer(words(notice), at: now)
  }

  package func showMode(_ news: Conversation.ModeNews, peer: Handle?) {
    if news == .asking { hasAskedForFree = true }
    notify(.mode(news, peer: peer))
  }

  /// Answers `\who`; `address` is the peer's.
  package func showPeer(of conversation: Conversation, at address: String) {
    guard let peer = conversation.peer else { return }
    notify(.who(peer: peer, address: address, conversation.dialect, since: opened))
  }

  /// Answers `\history`.
  package func showHistory(_ lines: [RecentLines.Line], with peer: Handle?) {
    notify(lines.isEmpty ? .noHistory(with: peer) : .history(with: peer, count: lines.count))
    for line in lines {
      terminal.console.printMessage(
        line.text, from: line.name, party: party, time: line.when, to: .notice, isRecalled: true)
    }
  }

  /// The name of a peer as messages of it are shown.
  package func historyName(of party: Party, peer: Handle) -> String {
    party == self.party ? handle?.text ?? "" : name(of: peer)
  }

  /// Shows what the peer said and was never shown, and what it may not have.
  package func showLeftovers(of ending: Conversation.Ending, peer: Handle?) {
    if !ending.unshown.isEmpty {
      notify(.unshown(from: peer, hadFloor: opened != nil))
      let name = peer.map(name(of:)) ?? ""
      for message in ending.unshown {
        terminal.console.printMessage(
          message.shown, from: name, party: party.other, to: .notice)
      }
    }
    if !ending.unconfirmed.isEmpty {
      notify(.unconfirmed(by: peer, count: ending.unconfirmed.count))
      for message in ending.unconfirmed { printOwn(message) }
    }
  }

  /// Shows what the peer has not confirmed, where it is left to another process.
  package func show(unconfirmed messages: [Message], by peer: Handle) {
    if messages.isEmpty { return }
    show(own: messages, below: words(.notConfirmedYet(by: peer, count: messages.count)))
  }

  /// Shows own messages under a sentence about them.
  package func show(own messages: [Message], below sentence: String) {
    notify(sentence)
    for message in messages { printOwn(message) }
  }

  /// Shows once more what was said before there was this desk.
  package func show(_ past: PastMessage, peer: Handle) {
    let name = historyName(of: past.from, peer: peer)
    terminal.console.printMessage(
      past.message.shown, from: name, party: past.from, to: .notice, isRecalled: true)
    recent.append(past.message.shown, from: name)
  }

  private func printOwn(_ message: Message) {
    terminal.console.printMessage(
      message.shown, from: handle?.text ?? "", party: party, to: .notice)
  }

  /// Shows how the conversation ended, where the prompt was, and above it what was
  /// typed and not said.
  package func end(_ sentence: String, to channel: ConsoleChannel = .conversation) {
    showUnsaid()
    if peerNotices.leftOut > 0 { notify(.leftOut(count: peerNotices.leftOut)) }
    terminal.console.setPrompt(.none)
    terminal.console.print(Notice(sentence: sentence), to: channel)
  }
}
