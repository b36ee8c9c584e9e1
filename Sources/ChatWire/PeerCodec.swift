import ChatCore

/// Everything that one side knows of how its peer writes: bytes in, values
/// out, and back. Finds the dialect out by itself.
///
/// It keeps at most one unfinished record or line, reads no clock (times are
/// handed in) and touches no descriptor. After ``Incoming/quit(_:)``,
/// ``Incoming/refused(_:)``, ``Incoming/malformed(_:)`` and
/// ``Incoming/endOfFile`` it has nothing more to say.
public struct PeerCodec: Sendable {
  /// The part that this side plays.
  public let side: Party
  /// The peer's dialect, once it is known.
  public internal(set) var dialect: Dialect?
  /// The peer's handle, once it gave a valid one.
  public internal(set) var peerHandle: Handle?

  /// A line may hold a handle and a message, and a little more; what a record
  /// may have.
  static let maximumLineLength = RecordFramer.maximumRecordLength

  /// Under what name this side's lines go out.
  var ownHandle: Handle?
  var detector = DialectDetector()
  var greeting: GreetingDetector
  var records = RecordFramer()
  var lines = LineFramer(maximumLineLength: maximumLineLength)
  var telnet = TelnetFilter()
  /// Whether the next record, line or chunk is the peer's handle.
  var expectsHandle = true
  /// The peer began with `name> text`, so its later messages may too.
  var prefixesItsHandle = false
  var isOver = false

  /// - Parameters:
  ///   - side: The part that this side plays.
  ///   - ownHandle: This side's handle, when it is known already.
  ///   - now: When the connection was made.
  public init(side: Party, ownHandle: Handle? = nil, connectedAt now: Instant) {
    self.side = side
    self.ownHandle = ownHandle
    greeting = GreetingDetector(connectedAt: now)
  }

  /// When ``tick(at:)`` has something to say, if nothing is received before.
  public var deadline: Instant? {
    if isOver || dialect != nil { return nil }
    return side == .server ? detector.deadline : greeting.deadline
  }

  /// Takes what one read gave: reads are what the original dialect has for
  /// messages, so they must not be joined.
  public mutating func receive(_ bytes: UnsafeRawBufferPointer, at now: Instant) -> [Incoming] {
    // What was due before these bytes came is decided without them.
    var incoming = tick(at: now)
    if isOver { return incoming }
    if let dialect {
      decode(bytes, as: dialect, into: &incoming)
    } else if side == .server {
      var replies: [UInt8] = []
      let outcome = detector.feed(bytes, at: now, replies: &replies)
      if !replies.isEmpty { incoming.append(.reply(replies)) }
      apply(outcome, into: &incoming)
    } else {
      apply(greeting.feed(bytes, at: now), into: &incoming)
    }
    return incoming
  }

  /// Takes what one read gave.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: Instant) -> [Incoming] {
    Array(bytes).withUnsafeBytes { receive($0, at: now) }
  }

  /// Says what time it is; to be called when ``deadline`` has come.
  public mutating func tick(at now: Instant) -> [Incoming] {
    var incoming: [Incoming] = []
    if isOver || dialect != nil { return incoming }
    if side == .server {
      apply(detector.tick(at: now), into: &incoming)
    } else {
      apply(greeting.tick(at: now), into: &incoming)
    }
    return incoming
  }

  /// The peer closed its direction. The last value is how the stream ended:
  /// ``Incoming/endOfFile`` or what came before it.
  public mutating func endOfFile(at now: Instant) -> [Incoming] {
    var incoming = tick(at: now)
    if isOver { return incoming }
    if dialect == nil {
      if side == .server {
        apply(detector.endOfFile(), into: &incoming)
      } else {
        apply(greeting.endOfFile(), into: &incoming)
      }
    }
    if !isOver { flush(into: &incoming) }
    if !isOver { finish(.endOfFile, into: &incoming) }
    return incoming
  }

  mutating func finish(_ last: Incoming, into incoming: inout [Incoming]) {
    isOver = true
    incoming.append(last)
  }
}
