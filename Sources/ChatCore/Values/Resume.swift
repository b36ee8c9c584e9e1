/// What a client has to show to go on with a conversation whose link was lost: 32
/// random bytes, which only the two of them know.
public struct ResumeToken: Hashable, Sendable {
  /// As many as a key of 256 bits: nobody guesses one.
  public static let length = 32

  public let bytes: [UInt8]

  /// `nil` for any other number of bytes than ``length``.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }

  /// As it is on the wire, 64 hexadecimal digits in lower case; `nil` for what is not
  /// such.
  public init?(_ text: some StringProtocol) {
    var digits: [UInt8] = []
    for unit in text.utf8 {
      switch unit {
      case 0x30...0x39: digits.append(unit - 0x30)
      case 0x61...0x66: digits.append(unit - 0x61 + 10)
      default: return nil
      }
    }
    guard digits.count == 2 * Self.length else { return nil }
    bytes = (0..<Self.length).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] }
  }

  public var text: String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}

/// A server's offer to keep a conversation whose link is lost.
public struct ResumeOffer: Hashable, Sendable {
  public var token: ResumeToken
  /// For so long, in whole seconds.
  public var within: Duration

  public init(token: ResumeToken, within: Duration) {
    self.token = token
    self.within = within
  }
}

/// A message of a conversation that goes on, shown once more.
public struct PastMessage: Hashable, Sendable {
  /// How many are asked for at most.
  public static let limit = 20

  public var from: Party
  /// From 1, as its sender counts.
  public var number: Int
  public var message: Message

  public init(from party: Party, number: Int, _ message: Message) {
    from = party
    self.number = number
    self.message = message
  }
}

/// What the transcript has of a conversation that goes on in another process.
public struct Resumption: Hashable, Sendable {
  public var peer: Handle
  public var mode: Mode
  public var hasFloor: Bool
  /// In turns, with the floor: who may speak.
  public var turn: Party?
  /// Number of the server's last message; 0: none.
  public var ownNumber: Int
  /// The highest number among the client's messages that are recorded; 0: none.
  public var peerNumber: Int
  /// The server's messages that the client has not shown, oldest first.
  public var unconfirmed: [Message]
  /// The last messages that both sides have, oldest first; ``PastMessage/limit`` at most.
  public var recent: [PastMessage]
  /// How long the link was down.
  public var awayFor: Duration
  /// Whether the client comes from another address than before.
  public var addressChanged: Bool
  /// For how long nothing was said while the link was there: who comes back is as silent
  /// as it was.
  public var silentFor = Duration.zero

  public init(
    peer: Handle, mode: Mode, hasFloor: Bool, turn: Party?, ownNumber: Int, peerNumber: Int,
    unconfirmed: [Message], recent: [PastMessage], awayFor: Duration, addressChanged: Bool
  ) {
    self.peer = peer
    self.mode = mode
    self.hasFloor = hasFloor
    self.turn = turn
    self.ownNumber = ownNumber
    self.peerNumber = peerNumber
    self.unconfirmed = unconfirmed
    self.recent = recent
    self.awayFor = awayFor
    self.addressChanged = addressChanged
  }
}

/// What a client needs to go on with a conversation, also in another process.
public struct ClientPast: Hashable, Sendable {
  public var offer: ResumeOffer
  public var handle: Handle
  public var server: Handle
  public var mode: Mode
  public var hasFloor: Bool
  /// In turns, with the floor: who may speak.
  public var turn: Party?
  /// Number of the last own message; 0: none.
  public var ownNumber: Int
  /// Own messages that the server has not confirmed, oldest first.
  public var unconfirmed: [Message]
  /// The highest number among the server's messages that were shown; 0: none.
  public var peerNumber: Int
  /// How often it was tried to go on.
  public var attempt: Int

  public init(
    offer: ResumeOffer, handle: Handle, server: Handle, mode: Mode, hasFloor: Bool,
    turn: Party?, ownNumber: Int, unconfirmed: [Message], peerNumber: Int, attempt: Int
  ) {
    self.offer = offer
    self.handle = handle
    self.server = server
    self.mode = mode
    self.hasFloor = hasFloor
    self.turn = turn
    self.ownNumber = ownNumber
    self.unconfirmed = unconfirmed
    self.peerNumber = peerNumber
    self.attempt = attempt
  }
}
