import ChatCore
import ChatLink
import ChatTerminal

/// What the machine has decided.
extension ConversationProcess {
  func perform(_ actions: [Conversation.Action], at now: Instant) {
    for action in actions { perform(action, at: now) }
  }

  private func perform(_ action: Conversation.Action, at now: Instant) {
    switch action {
    case .record(let entry): recorder.enqueue(entry)
    case .send(.greeting) where !settings.greets: break
    case .send(let outgoing):
      link.send(outgoing)
      // It is awake: so the listener has no cause to wake it.
      if case .ping = outgoing { listener.report(.alive) }
    case .show(.opened):
      // Another's, before.
      desk?.memory.linkNews = LinkNews()
      isOpened = true
      desk?.begin(with: machine.peer, at: now)
      desk?.announce(words.sentence(.opened))
      showKey()
      desk?.offerDraft()
    case .show(.message(_, let message)):
      guard let peer = machine.peer else {
        preconditionFailure("a message is shown only after its handle")
      }
      desk?.show(message, from: peer, at: now)
      reportSpeech()
    case .accept(_, let message): desk?.accept(message, at: now)
    case .reject(let message, let obstacle): reject(message, obstacle, at: now)
    // The listener knows what it gave to a successor.
    case .reportReady:
      if isSuccessor { return }
      reportName()
      listener.report(.ready)
    case .end(let ending): self.ending = ending
    case .warnOfSilence(let limit, let left):
      desk?.showSilence(of: machine.peer, limit: limit, left: left, at: now)
    case .reportMode(let news): desk?.showMode(news, peer: machine.peer)
    case .reportMisnamed(let given): notify(.misnamed(given))
    case .reportClaim(let token, let shown, let attempt):
      claim(token, shown: shown, attempt: attempt, at: now)
    case .reportResumable: reportResumable()
    case .dropLink: link.drop()
    case .reportLinkDown: reportLinkDown(at: now)
    case .reportLinkBack(let away, let addressChanged):
      reportLinkBack(after: away, addressChanged: addressChanged, at: now)
    case .handOver: hasHandedOver = true
    case .confirm(let number):
      recorder.enqueue(.acknowledged(through: number))
      confirmedAt = confirmedAt ?? now
    case .askForHandle, .reportDenied, .reportNotice, .dial, .dialBeside, .keepLink,
      .showPast, .reportNotKnown, .reportRenamed, .reportAttendance:
      break
    }
  }

  private func reject(_ message: Message, _ obstacle: Conversation.Obstacle, at now: Instant) {
    var reason: String?
    if obstacle == .notRecorded, let trouble, let desk, desk.isInteractive {
      troubleIsShown = true
      reason = words.sentence(.recordingFailed(trouble))
    }
    desk?.reject(message, obstacle, reason: reason, peer: machine.peer, at: now)
  }
}
