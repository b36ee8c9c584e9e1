import ChatCore
import ChatPosix

extension PeerLink {
  /// Sends what can be sent now and, where that is all, the end of file: a peer
  /// that has left need not wait for what is still to be done here before
  /// ``finish(within:)``. Waits for nothing.
  public func hangUp(at now: Instant) {
    _ = flush(at: now)
    // A connection that is gone needs no end of file.
    if outbound.isEmpty && !isBroken { try? descriptor.shutdownWrite() }
  }

  /// Sends what is left, then the end of file, and waits for the peer's: a
  /// close with something unread would reset the connection, and the peer
  /// could lose the last words (RFC 1122, 4.2.2.13).
  public func finish(within milliseconds: Int64) {
    let deadline = Clock.monotonicMilliseconds() + milliseconds
    // A second signal to stop does not take the last words from the peer.
    var poller = Poller(ignoringSignals: true)
    var hasShutDown = false
    while !isBroken || !isAtEnd {
      let now = Clock.monotonicMilliseconds()
      if now >= deadline { break }
      _ = flush(at: Instant(milliseconds: now))
      if isBroken { break }
      if outbound.isEmpty && !hasShutDown {
        hasShutDown = true
        // A connection that is gone needs no end of file.
        try? descriptor.shutdownWrite()
      }
      if isAtEnd && hasShutDown { break }
      guard let interest = interest(reading: true),
        let ready = try? poller.poll([interest], timeoutMilliseconds: deadline - now)
      else { break }
      if ready.contains(where: \.canRead) { discard() }
    }
    descriptor.closeOnce()
  }
}
