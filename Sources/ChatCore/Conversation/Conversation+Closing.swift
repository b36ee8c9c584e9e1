extension Conversation {
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
      farewell, until: now.advanced(byMilliseconds: ConversationSettings.closeWithin))
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
    for item in held.items {
      peerAccepted += 1
      request(.note(.held(number: peerAccepted, item.message)), at: now, &actions)
    }
    request(.close(farewell), at: now, &actions)
    // Leaving is as good a moment as any to try a sick disk again.
    if recording.isStuck { retryRecording(&actions) }
  }

  /// Told to stop: nothing is waited for but the record of the close.
  mutating func stop(_ what: String, _ now: Instant, _ actions: inout [Action]) {
    close(
      Farewell(by: role, reason: .sigint, detail: what, goodbye: .stopped), now, &actions)
  }

  mutating func end(_ farewell: Farewell, recorded: Bool, _ actions: inout [Action]) {
    var unshown: [Message] = []
    for step in recording.steps where !recorded {
      switch step {
      case .ownMessage(_, let message): actions.append(.giveBack(message, .notRecorded))
      case .peerMessage(_, _, let message): unshown.append(message)
      case .open, .introduced, .note, .close: break
      }
    }
    unshown += held.takeAll().map(\.message)
    if let goodbye = farewell.goodbye { actions.append(.send(.quit(goodbye))) }
    let ending = Ending(
      by: farewell.by, reason: farewell.reason, detail: farewell.detail,
      unshown: unshown, unconfirmed: unconfirmed, isRecorded: recorded)
    phase = .over
    recording = Recording()
    actions.append(.end(ending))
  }
}
