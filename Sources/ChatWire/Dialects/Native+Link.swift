import ChatCore

/// The records by which a conversation outlasts its connection.
extension NativeDialect {
  /// Longer than anybody keeps a conversation for, and no overflow when it is counted with.
  private static let longestGrace = 31_536_000

  /// `resume TOKEN N K`, a client's first record; `nil` for what is none.
  static func claim(_ record: ArraySlice<UInt8>) -> Conversation.Event? {
    let words = record.split(separator: 0x20, omittingEmptySubsequences: false)
    guard words.count == 4, words[0].elementsEqual("resume".utf8),
      let token = token(words[1]), let shown = count(words[2]), let attempt = count(words[3]),
      attempt >= 1
    else { return nil }
    return .claimed(token, shown: shown, attempt: attempt)
  }

  /// `TOKEN SECONDS`; `nil` for what is no offer.
  static func offer(_ argument: ArraySlice<UInt8>) -> ResumeOffer? {
    let words = argument.split(separator: 0x20, omittingEmptySubsequences: false)
    guard words.count == 2, let token = token(words[0]), let seconds = count(words[1]),
      seconds >= 1
    else { return nil }
    return ResumeOffer(token: token, within: .seconds(min(seconds, longestGrace)))
  }

  /// A record that comes later than the first.
  ///
  /// - Throws: for one that no version would send.
  func takeOfLink(
    _ verb: Verb, _ argument: ArraySlice<UInt8>?
  ) throws(Conversation.LinkFailure) -> Conversation.Event {
    switch verb {
    case .session where sides.side == .client:
      guard let offer = Self.offer(argument ?? []) else { throw Self.badArgument(verb) }
      return .offered(offer)
    case .session:
      if argument != nil { throw Self.badArgument(verb) }
      return .tookOffer
    case .resumed:
      guard let number = Self.count(argument ?? []) else { throw Self.badArgument(verb) }
      return .resumed(through: number)
    case .recall:
      let count = try Self.number(argument, of: verb)
      guard count <= PastMessage.limit else { throw Self.badArgument(verb) }
      return .recalled(count)
    case .past: return .past(try Self.past(argument ?? []))
    default: throw .malformed("\(verb.rawValue) in the middle of a conversation")
    }
  }

  /// `client N TEXT`, `server N TEXT`.
  private static func past(
    _ argument: ArraySlice<UInt8>
  ) throws(Conversation.LinkFailure) -> PastMessage {
    let words = argument.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count == 3, let party = Party(rawValue: String(decoding: words[0], as: UTF8.self))
    else { throw badArgument(.past) }
    let number = try number(words[1], of: .past)
    do throws(MessageError) {
      return PastMessage(from: party, number: number, try Message(bytes: words[2]))
    } catch {
      throw badArgument(.past)
    }
  }

  private static func token(_ word: ArraySlice<UInt8>) -> ResumeToken? {
    ResumeToken(String(decoding: word, as: UTF8.self))
  }

  /// Decimal digits alone, from 0 on.
  private static func count(_ word: ArraySlice<UInt8>) -> Int? {
    guard !word.isEmpty, word.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(String(decoding: word, as: UTF8.self))
  }

  mutating func encode(ofLink outgoing: Conversation.Outgoing) -> [UInt8] {
    switch outgoing {
    case .session(let offer):
      return Self.record(.session, "\(offer.token.text) \(offer.within.wholeSeconds)")
    case .takeOffer: return Self.record(.session)
    case .resume(let token, let shown, let attempt):
      // Only a server of ours has given it.
      isCertain = true
      answer = .notDue
      deadline = nil
      return Self.record(.resume, "\(token.text) \(shown) \(attempt)")
    case .recall(let count): return Self.record(.recall, "\(count)")
    case .resumed(let number):
      // Who it is needs no saying.
      hasClaimed = false
      sides.expectsHandle = false
      return Self.record(.resumed, "\(number)")
    case .past(let past):
      return Self.record(.past, "\(past.from.rawValue) \(past.number) \(past.message.text)")
    default: return []
    }
  }
}
