import ChatCore
import ChatSecure

/// What is kept of a conversation, so that chatclient goes on with it when it is started
/// again.
struct TalkRecord: Hashable, Sendable {
  /// On what link it was, and goes on.
  enum Link: Hashable, Sendable {
    case clear
    /// `own`: the key that the server was shown.
    case encrypted(server: Fingerprint, own: Fingerprint?)
  }

  /// As it was typed.
  var host: String
  var port: UInt16
  var link: Link
  var past: ClientPast
  /// What was typed and not said.
  var draft: String
  /// The person left while there was no link to say it over.
  var isLeaving: Bool
  /// When the link was last seen up.
  var linkedAt: Timestamp
  /// By what number the user's own file (`--save`) knows it; `nil`: there is none.
  var saved: Int64?

  /// Whether a conversation that went on with it would end at once: the server may have it
  /// a little longer, as it counts from when it notices.
  func isOver(at now: Timestamp) -> Bool { away(at: now) >= past.offer.within }

  /// For how long it can be gone on with.
  func left(at now: Timestamp) -> Duration { max(.zero, past.offer.within - away(at: now)) }

  /// Since when there is no link; not negative, whatever was done to the clock.
  func away(at now: Timestamp) -> Duration {
    .milliseconds(max(0, now.milliseconds - linkedAt.milliseconds))
  }
}

// MARK: - Bytes

extension TalkRecord {
  private static let version: UInt8 = 1
  /// Names of hosts are shorter.
  private static let hostLimit = 1024
  /// More than a terminal shows; what is longer is not kept whole.
  static let draftLimit = 64 * 1024
  /// As many as may be under way, and some.
  private static let messagesLimit: UInt32 = 4096
  /// In seconds; the native dialect takes a longer offer for one of a year.
  private static let longestWithin: Int64 = 366 * 86_400
  /// Larger than any count of what people say, and far from where counting ends.
  private static let numberLimit: Int64 = 1 << 53
  /// Milliseconds since 1970, up to the year 9999.
  private static let latest: Int64 = 253_402_300_799_999

  private enum Flag {
    static let encrypted: UInt8 = 1
    static let ownKey: UInt8 = 2
    static let free: UInt8 = 4
    static let floor: UInt8 = 8
    static let turnIsOwn: UInt8 = 16
    static let leaving: UInt8 = 32
    static let saved: UInt8 = 64
    static let all: UInt8 = 127
  }

  var bytes: [UInt8] {
    var flags: UInt8 = 0
    if past.mode == .free { flags |= Flag.free }
    if past.hasFloor { flags |= Flag.floor }
    if past.turn == .client { flags |= Flag.turnIsOwn }
    if isLeaving { flags |= Flag.leaving }
    if saved != nil { flags |= Flag.saved }
    var keys: [UInt8] = []
    if case .encrypted(let server, let own) = link {
      flags |= Flag.encrypted
      keys += server.bytes
      if let own {
        flags |= Flag.ownKey
        keys += own.bytes
      }
    }
    var bytes = [Self.version, flags] + keys + past.offer.token.bytes
    bytes.append(integer: past.offer.within.wholeSeconds)
    bytes.append(integer: port)
    bytes.append(counted: host.utf8)
    bytes.append(counted: past.handle.text.utf8)
    bytes.append(counted: past.server.text.utf8)
    for number in [past.ownNumber, past.peerNumber, past.attempt] {
      bytes.append(integer: Int64(number))
    }
    bytes.append(integer: linkedAt.milliseconds)
    bytes.append(counted: Self.kept(draft).utf8)
    bytes.append(integer: UInt32(past.unconfirmed.count))
    for message in past.unconfirmed {
      bytes.append(counted: message.raw ?? Array(message.text.utf8))
    }
    if let saved { bytes.append(integer: saved) }
    return bytes
  }

