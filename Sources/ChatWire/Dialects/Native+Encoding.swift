import ChatCore

extension NativeDialect {
  mutating func encode(_ outgoing: Conversation.Outgoing) -> [UInt8] {
    switch outgoing {
    case .greeting: return sides.ownHandle.map { Self.record($0.text) } ?? []
    case .handle(let handle):
      sides.ownHandle = handle
      if !isCertain {
        // At once: it takes the time there.
        answer = .due
        deadline = Instant(milliseconds: 0)
      }
      return Self.record(handle.text)
    case .rejectHandle(let error): return Self.record(.deny, sides.phrases.refusedHandle(error))
    case .mode(let mode): return Self.record(.mode, mode.rawValue)
    case .place(let place): return Self.record(.wait, "\(place)")
    case .floor:
      hasGivenFloor = true
      return Self.record(.floor)
    case .say(let number, let message): return Self.record(.say, "\(number) \(message.text)")
    case .acknowledge(let number): return Self.record(.ack, "\(number)")
    case .deny(let refusal):
      if refusal.isOfClaim { hasClaimed = false }
      return Self.record(.deny, sides.phrases.refusal(refusal))
    // Its user sees by the prompt whose turn it is.
    case .hold: return []
    case .ping: return Self.record(.ping)
    case .pong: return Self.record(.pong)
    case .typing: return Self.record(.typing)
    case .ask(let mode): return Self.record(.ask, mode.rawValue)
    case .warnOfSilence(let limit, let left):
      return Self.record(.idle, "\(limit.wholeSeconds) \(left.wholeSeconds)")
    case .attended(let isAttended): return Self.record(isAttended ? .back : .away)
    case .session, .takeOffer, .resume, .recall, .resumed, .past:
      return encode(ofLink: outgoing)
    case .quit(let reason): return Self.goodbye(reason)
    }
  }

  /// The goodbye that also a client understands whose dialect is not known.
  static func goodbye(_ reason: QuitReason) -> [UInt8] { record(.quit, reason.rawValue) }

  /// `text` with its NUL. A NUL inside it would end the record early, so it
  /// goes out as U+FFFD; everything else goes out as it is.
  static func record(_ text: String) -> [UInt8] {
    guard text.utf8.contains(0) else { return Array(text.utf8) + [0] }
    let scalars = text.unicodeScalars.map { $0 == "\0" ? "\u{fffd}" : $0 }
    return Array(String(String.UnicodeScalarView(scalars)).utf8) + [0]
  }

  static func record(_ verb: Verb, _ argument: String? = nil) -> [UInt8] {
    // Not the case itself in the text: its name would be searched for at every
    // receipt.
    record(argument.map { verb.rawValue + " " + $0 } ?? verb.rawValue)
  }
}
