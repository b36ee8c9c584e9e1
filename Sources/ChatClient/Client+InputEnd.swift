import ChatCore
import ChatPosix

/// The end of an input that is no terminal: all is said, and the server may not have it.
extension Client {
  /// What a server that is there may take to confirm what was said, before it is left as
  /// a person leaves it.
  static let confirmedWithin = Duration.seconds(3)

  /// Who closes a terminal leaves. A pipe waits for a link that was lost, as whoever runs
  /// it would, and gives up when the conversation does.
  func endInput(at now: Instant) {
    guard !FileDescriptor.standardInput.isTerminal, machine.isResumable else {
      return leave(at: now)
    }
    hasInputEnded = true
    leaveWhenConfirmed(at: now)
  }

  /// Leaves once all is confirmed, or a link that is up has had its time; once a turn.
  func leaveWhenConfirmed(at now: Instant) {
    guard hasInputEnded, ending == nil else { return }
    if machine.isDetached {
      confirmedUntil = nil
      return
    }
    let until = confirmedUntil ?? now.advanced(by: Self.confirmedWithin)
    confirmedUntil = until
    guard machine.unconfirmedCount == 0 || now >= until else { return }
    hasInputEnded = false
    confirmedUntil = nil
    leave(at: now)
  }
}
