import ChatCore

extension Conversation.Outgoing {
  /// What the other side's machine hears of it, over a link that loses nothing.
  var carried: Conversation.Event? {
    switch self {
    case .greeting: .introduced(mike, .native)
    case .handle(let handle): .introduced(handle, .native)
    case .rejectHandle, .deny: .serverDenied("no")
    case .mode(let mode): .serverSetMode(mode)
    case .place(let place): .serverQueued(place: place)
    case .floor: .serverGaveFloor
    case .say(let number, let message): .said(number: number, message)
    case .acknowledge(let number): .acknowledged(number)
    case .ping: .ping
    case .typing: .typed
    case .ask(let mode): .asked(mode)
    case .session(let offer): .offered(offer)
    case .takeOffer: .tookOffer
    case .resume(let token, let shown, let attempt):
      .claimed(token, shown: shown, attempt: attempt)
    case .recall(let count): .recalled(count)
    case .resumed(let number): .resumed(through: number)
    case .past(let past): .past(past)
    case .quit(let reason): .quit(reason)
    case .warnOfSilence(let limit, let left): .serverWarnedOfSilence(limit: limit, left: left)
    case .attended(let isAttended): .serverIsAttended(isAttended)
    case .pong, .hold: nil
    }
  }
}
