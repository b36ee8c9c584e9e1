import ChatCore
import ChatLink

/// Reading the peer.
extension ConversationProcess {
  /// Bytes off the socket before what they brought is committed: some two thousand
  /// messages, past which longer commits bring nothing.
  private static let bytesAtOnce = 4 * PeerLink.readLength
  /// Between two reports of a peer that types its name: a fraction of what
  /// ``Admission/typingHolds``.
  private static let typingInterval = Duration.seconds(30)

  /// Reads what the peer has sent, to share one commit: with a fast sender more
  /// than one read, and one in many records is no slower. What it brings is
  /// bounded, and so is who waits meanwhile.
  func readPeer(at now: Instant) {
    var count = 0
    repeat {
      // What is off the socket was counted when it was taken.
      let allowance =
        link.hasBufferedInput
        ? PeerLink.readLength : readingRate.allowance(upTo: PeerLink.readLength, at: now)
      if allowance == 0 { return }
      let events = link.receive(at: now, upTo: allowance)
      readingRate.take(link.lastReadCount, at: now)
      count += link.lastReadCount
      if case .received? = events.first { reportTyping(at: now) }
      handle(events, at: now)
    } while link.mayHaveMore && machine.wantsPeerInput && claim == nil
      && count < Self.bytesAtOnce
  }

  /// Who types a name is not sent away for want of room: the listener, which
  /// reads nothing of it, is to know.
  private func reportTyping(at now: Instant) {
    guard machine.state == .introducing, claim == nil,
      typingReportedAt.map({ now.duration(since: $0) >= Self.typingInterval }) ?? true
    else { return }
    typingReportedAt = now
    listener.report(.typed)
  }
}
