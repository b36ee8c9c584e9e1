import ChatCore

/// What becomes of a line that is to be said: it is taken, or rejected, or waits
/// until it can be said.
extension OperatorDesk {
  /// The line whose turn has come.
  func nextWaitingLine(for conversation: Conversation?, at now: Instant) -> Message? {
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

  /// The line that was entered is said: it becomes part of the conversation.
  package func accept(_ message: Message, at now: Instant) {
    if isSayingWaitingLine {
      isSayingWaitingLine = false
      waitingLines.removeFirst()
      // It was typed where it was nobody's turn, and its row has no name.
      terminal.console.printMessage(
        message.shown, from: handle?.text ?? "", party: party, time: timeMark(at: now))
    } else {
      // As the peer gets it: `\\quit` is typed with two backslashes.
      terminal.console.acceptLine(showing: message.text, time: timeMark(at: now))
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
      let notice =
        isNew(obstacle)
        ? DeskNotice.turns(peer: peer, hasAsked: hasAskedForFree) : .obstacle(obstacle, peer: peer)
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
}
