import ChatCore
import ChatPosix
import ChatWire

extension PeerLink {
  /// Puts one thing to say in the queue, in the peer's dialect.
  package func send(_ outgoing: Conversation.Outgoing) {
    guard !isBroken else { return }
    var receipt: Int?
    if case .say(let number, _) = outgoing, codec.dialect != .native { receipt = number }
    outbound.append(codec.encode(outgoing), receipt: receipt)
  }

  /// Writes what the socket takes now.
  ///
  /// - Returns: the failure, if there is one; and for dialects without
  ///   receipts of their own, what the socket took of the messages.
  package func flush(at now: Instant) -> [Conversation.Event] {
    guard !isBroken else { return [] }
    var taken: Int?
    do throws(Conversation.LinkFailure) {
      try transport.flush()
      // In the original dialect one write is one message, so pieces go out one
      // by one; the others may share a segment.
      while let piece = outbound.next(joined: codec.dialect != .original) {
        let count = try transport.write(piece)
        if count == 0 { break }
        taken = outbound.drop(count) ?? taken
        stalledSince = nil
      }
    } catch {
      isBroken = true
      return [.failed(error)]
    }
    if outbound.byteCount > Self.outboundLimit {
      isBroken = true
      return [.failed(.unresponsive)]
    }
    if !isFlushed, stalledSince == nil { stalledSince = now }
    return taken.map { [.acknowledged($0)] } ?? []
  }

  /// Sends what can be sent now and, where that is all, the end of file: a peer
  /// that has left need not wait for what is still to be done here before
  /// ``finish(within:)``. Waits for nothing.
  package func hangUp(at now: Instant) {
    _ = flush(at: now)
    if outbound.isEmpty { endWriting() }
  }

  private func endWriting() {
    guard !isBroken, !hasEndedWriting else { return }
    hasEndedWriting = true
    do throws(Conversation.LinkFailure) {
      try transport.endWriting()
    } catch {
      isBroken = true
    }
  }

  /// Sends what is left, then the end of file, and waits for the peer's: a
  /// close with something unread would reset the connection, and the peer
  /// could lose the last words (RFC 1122, 4.2.2.13).
  ///
  /// - Returns: whether the peer ended its side too: it has read the last words.
  @discardableResult
  package func finish(within limit: Duration) -> Bool {
    if isDropped { return false }
    let deadline = Self.now.advanced(by: limit)
    // A second signal to stop does not take the last words from the peer.
    var poller = Poller(ignoringSignals: true)
    isReading = true
    while !isBroken {
      let now = Self.now
      if now >= deadline { break }
      guard (try? transport.tick(at: now)) != nil else { break }
      _ = flush(at: now)
      if outbound.isEmpty { endWriting() }
      if isBroken || (isAtEnd && hasEndedWriting && isFlushed) { break }
      if !isAtEnd, transport.hasBufferedInput {
        discard()
        continue
      }
      let next = min(deadline, transport.deadline ?? deadline)
      guard let interest,
        let ready = try? poller.poll(
          [interest], timeoutMilliseconds: next.duration(since: now).wholeMilliseconds)
      else { break }
      if !isAtEnd, ready.contains(where: \.canRead) { discard() }
    }
    let isHeard = isAtEnd && !isBroken
    drop()
    return isHeard
  }

  private static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }
}
