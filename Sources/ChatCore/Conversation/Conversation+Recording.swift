extension Conversation {
  /// What is asked of the transcript, in order, and what follows from each
  /// entry once it is durable.
  struct Recording: Sendable {
    enum Step: Sendable {
      case open
      case introduced(Handle, Dialect)
      /// `number` counts accepted messages, `wire` is the peer's own number.
      case peerMessage(number: Int, wire: Int, Message)
      case ownMessage(number: Int, Message)
      /// Both may speak at any time.
      case freed
      case note(Entry)
      case close(Farewell)
    }

    var steps: [Step] = []
    /// How many of ``steps`` the program has been asked to record.
    var requested = 0
    /// When to ask again after a failure.
    var retryAt: Instant?

    /// Whether something could not be recorded and waits.
    var isStuck: Bool { retryAt != nil }
  }

  /// Asks for one more entry; on the client, which keeps no transcript, what
  /// follows from it follows at once.
  mutating func request(_ step: Recording.Step, at now: Instant, _ actions: inout [Action]) {
    guard role == .server else {
      perform(step, now, &actions)
      return
    }
    recording.steps.append(step)
    guard !recording.isStuck else { return }
    recording.requested += 1
    actions.append(.record(entry(for: step)))
  }

  /// Asks again for everything that waits.
  mutating func retryRecording(_ actions: inout [Action]) {
    recording.retryAt = nil
    recording.requested = recording.steps.count
    for step in recording.steps { actions.append(.record(entry(for: step))) }
  }

  mutating func finishRecording(_ now: Instant, _ actions: inout [Action]) {
    // Nearly always all of it; taken out first, since what follows from a
    // step may ask for more.
    var done = recording.steps
    recording.steps = Array(done[recording.requested...])
    done.removeLast(recording.steps.count)
    recording.requested = 0
    actions.reserveCapacity(actions.count + 2 * done.count)
    for step in done { perform(step, now, &actions) }
  }

  mutating func failRecording(_ now: Instant, _ actions: inout [Action]) {
    recording.requested = 0
    // Own messages go back to the line they were typed on; the rest has no
    // other place than here.
    var kept: [Recording.Step] = []
    for step in recording.steps {
      if case .ownMessage(_, let message) = step {
        actions.append(.reject(message, .notRecorded))
      } else {
        kept.append(step)
      }
    }
    recording.steps = kept
    recording.retryAt =
      kept.isEmpty ? nil : now.advanced(by: ConversationSettings.recordAgainAfter)
    if case .lingering(let farewell, _) = phase, unconfirmed.isEmpty {
      close(farewell, now, &actions)
    }
  }

  /// What follows from `step`, now that it is durable.
  private mutating func perform(
    _ step: Recording.Step, _ now: Instant, _ actions: inout [Action]
  ) {
    switch step {
    case .open, .note:
      break
    case .introduced(let handle, let dialect):
      becomeIntroduced(handle, dialect, now, &actions)
    case .peerMessage(_, let wire, let message):
      deliver(wire, message, now, &actions)
    case .ownMessage(let number, let message):
      say(number, message, now, &actions)
    case .freed: free(now, &actions)
    case .close(let farewell):
      end(farewell, recorded: true, &actions)
    }
  }
}

extension Conversation {
  /// Own messages that are asked to be recorded and not sent yet.
  var pendingOwn: Int {
    guard !recording.steps.isEmpty else { return 0 }
    return recording.steps.count { if case .ownMessage = $0 { true } else { false } }
  }

  private func entry(for step: Recording.Step) -> Entry {
    switch step {
    case .open: .open
    case .introduced(let handle, let dialect): .handle(handle, dialect)
    case .peerMessage(let number, _, let message): .message(from: .client, number: number, message)
    case .ownMessage(let number, let message): .message(from: .server, number: number, message)
    case .freed: .mode(.free)
    case .note(let entry): entry
    case .close(let farewell):
      .close(
        by: farewell.by, farewell.reason, detail: farewell.detail,
        undelivered: unconfirmed.count + pendingOwn)
    }
  }
}

/// How it ends.
extension Conversation {
  /// Ends it in good manners: what was said is confirmed first, for a while.
  mutating func quit(
    _ farewell: Farewell, _ now: Instant, _ actions: inout [Action]
  ) {
    switch phase {
    case .lingering, .closing, .over: return
    case .introducing, .naming, .waiting, .talking: break
    }
    if resuming.lostLink != nil || unconfirmed.isEmpty && pendingOwn == 0 {
      close(farewell, now, &actions)
    } else {
      phase = .lingering(
        farewell, until: now.advanced(by: ConversationSettings.lingerFor))
    }
  }

  /// Begins the end. The first cause counts; later ones change nothing.
  mutating func close(_ farewell: Farewell, _ now: Instant, _ actions: inout [Action]) {
    var farewell = farewell
    switch phase {
    case .closing, .over:
      return
    case .lingering(let first, _):
      // Whoever meant to leave first is who left, unless the wait for
      // receipts was cut short by the link itself.
      farewell = first
    case .introducing, .naming, .waiting, .talking:
      break
    }
    phase = .closing(
      farewell, until: now.advanced(by: ConversationSettings.closeWithin))
    guard role == .server else {
      end(farewell, recorded: true, &actions)
      return
    }
    recordClose(farewell, now, &actions)
  }

  private mutating func recordClose(
    _ farewell: Farewell, _ now: Instant, _ actions: inout [Action]
  ) {
    let confirmed = ownNumber - unconfirmed.count
    if confirmed > 0 { request(.note(.acknowledged(through: confirmed)), at: now, &actions) }
    // Every word kept: what was said out of turn is written down too.
    for item in backlog.items {
      peerAccepted = dialect == .native ? item.number : peerAccepted + 1
      request(.note(.held(number: peerAccepted, item.message)), at: now, &actions)
    }
    request(.close(farewell), at: now, &actions)
    // Leaving is as good a moment as any to try a sick disk again.
    if recording.isStuck { retryRecording(&actions) }
  }

  mutating func end(_ farewell: Farewell, recorded: Bool, _ actions: inout [Action]) {
    var unshown: [Message] = []
    for step in recording.steps where !recorded {
      switch step {
      case .ownMessage(_, let message): actions.append(.reject(message, .notRecorded))
      case .peerMessage(_, _, let message): unshown.append(message)
      case .open, .introduced, .freed, .note, .close: break
      }
    }
    unshown += backlog.takeAll().map(\.message)
    if let goodbye = farewell.goodbye { actions.append(.send(.quit(goodbye))) }
    let ending = Ending(
      by: farewell.by, reason: farewell.reason, detail: farewell.detail,
      unshown: unshown, unconfirmed: unconfirmed, isRecorded: recorded)
    phase = .over
    recording = Recording()
    actions.append(.end(ending))
  }
}
