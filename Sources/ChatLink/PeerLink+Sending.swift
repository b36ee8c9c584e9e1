import ChatCore
import ChatPosix
import ChatWire

extension PeerLink {
  /// Puts one value in the queue, in the peer's dialect.
  public func send(_ outgoing: Conversation.Outgoing, at now: Instant) {
    guard !isBroken, let value = wireValue(for: outgoing) else { return }
    var receipt: Int?
    if case .say(let number, _) = outgoing, codec.dialect != .native { receipt = number }
    outbound.append(receipt: receipt) { codec.encode(value, into: &$0) }
  }

  /// Writes what the socket takes now.
  ///
  /// - Returns: the failure, if there is one; and for dialects without
  ///   receipts of their own, what the socket took of the messages.
  public func flush(at now: Instant) -> [Conversation.Event] {
    guard !isBroken else { return [] }
    var taken: Int?
    do {
      // In the original dialect one send is one message, so pieces go out one
      // by one; the others may share a segment.
      while let piece = outbound.next(joined: codec.dialect != .original) {
        guard case .wrote(let count) = try descriptor.writeAvailable(piece) else { break }
        taken = outbound.drop(count) ?? taken
        stalledSince = nil
      }
    } catch {
      isBroken = true
      return [.failed(.broken("\(error.errno)"))]
    }
    if outbound.byteCount > Self.outboundLimit {
      isBroken = true
      return [.failed(.unresponsive)]
    }
    if !outbound.isEmpty, stalledSince == nil { stalledSince = now }
    return taken.map { [.acknowledged($0)] } ?? []
  }

  private func wireValue(for signal: Conversation.Outgoing) -> Outgoing? {
    switch signal {
    case .greeting:
      return ownHandle.map(Outgoing.greeting)
    case .handle(let handle):
      ownHandle = handle
      return .handle(handle)
    case .rejectHandle(let error): return .handleRefused(phrases.refusedHandle(error))
    case .mode(let mode): return .mode(mode)
    case .place(let place): return .place(place, sentence: phrases.place(place))
    case .floor: return .floor
    case .say(let number, let message):
      guard let ownHandle else { preconditionFailure("a side speaks under its handle") }
      return .say(number: number, from: ownHandle, message)
    case .acknowledge(let number): return .acknowledge(number)
    case .deny(let refusal): return .deny(phrases.refusal(refusal))
    case .ping: return .ping
    case .pong: return .pong
    case .quit(let reason):
      // A peer that has not answered may be a chatclient whose user is still
      // at the question for a name: it knows the bare record.
      return .quit(reason, sentence: codec.dialect == nil ? nil : phrases.goodbye(reason))
    }
  }
}
