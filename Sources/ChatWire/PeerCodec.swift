import ChatCore

/// Everything that one side knows of how its peer writes: bytes in, events of
/// the conversation out, and back. Finds the dialect out by itself.
///
/// It keeps at most one unfinished record or line, reads no clock (times are
/// handed in) and touches no descriptor. After a goodbye, a refusal, an end or
/// a failure it gives no more events.
package struct PeerCodec: Sendable {
  private var current: any PeerDialect
  private var isOver = false
  private var replies: [UInt8] = []
  private let sides: Sides
  private var budget = AnswerBudget()
  /// A server's look at how its client begins, until it is no web request.
  private var request: RequestLine?
  /// What was received since it looks like one: read by read.
  private var held: [[UInt8]] = []

  /// - Parameters:
  ///   - side: The part that this side plays.
  ///   - ownHandle: This side's handle; a client's may come later, with
  ///     ``ChatCore/Conversation/Outgoing/handle(_:)``.
  ///   - phrases: Sentences for peers that read no records.
  ///   - now: When the connection was made.
  package init(
    side: Party, ownHandle: Handle? = nil, phrases: PeerPhrases, connectedAt now: Instant
  ) {
    let sides = Sides(side: side, phrases: phrases, ownHandle: ownHandle)
    self.sides = sides
    current =
      side == .server ? UndecidedClient(sides) : UndecidedServer(sides, connectedAt: now)
    if side == .server { request = RequestLine() }
  }

  /// The peer's dialect, once it is known.
  package var dialect: Dialect? { current.dialect }

  /// When ``tick(at:)`` has something to say, if nothing is received before.
  package var deadline: Instant? { isOver || !held.isEmpty ? nil : current.deadline }

  /// The peer can be heard from now on, and not before: its silence is counted from
  /// here. For a connection that begins with a handshake.
  package mutating func open(at now: Instant) { current.open(at: now) }

  /// Both ends have agreed on the native dialect before either said anything: nothing
  /// is found out by what comes or does not come, and what is not native is a fault.
  package mutating func agreeOnNative(at now: Instant) {
    if current.dialect == nil { current = NativeDialect(sides, agreedAt: now) }
  }

  /// Takes what one read gave: reads are what the original dialect has for
  /// messages, so they must not be joined.
  package mutating func receive(_ bytes: [UInt8], at now: Instant) -> [Conversation.Event] {
    var decoded = Decoded()
    budget.received += bytes.count
    // What was due before these bytes came is decided without them.
    if held.isEmpty { decode(&decoded) { $0.tick(at: now, &$1) } }
    for read in screened(bytes, &decoded) where !read.isEmpty {
      decode(&decoded) { $0.receive(read, at: now, &$1) }
    }
    return finish(decoded)
  }

  /// Takes the time; to be called when ``deadline`` has come.
  package mutating func tick(at now: Instant) -> [Conversation.Event] {
    if !held.isEmpty { return [] }
    var decoded = Decoded()
    decode(&decoded) { $0.tick(at: now, &$1) }
    return finish(decoded)
  }

  /// The peer closed its direction. The last event is how the conversation
  /// ended: `ended`, or what came before it. `isTruncated`: the stream stopped
  /// without the end that its transport has for it; see `Transport` in
  /// ChatLink.
  package mutating func endOfFile(
    at now: Instant, isTruncated: Bool = false
  ) -> [Conversation.Event] {
    var decoded = Decoded()
    if held.isEmpty {
      decode(&decoded) { $0.tick(at: now, &$1) }
    } else {
      request?.endOfFile()
      for read in screened([], &decoded) where !read.isEmpty {
        decode(&decoded) { $0.receive(read, at: now, &$1) }
      }
    }
    decode(&decoded) { $0.endOfFile(isTruncated: isTruncated, &$1) }
    if !isOver, !decoded.isOver { decoded.finish(.ended) }
    return finish(decoded)
  }

  /// The bytes that say it to the peer; none, where its dialect has no way to say it.
  /// For the original dialect, what one call returns is one send.
  ///
  /// Before the dialect is known a server can greet and say goodbye; a client
  /// can say nothing.
  package mutating func encode(_ outgoing: Conversation.Outgoing) -> [UInt8] {
    switch outgoing {
    case .deny, .rejectHandle, .hold:
      // A server's words are taken as they are: two programs that answer each
      // other's errors would never end.
      if sides.side == .client { return [] }
      return answer(outgoing)
    default: return current.encode(outgoing)
    }
  }

  /// The bytes of an answer to what the peer did wrong, as far as what it sent
  /// is worth them.
  private mutating func answer(_ outgoing: Conversation.Outgoing) -> [UInt8] {
    let answer = current.encode(outgoing)
    if answer.isEmpty { return [] }
    let count = budget.unanswered
    if count > 0 {
      let counted = current.encode(.deny(.unanswered(count)))
      if budget.take(counted.count + answer.count) { return counted + answer }
    } else if budget.take(answer.count) {
      return answer
    }
    budget.unanswered += 1
    return []
  }

  /// What is to be sent as it is for what was received so far: refusals of
  /// telnet options. Each byte is given once.
  package mutating func takeReplies() -> [UInt8] {
    defer { replies = [] }
    return replies
  }

  /// The reads that the dialect is to have now. Those that may be the beginning of a web
  /// request are kept until they are not; one that is ends everything, in any
  /// dialect.
  private mutating func screened(_ bytes: [UInt8], _ decoded: inout Decoded) -> [[UInt8]] {
    if isOver || decoded.isOver { return [] }
    guard request != nil else { return [bytes] }
    request?.receive(bytes)
    let reads = held + [bytes]
    held = []
    switch request?.finding {
    case .found:
      decoded.finish(.failed(.webRequest))
      return []
    case .likely:
      if reads.reduce(0, { $0 + $1.count }) > RecordFramer.maximumRecordLength {
        decoded.finish(.failed(.oversizedOpening))
      } else {
        held = reads
      }
      return []
    case .absent, nil:
      request = nil
      return reads
    case .possible: return reads
    }
  }

  private mutating func decode(
    _ decoded: inout Decoded, _ body: (inout any PeerDialect, inout Decoded) -> Void
  ) {
    if isOver || decoded.isOver { return }
    body(&current, &decoded)
    if let successor = decoded.successor { current = successor }
    decoded.successor = nil
  }

  private mutating func finish(_ decoded: Decoded) -> [Conversation.Event] {
    isOver = isOver || decoded.isOver
    replies += decoded.replies
    return decoded.events
  }
}

/// How much a peer is answered for what it does wrong: some sentences, and more
/// only as it sends more, so that no peer makes this side send much by sending
/// little.
private struct AnswerBudget: Sendable {
  /// Bytes of answers that are free: some fifty sentences.
  private static let free = 4 * 1024
  /// Bytes of answers for each byte received.
  private static let ratio = 10

  var received = 0
  /// Answers that were left out since the last one that was sent.
  var unanswered = 0
  private var spent = 0

  /// Whether there is room for `count` bytes more, which are then spent.
  mutating func take(_ count: Int) -> Bool {
    let (earned, isEnough) = received.multipliedReportingOverflow(by: Self.ratio)
    guard isEnough || spent + count < earned + Self.free else { return false }
    spent += count
    unanswered = 0
    return true
  }
}
