import ChatCore

/// How the server ends.
extension ListenerMachine {
  /// Tells everybody to say goodbye. Asked twice, it waits no longer.
  mutating func stop(because cause: String, at now: Instant, _ actions: inout [Action]) {
    if let first = stopping {
      stopping?.deadline = min(first.deadline, now.advanced(by: Self.impatientStopWithin))
      return
    }
    stopping = Stop(cause: cause, deadline: now.advanced(by: Self.stopWithin))
    record(refusals.takeAll(), &actions)
    // Another server may have the port from here on.
    actions.append(.closePort)
    closeAll(because: cause, at: now, &actions)
    for session in sessions { actions.append(.order(.stop(cause), to: session.processID)) }
    stopDesk(because: cause, at: now, &actions)
  }

  /// Tells everybody to leave what another server can go on with to that, and to say
  /// goodbye otherwise.
  mutating func restart(because cause: String, at now: Instant, _ actions: inout [Action]) {
    guard stopping == nil else { return }
    stopping = Stop(cause: cause, deadline: now.advanced(by: Self.stopWithin), isRestart: true)
    record(refusals.takeAll(), &actions)
    actions.append(.closePort)
    for index in sessions.indices {
      sessions[index].handOver = HandOver(at: now)
      actions.append(.order(.restart(cause), to: sessions[index].processID))
    }
    stopDesk(because: cause, at: now, &actions)
  }

  private mutating func stopDesk(because cause: String, at now: Instant, _ actions: inout [Action])
  {
    guard let desk, desk.state == .holding else { return }
    actions.append(.order(.stop(cause), to: desk.processID))
    self.desk?.enter(.yielding, at: now)
  }
}
