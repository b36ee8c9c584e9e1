import ChatCore
import ChatWire

extension PeerLink {
  func events(from incoming: [Incoming], at now: Instant) -> [Conversation.Event] {
    var events: [Conversation.Event] = []
    events.reserveCapacity(incoming.count)
    for value in incoming {
      if let event = event(from: value, at: now) { events.append(event) }
    }
    return events
  }

  private func event(from value: Incoming, at now: Instant) -> Conversation.Event? {
    switch value {
    case .dialect(let dialect):
      // Nobody introduces itself in lines; talk must begin all the same.
      return side == .client && dialect == .line ? .introduced(.unnamedServer, .line) : nil
    case .handle(let handle):
      return .introduced(handle, codec.dialect ?? .original)
    case .invalidHandle(_, let error):
      return side == .server
        ? .misnamed(error) : .introduced(.unnamedServer, codec.dialect ?? .original)
    case .said(let number, let message): return .said(number: number, message)
    case .invalid(let error, let number): return .saidInvalid(number: number, error)
    case .acknowledged(let number): return .acknowledged(number)
    case .quit(let reason): return .quit(reason)
    case .mode(let mode): return .serverSetMode(mode)
    case .place(let place): return .serverQueued(place: place)
    case .floor: return .serverGaveFloor
    case .ping: return .ping
    case .pong: return nil
    case .denied(let sentence): return .serverDenied(sentence)
    case .refused(let sentence): return .serverRefused(sentence)
    case .endOfFile: return .ended
    case .malformed(let error): return .failed(.malformed(description(of: error)))
    case .reply(let bytes):
      outbound.append(bytes, receipt: nil)
      return nil
    }
  }

  /// What stands in the transcript as the detail of the close.
  private func description(of error: WireError) -> String {
    switch error {
    case .oversized(let limit): "more than \(limit) bytes without an end"
    case .emptyRecord: "an empty record"
    case .badArgument(let verb): "a bad argument of \(verb)"
    }
  }
}
