import ChatCore
import ChatPosix
import ChatTerminal

/// What the listener and signals order.
extension ConversationProcess {
  func readListener(at now: Instant) {
    while let order = listener.nextOrder() { take(order, at: now) }
  }

  private func take(_ order: ListenerOrder, at now: Instant) {
    switch order {
    case .floor:
      listener.report(.tookFloor)
      // EBUSY alone, where threads race for a number; there is one here.
      try? listener.takeTerminal()
      openedAt = Clock.localTime(Clock.realtimeMilliseconds())
      openDesk(at: now)
      post(.listenerGaveFloor, at: now)
    case .unattendedFloor:
      // The listener keeps the draft until a desk has it.
      listener.report(.alive)
      openedAt = Clock.localTime(Clock.realtimeMilliseconds())
      isUnattended = true
      post(.operatorIsThere(false), at: now)
      post(.listenerGaveFloor, at: now)
    case .attach: attach(at: now)
    case .giveBack:
      isTerminalWanted = desk != nil
      if desk == nil { listener.report(.gaveBack) }
    case .view(let view): listener.view = view
    case .draft(let part): draft += part
    case .memory(let part): memory += part
    case .place(let place): post(.listenerQueued(place: place), at: now)
    case .full:
      isDismissed = true
      post(.listenerIsFull, at: now)
    case .answer: listener.report(.alive)
    case .blocked:
      isDismissed = true
      post(.listenerBlocked, at: now)
    case .stop(let what): dismiss(what, at: now)
    case .notice(let text): desk?.notifyIfRoom(text)
    case .queue(let peers, let total):
      queue = peers
      queueLength = total
      queueNews.add(peers.filter { !$0.wasShown }, at: now)
      announceNewcomers(at: now)
    case .handOver: leaveWhenSettled(.handOver, at: now)
    case .restart(let what): leaveWhenSettled(.restart(what), at: now)
    case .takeOver(let inheritance): takeOver(inheritance, at: now)
    case .claimRefused(let goesOn): refuseClaim(goesOn: goesOn, at: now)
    case .graceIsOver: post(.graceIsOver, at: now)
    // To a desk with nobody at the other end.
    case .yield, .resume, .awaited, .presence: break
    }
  }

  /// Takes the terminal, with what was typed and not said before.
  func openDesk(at now: Instant) {
    let desk = listener.desk(settings, words, memory: memory, draft: draft, at: now)
    // What was on the line of the process before goes to the same peer.
    if claim != nil {
      desk.putOnLine()
      desk.haveLinesWait()
    }
    self.desk = desk
    draft = []
    memory = []
  }

  func take(_ signal: Signal, at now: Instant) {
    switch signal {
    case .interrupt: dismiss("SIGINT", at: now)
    case .terminate: dismiss("SIGTERM", at: now)
    // The listener has these too, and says what follows, or has died: as the leader of its
    // session it takes the terminal along, and the end of its socket may come behind that.
    case .hangup, .restart: break
    // It would stop the server.
    case .terminalStop where settings.isDetached: if desk != nil { askToDetach(suspends: true) }
    case .windowChange, .continued, .terminalStop, .quit, .childChanged:
      desk?.take(signal, at: now)
    }
  }

  private func dismiss(_ what: String, at now: Instant) {
    if listener.isGone { return leaveWhenSettled(.restart(what), at: now) }
    isDismissed = true
    post(.stop(what), at: now)
  }
}
