import ChatCore

/// One way of reading a peer and of writing to it. To add one is to add a file
/// beside this one, and to have one of the undecided find it out.
protocol PeerDialect: Sendable {
  /// Which it is; `nil` while that is not known.
  var dialect: Dialect? { get }
  /// When ``tick(at:_:)`` has something to say, if nothing is received before.
  var deadline: Instant? { get }

  /// The peer can be heard from now on.
  mutating func open(at now: Instant)
  /// Takes what one read gave, at least one byte.
  mutating func receive(_ bytes: [UInt8], at now: Instant, _ decoded: inout Decoded)
  /// Takes the time.
  mutating func tick(at now: Instant, _ decoded: inout Decoded)
  /// Nothing more will come. What is not finished by it ends with `ended`.
  mutating func endOfFile(isTruncated: Bool, _ decoded: inout Decoded)
  /// The bytes that say it to the peer; none, where there is no way to.
  mutating func encode(_ outgoing: Conversation.Outgoing) -> [UInt8]
}

extension PeerDialect {
  var deadline: Instant? { nil }
  mutating func open(at now: Instant) {}
  mutating func tick(at now: Instant, _ decoded: inout Decoded) {}
}

/// What a dialect makes of what it is given.
struct Decoded {
  private(set) var events: [Conversation.Event] = []
  /// Bytes to be sent as they are: refusals of telnet options.
  var replies: [UInt8] = []
  /// Whether nothing may follow any more.
  private(set) var isOver = false
  /// The dialect that takes over, where the peer turned out to speak another.
  /// It has been given what was received so far.
  var successor: (any PeerDialect)?

  mutating func append(_ event: Conversation.Event) {
    events.append(event)
  }

  /// Appends the last event.
  mutating func finish(_ event: Conversation.Event) {
    events.append(event)
    isOver = true
  }
}

/// Who talks with whom, as every dialect needs to know it.
struct Sides: Sendable {
  /// The part that this side plays.
  let side: Party
  let phrases: PeerPhrases
  /// Under what name this side's lines go out.
  var ownHandle: Handle?
  /// The peer's handle, once it gave a valid one.
  private(set) var peerHandle: Handle?
  /// What the peer gave for a handle where that had to be made fit.
  private(set) var givenName: String?
  /// Whether the next record, line or chunk is the peer's handle.
  var expectsHandle = true

  init(side: Party, phrases: PeerPhrases, ownHandle: Handle?) {
    self.side = side
    self.phrases = phrases
    self.ownHandle = ownHandle
  }

  /// The peer says that `name` is its handle.
  mutating func introduce(_ name: String, _ dialect: Dialect, _ decoded: inout Decoded) {
    do throws(HandleError) {
      accept(try Handle(name), dialect, &decoded)
    } catch {
      if side == .server {
        // The client is asked again.
        decoded.append(.misnamed(error))
      } else {
        // Nobody asks a server; talk must begin all the same.
        expectsHandle = false
        if !name.isEmpty { decoded.append(.serverNoticed(name)) }
        decoded.append(.introduced(.unnamedServer, dialect))
      }
    }
  }

  mutating func accept(_ handle: Handle, _ dialect: Dialect, _ decoded: inout Decoded) {
    peerHandle = handle
    expectsHandle = false
    decoded.append(.introduced(handle, dialect))
  }

  /// A client that cannot be asked again gave `name`, which is no handle: it
  /// gets the nearest one, or is a guest. The program is told what it gave.
  mutating func fit(_ name: String, _ dialect: Dialect, _ decoded: inout Decoded) {
    givenName = name
    accept(Handle(fitting: name) ?? .guest, dialect, &decoded)
    decoded.append(.misnamedClient(gave: name))
  }
}

extension Conversation.LinkFailure {
  /// More bytes than ``RecordFramer/maximumRecordLength`` without the end that
  /// the dialect asks for.
  static let oversized = Self.malformed(
    "more than \(RecordFramer.maximumRecordLength) bytes without an end")
  /// The same where no end is asked for.
  static let oversizedMessage = Self.malformed(
    "more than \(RecordFramer.maximumRecordLength) bytes at once")
  /// The same before it is known what the peer speaks.
  static let oversizedOpening = Self.malformed(
    "more than \(RecordFramer.maximumRecordLength) bytes before the conversation began")
  /// What begins as a browser does is nobody's doing who can be asked or blamed: the
  /// page's visitor knows nothing of it.
  static let webRequest = Self.broken("a web request, which is no chat")
  /// The greeting was another protocol's.
  static let noChat = Self.malformed("it is no chat server")
}