  private static func kept(_ draft: String) -> String {
    if draft.utf8.count <= draftLimit { return draft }
    // No scalar has more than four bytes.
    return String(String.UnicodeScalarView(draft.unicodeScalars.prefix(draftLimit / 4)))
  }

  /// What ``bytes`` gave; `nil` for anything else.
  init?(bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard reader.integer(UInt8.self) == Self.version, let flags = reader.integer(UInt8.self),
      flags & ~Flag.all == 0, let link = reader.link(flags)
    else { return nil }
    guard let token = reader.take(ResumeToken.length).flatMap({ ResumeToken(bytes: Array($0)) }),
      let within = reader.integer(Int64.self), (1...Self.longestWithin).contains(within),
      let port = reader.integer(UInt16.self), port > 0,
      let host = reader.text(limit: Self.hostLimit), !host.isEmpty,
      let handle = reader.handle(), let server = reader.handle()
    else { return nil }
    guard let ownNumber = reader.number(Self.numberLimit),
      let peerNumber = reader.number(Self.numberLimit),
      let attempt = reader.number(Self.numberLimit),
      let linkedAt = reader.number(Self.latest),
      let draft = reader.text(limit: Self.draftLimit),
      let messages = reader.messages(limit: Self.messagesLimit),
      messages.count <= ownNumber
    else { return nil }
    if flags & Flag.saved != 0 {
      guard let saved = reader.number(.max / 2) else { return nil }
      self.saved = Int64(saved)
    }
    guard reader.isAtEnd else { return nil }
    let mode = flags & Flag.free == 0 ? Mode.turns : .free
    let hasFloor = flags & Flag.floor != 0
    let turn: Party = flags & Flag.turnIsOwn == 0 ? .server : .client
    self.host = host
    self.port = port
    self.link = link
    past = ClientPast(
      offer: ResumeOffer(token: token, within: .seconds(within)), handle: handle, server: server,
      mode: mode, hasFloor: hasFloor, turn: mode == .turns && hasFloor ? turn : nil,
      ownNumber: ownNumber, unconfirmed: messages, peerNumber: peerNumber, attempt: attempt)
    self.draft = Self.shown(draft)
    isLeaving = flags & Flag.leaving != 0
    self.linkedAt = Timestamp(milliseconds: Int64(linkedAt))
  }

  /// Whatever else the file holds is not to be drawn as it is.
  private static func shown(_ draft: String) -> String {
    let scalars = draft.unicodeScalars.filter { scalar in
      scalar == "\n" || scalar == "\t"
        || !(scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value))
    }
    return String(String.UnicodeScalarView(scalars))
  }
}

extension ByteReader {
  fileprivate mutating func link(_ flags: UInt8) -> TalkRecord.Link? {
    let hasOwn = flags & 2 != 0
    guard flags & 1 != 0 else { return hasOwn ? nil : .clear }
    guard let server = fingerprint() else { return nil }
    guard hasOwn else { return .encrypted(server: server, own: nil) }
    return fingerprint().map { .encrypted(server: server, own: $0) }
  }

  private mutating func fingerprint() -> Fingerprint? {
    take(Fingerprint.length).flatMap { Fingerprint(bytes: Array($0)) }
  }

  fileprivate mutating func handle() -> Handle? {
    text(limit: Handle.maximumByteCount).flatMap { try? Handle($0) }
  }

  fileprivate mutating func number(_ limit: Int64) -> Int? {
    integer(Int64.self).flatMap { (0...limit).contains($0) ? Int($0) : nil }
  }

  fileprivate mutating func messages(limit: UInt32) -> [Message]? {
    guard let count = integer(UInt32.self), count <= limit else { return nil }
    var messages: [Message] = []
    for _ in 0..<count {
      guard let bytes = counted(limit: Message.maximumByteCount),
        let message = try? Message(bytes: bytes)
      else { return nil }
      messages.append(message)
    }
    return messages
  }
}
