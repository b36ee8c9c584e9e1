import ChatCore
import ChatPosix
import ChatTerminal

extension Listener {
  func take(_ signal: Signal, at now: Instant) {
    switch signal {
    case .interrupt: stop(because: "SIGINT", at: now)
    case .terminate: stop(because: "SIGTERM", at: now)
    case .hangup: stop(because: "SIGHUP", at: now)
    case .childChanged: reap(at: now)
    case .quit, .windowChange, .continued, .terminalStop: break
    }
  }

  /// Tells everybody to say goodbye. Asked twice, it waits no longer.
  func stop(because signal: String, at now: Instant) {
    if let first = stopping {
      // Asked twice: the peers that do not listen are not waited for.
      stopping?.deadline = min(
        first.deadline, now.advanced(byMilliseconds: Self.impatientStopWithin))
      return
    }
    stopping = Stop(
      signal: signal, deadline: now.advanced(byMilliseconds: Self.stopWithin))
    // Another server may have the port from here on.
    socket.close()
    for index in sessions.indices { order(.stop(signal), index) }
  }

  /// Starts another keeper when one has gone, but not again and again where it
  /// finds nothing to open.
  func restartKeeper(at now: Instant) {
    guard let keeper, keeper.processID == -1, stopping == nil, now >= keeperAgainAt else { return }
    keeperAgainAt = now.advanced(byMilliseconds: Self.keeperPause)
    // Without a keeper talk goes on: every conversation records itself.
    try? keeper.restart(closing: closeForKeeper)
  }

  private func closeForKeeper() {
    socket.close()
    for session in sessions { session.line.close() }
  }

  /// Takes the dead off the list and records what they could not.
  private func reap(at now: Instant) {
    for ended in ChildProcess.reap() {
      if let keeper, ended.processID == keeper.processID {
        keeper.takeBack { address, port in
          sessions.contains { $0.address.host == address && Int($0.address.port) == port }
        }
      } else if let index = sessions.firstIndex(where: { $0.processID == ended.processID }) {
        hear(sessions[index].line.descriptor, at: now)
        bury(sessions.remove(at: index), ended.status)
      }
    }
  }

  private func bury(_ session: Session, _ status: ExitStatus) {
    session.line.close()
    let hadFloor = session.standing == .hasFloor
    if hadFloor {
      terminal?.restore(input: .standardInput, output: .standardOutput)
      clearDeadEditor()
    }
    let at = Timestamp(milliseconds: Clock.realtimeMilliseconds())
    func record(by: Party?, _ reason: CloseReason, _ detail: String?) {
      keeper?.ask(
        .bury(
          address: session.address.host, port: Int(session.address.port), at: at, by: by,
          reason: reason, detail: detail))
    }
    switch status {
    case .signaled where stopping != nil:
      record(by: .server, .sigint, stopping?.signal)
    case .signaled(let signal, _):
      record(by: .server, .crashed, "signal \(signal)")
      tell(.crashed(session.address, signal: signal))
    case .exited(SessionExit.ended.rawValue):
      break
    case .exited(SessionExit.closeUnrecorded.rawValue):
      if case .unrecorded(let party, let reason)? = session.unrecorded {
        record(by: party, reason, nil)
      }
    case .exited(let status):
      record(by: .server, .crashed, "exit status \(status)")
      tell(.died(session.address, status: status))
    }
    keeper?.ask(.index)
  }

  /// Takes the line off the screen that a killed conversation was drawing, as
  /// far as that can be known: from the cursor's row on.
  private func clearDeadEditor() {
    guard settings.desk.drawsEditor else { return }
    try? StandardOutput.write("\r\u{1b}[0m\u{1b}[J")
  }

  /// The last act: those who did not go in time are killed, the end of the
  /// run is recorded.
  func stopKeeper() {
    for session in sessions {
      ChildProcess.kill(session.processID)
      if let status = try? ChildProcess.wait(for: session.processID) { bury(session, status) }
    }
    sessions = []
    keeper?.finish(within: Self.stopWithin, afterAnotherSignal: Self.impatientStopWithin)
  }
}
