import ChatCore
import ChatPosix
import ChatSecure
import ChatTerminal

extension Listener {
  /// Takes peers that have arrived.
  func acceptSome(at now: Instant) {
    for _ in 0..<Self.acceptsAtOnce {
      do throws(SystemCallError) {
        switch try socket.accept() {
        case .wouldBlock:
          return
        case .retryLater(.connectionAbort):
          continue
        case .retryLater(let errno):
          pause(after: .acceptFailed(errno), at: now)
          return
        case .accepted(let peer, let address):
          admit(peer, from: address, at: now)
          // A shortage is not over with the next peer.
          if acceptAgainAt != nil { return }
        }
      } catch {
        pause(after: .acceptFailed(error.errno), at: now)
        return
      }
    }
  }

  private func pause(after notice: ServerNotice, at now: Instant) {
    post(notice, at: now)
    acceptAgainAt = now.advanced(by: Self.acceptPause)
  }

  private func admit(_ peer: FileDescriptor, from address: SocketAddress, at now: Instant) {
    var actions: [ListenerMachine.Action] = []
    let admitted = machine.admit(
      from: address.source, at: Self.timeOfDay, now: now, draw: Int.random(in: 0..<100),
      isOwed: { keeper?.owesDeath(openedAt: $0) == true }, &actions)
    perform(actions, at: now)
    guard case .openedAt(let openedAt) = admitted else {
      if case .refused(let refusal) = admitted { turnAway(peer, refusal, at: now) }
      return
    }
    guard let secure, let line = signer.handOver() else {
      return turnAway(peer, .nobodySigns, at: now)
    }
    defer {
      peer.closeOnce()
      line.close()
    }
    // It looks whether the transcript is where it was: who comes needs it.
    keeper?.ask()
    var settings = settings
    settings.operatorIsAbsent = machine.operatorIsAbsent
    lookAtAllowList(at: now, isUrgent: true)
    settings.allowList = allowed?.list
    let token = token()
    // Who is forked after this one inherits what this process remembers.
    defer { if let token { RandomBytes.wipe(token.bytes) } }
    do throws(SystemCallError) {
      try peer.setPeerOptions()
      // Whatever is open here is open there: what is not its own it closes.
      let (child, socket) = try ChildProcess.forkWithSocket { [self, settings] socket in
        Signals.resetInChild()
        closeInChild()
        return ConversationProcess.main(
          peer: peer, link: (secure, SignerLine(line)), address: address, openedAt: openedAt,
          listener: ListenerLink(socket, null: null), run: keeper?.run, token: token,
          settings: settings, words: words)
      }
      sockets.append((child, socket))
      post(
        .forked(child, address, openedAt: openedAt, token.map { TokenHash(of: $0) }), at: now)
    } catch {
      // ECONNRESET and its like: the peer has gone again. The rest is a
      // shortage, of which the peer learns by the close.
      pause(after: .forkFailed(error.errno), at: now)
    }
  }

  /// What the newcomer can come back with; `nil` where nobody can.
  private func token() -> ResumeToken? {
    guard settings.grace > .zero,
      let bytes = try? RandomBytes.take(ResumeToken.length)
    else { return nil }
    return ResumeToken(bytes: bytes)
  }

  /// One plain sentence and an end; nothing waits for the newcomer. What it has
  /// said already is not read here, and a close would answer that with a reset,
  /// which can take the sentence from it (RFC 1122, 4.2.2.13): the close comes
  /// later.
  private func turnAway(_ peer: FileDescriptor, _ refusal: Admission.Refusal, at now: Instant) {
    turnAway(
      peer,
      refusal == .queueIsFull ? .queueIsFull(waiting: machine.queueLength) : .refused(refusal),
      at: now)
  }

  private func turnAway(_ peer: FileDescriptor, _ notice: ServerNotice, at now: Instant) {
    hasRefused = true
    let sentence = words.sentence(notice) + "\n"
    _ = try? peer.writeAvailable(Array(sentence.utf8))
    try? peer.shutdownWrite()
    if turnedAway.count >= Self.turnedAwayLimit { turnedAway.removeFirst().peer.closeOnce() }
    turnedAway.append((peer, now.advanced(by: Self.turnedAwayFor)))
  }

  /// Closes the connections of those who have had time to read why.
  func closeTurnedAway(at now: Instant) {
    while let first = turnedAway.first, first.closesAt <= now {
      turnedAway.removeFirst().peer.closeOnce()
    }
  }

  /// In a forked child: what is this process's alone. The terminal is, too: who
  /// gets the floor gets it then.
  func closeInChild() {
    // dup2(2) of what is open fails on nothing that lasts.
    try? StandardDescriptors.replace(input: null, output: null, error: null)
    // Once for all where the server stops.
    if machine.stopping == nil { socket.close() }
    for (peer, _) in turnedAway { peer.closeOnce() }
    for (_, socket) in sockets { socket.close() }
    keeper?.closeInChild()
    signer.closeInChild()
    arrivals?.closeInChild()
    door?.closeInChild()
    // Comes with the floor, as the terminal does.
    settings.desk.typedLines?.close()
    output.closeInChild()
    errors.closeInChild()
  }
}

/// The allow-list.
extension Listener {
  /// Looks whether others are allowed now: every second while somebody is there, before
  /// somebody comes in, and before somebody gets the floor.
  func lookAtAllowList(at now: Instant, isUrgent: Bool = false) {
    guard let lookAgainAt = allowed?.lookAgainAt, machine.stopping == nil,
      isUrgent || now >= lookAgainAt
        || (machine.owner == nil && machine.sessions.contains(where: \.wantsFloor))
    else { return }
    switch allowed?.look(at: now) {
    case .changed(let list): post(.allowListChanged(list), at: now)
    case .trouble(let trouble):
      if let file = settings.allowFile { post(.allowFileTrouble(trouble, file), at: now) }
    case nil: break
    }
  }
}
