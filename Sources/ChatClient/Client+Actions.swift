import ChatCore
import ChatLink
import ChatPosix
import ChatTerminal

/// What is decided, and what is wanted.
extension Client {
  func perform(_ action: Conversation.Action, at now: Instant) {
    switch action {
    case .send(let outgoing): link?.send(outgoing)
    case .show(.opened): begin(at: now)
    case .show(.message(_, let message)):
      desk.show(message, from: peer, at: now)
      report(settings.saved?.say(message, by: .server, peer))
    case .accept(_, let message):
      desk.accept(message, at: now)
      if machine.isDetached { sayWhenItIsSaid() }
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
    case .reportAttendance(let isAttended):
      desk.notifyOfPeer(words.sentence(.attended(isAttended)), at: now)
    case .reportMode(let news): desk.showMode(news, peer: machine.peer)
    case .dropLink: dropLink()
    case .dial: dial(at: now)
    case .dialBeside: dialBeside(at: now)
    case .keepLink: keepLink()
    case .reportLinkDown: reportLinkDown()
    case .reportLinkBack(let time, _): takeLinkBack(after: time, at: now)
    case .reportNotKnown(let why): reportNotKnown(PeerText(why), at: now)
    // Of a conversation that is only to be ended nobody wants to read any more.
    case .reportRenamed(let former, let name):
      if self.former != .ending { desk.notify(words.sentence(.renamed(from: former, to: name))) }
    case .showPast(let past): if former != .ending { desk.show(past, peer: peer) }
    case .end(let ending): end(ending, at: now)
    case .record, .reportReady, .confirm, .reportMisnamed, .reportClaim, .reportResumable,
      .handOver:
      break
    }
  }

  private func end(_ ending: Conversation.Ending, at now: Instant) {
    wasUnheard = link == nil || search.hasFailed || isLinkLost
    // Nobody wanted to leave: there is another to be had. But for who has it elsewhere.
    let isRefused =
      former == .goingOn && ending.by != .client && dialer.isAlive
      && ending.detail != QuitReason.moved.rawValue
    if former == .ending || isRefused {
      beginAgain(after: ending, at: now)
    } else {
      self.ending = ending
    }
  }

  func perform(_ action: DeskAction, at now: Instant) {
    switch action {
    case .name(let handle): self.handle([.operatorNamed(handle)], at: now)
    case .unnamed(let error):
      namelessness = error.map { .misnamed($0) } ?? .inputEnded
      handle([.operatorQuit], at: now)
    case .answer(let word): take(answer: word, at: now)
    case .say(let message): handle([.operatorSaid(message)], at: now)
    case .free:
      handle([.operatorWantsFree], at: now)
      if machine.isDetached, machine.mode == .turns { reportDownTime(at: now) }
    case .quit: leave(at: now)
    case .endOfInput: endInput(at: now)
    case .dial:
      // Nor while one is tried.
      guard link == nil else { return }
      search.dialAt = nil
      handle([.operatorWantsLink], at: now)
      dialer.hurry()
    case .who:
      desk.showPeer(
        of: machine, at: SocketAddress.text(host: settings.host, port: Int(settings.port)))
      if machine.isDetached {
        reportDownTime(at: now)
      } else if machine.peer != nil {
        desk.notify(words.sentence(.link(keys)))
      }
    case .history: desk.showHistory(desk.recent.lines, with: machine.peer)
    case .interrupt: stop(.interrupt, at: now)
    case .suspend: desk.suspend()
    case .detach: preconditionFailure("a client's desk knows no detached terminal")
    }
  }

  var peer: Handle {
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

  func report(_ news: SavedTalk.News?) {
    switch news {
    case .failed(let error)?: desk.notify(words.sentence(.savingFailed(error)))
    case .works?: desk.notify(words.sentence(.savingWorks))
    case nil: break
    }
  }

  /// Saves what was never shown, and the end.
  func finishSaving(_ ending: Conversation.Ending) {
    guard let saved = settings.saved, saved.isOpen else { return }
    for message in ending.unshown {
      report(saved.say(message, by: .server, machine.peer, isHeld: true))
    }
    let handle = ending.by.flatMap { $0 == .client ? desk.handle : machine.peer }
    report(saved.close(by: ending.by, handle, ending))
    if saved.lost > 0 { desk.notify(words.sentence(.unsaved(saved.lost))) }
  }

  /// Shows what there is to say of conversations that nobody goes on with, and only then
  /// lets go of it.
  func showOthers() {
    for file in damaged { desk.notify(words.sentence(.keptIsDamaged(file.path.string))) }
    // Where nothing at all can be kept, it is said once there is something to keep.
    if keeping.file != nil, let obstacle = keeping.obstacle {
      desk.notify(words.sentence(.keptIsUnusable(obstacle)))
    }
    for former in stale {
      let record = former.record
      if former.isForgotten {
        let wasClear = record.link == .clear
        desk.notify(words.sentence(.keysAreForgotten(record.past.handle, wasClear: wasClear)))
      }
      showStale(record)
    }
    for record in others {
      let left = record.left(at: Timestamp(milliseconds: Clock.realtimeMilliseconds()))
      desk.notify(words.sentence(.keptForAnother(record.past.handle, within: left)))
    }
    others = []
    if let living { desk.notify(words.sentence(.livesElsewhere(living.past.handle))) }
    living = nil
    desk.flush()
    for former in stale { former.file.clear() }
    stale = []
    // Its place is taken; the others are named at the next start.
    if let file = damaged.first(where: { $0 === keeping.file }) { file.clear() }
    damaged = []
  }

  /// What the server may not have.
  private func showStale(_ record: TalkRecord) {
    let own = record.past.unconfirmed
    let when = Clock.localTime(record.linkedAt.milliseconds)
    if !own.isEmpty {
      desk.show(own: own, below: words.sentence(.notConfirmedBefore(when, count: own.count)))
    }
    desk.restore(draft: record.draft, isForThis: false)
  }
}
