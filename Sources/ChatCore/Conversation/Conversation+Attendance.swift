/// Whether somebody is at the server's terminal. A server may run without one, and somebody
/// come to it later.
extension Conversation {
  /// The listener says whether somebody is at the terminal. A successor's client hears it also
  /// where it is no news here: it may have been otherwise when its link was lost.
  mutating func attend(_ isThere: Bool, _ now: Instant, _ actions: inout [Action]) {
    guard role == .server else { return }
    let isNews = isUnattended == isThere
    guard isNews || resuming.owesAttendance else { return }
    resuming.owesAttendance = false
    isUnattended = !isThere
    guard case .talking(let turn) = phase else { return }
    // Whoever waits for an answer begins to wait in vain now.
    if isNews, turn == role { silentSince = now }
    actions.append(.send(.attended(isThere)))
  }

  /// The server says whether somebody is at its terminal.
  mutating func takeAttendance(_ isAttended: Bool, _ actions: inout [Action]) {
    guard isUnattended == isAttended else { return }
    isUnattended = !isAttended
    actions.append(.reportAttendance(isAttended))
  }

  /// Whether the silence that is counted is this side's own: nobody is here to answer.
  var isOwnSilence: Bool {
    if case .talking(let turn) = phase { turn == role } else { false }
  }

  /// Whether a client's message waits for an answer and nobody is there to give one.
  var awaitsNobody: Bool {
    guard isUnattended, case .talking(let turn) = phase else { return false }
    return turn == role.other
  }
}
