import ChatCore

/// A message a line: a person with nc, telnet or socat, and what a client
/// takes a server for that says nothing. See `docs/protocol.md`.
struct LineDialect: PeerDialect {
  private var text: PlainText
  private var telnet: TelnetFilter
  private var lines = LineFramer(maximumLineLength: maximumLineLength)
  /// Client only: how far the server has shown what it is.
  private var server: Server?
  /// Client only: when what came without an end is complete.
  private(set) var deadline: Instant?
  private var mode = Mode.turns
  private var hasGivenFloor = false

  private enum Server {
    /// It has said nothing that is complete; these bytes.
    case silent([UInt8], isSpokenTo: Bool)
    /// It ends its lines.
    case talking
    /// A chatserve that greeted when lines had been sent: without its name
    /// before it, a line is a notice.
    case greeted
  }

  /// A line may hold a handle and a message, and a little more; what a record
  /// may have.
  private static let maximumLineLength = RecordFramer.maximumRecordLength

  /// What follows may be the rest of a command that `telnet` has begun to read.
  init(_ sides: Sides, telnet: TelnetFilter = TelnetFilter()) {
    text = PlainText(.line, sides)
    self.telnet = telnet
    if sides.side == .client { server = .silent([], isSpokenTo: false) }
  }

  var dialect: Dialect? { .line }

  mutating func receive(_ bytes: [UInt8], at now: Instant, _ decoded: inout Decoded) {
    var filtered: [UInt8] = []
    telnet.filter(bytes, into: &filtered, replies: &decoded.replies)
    if case .silent(let former, let isSpokenTo) = server {
      open(former + filtered, isSpokenTo, at: now, &decoded)
    } else {
      receive(filtered: filtered, &decoded)
    }
    if server != nil, decoded.successor == nil { awaitQuiet(after: now) }
  }

  /// Takes what is free of telnet commands.
  mutating func receive(filtered bytes: [UInt8], _ decoded: inout Decoded) {
    take(lines.feed(bytes), &decoded)
  }

  /// A server that sends no line ends is not waited for.
  private mutating func awaitQuiet(after now: Instant) {
    var isUnfinished = !lines.partial.isEmpty
    if case .silent(let bytes, _) = server { isUnfinished = !bytes.isEmpty }
    deadline = isUnfinished ? now.advanced(by: OriginalDialect.quiet) : nil
  }

  mutating func tick(at now: Instant, _ decoded: inout Decoded) {
    guard let deadline, now >= deadline else { return }
    self.deadline = nil
    if case .silent(let bytes, _) = server {
      becomeOriginal(bytes, at: now, &decoded)
    } else {
      take(lines.endOfFile(), &decoded)
    }
  }

  mutating func endOfFile(isTruncated: Bool, _ decoded: inout Decoded) {
    deadline = nil
    if case .silent(let bytes, _) = server, !bytes.isEmpty {
      server = .talking
      receive(filtered: bytes, &decoded)
    }
    take(lines.endOfFile(), &decoded)
  }

  private mutating func take(_ lines: [LineFramer.Line], _ decoded: inout Decoded) {
    for line in lines where !decoded.isOver {
      switch line {
      case .tooLong where text.sides.expectsHandle:
        decoded.append(.misnamed(.tooManyBytes(Self.maximumLineLength + 1)))
      case .tooLong: decoded.append(.saidInvalid(number: nil, .tooLong))
      case .complete(let bytes): take(line: bytes, &decoded)
      }
    }
  }

  private mutating func take(line: ArraySlice<UInt8>, _ decoded: inout Decoded) {
    guard case .greeted = server, !text.hasName(line) else {
      text.take(line, &decoded)
      return
    }
    let notice = PlainText.sentence(line)
    if !notice.isEmpty { decoded.append(.serverNoticed(notice)) }
  }

  mutating func encode(_ outgoing: Conversation.Outgoing) -> [UInt8] {
    let phrases = text.sides.phrases
    switch outgoing {
    case .handle(let handle):
      text.sides.ownHandle = handle
      return []
    case .say(_, let message):
      if case .silent(let bytes, _) = server { server = .silent(bytes, isSpokenTo: true) }
      return said(message)
    case .quit(let reason):
      return text.sides.side == .client
        ? PlainText.quitCommand + [0x0a] : Self.notice(phrases.goodbye(reason))
    case .rejectHandle(let error): return Self.notice(phrases.refusedHandle(error))
    case .deny(let refusal): return Self.notice(phrases.refusal(refusal))
    case .place(let place): return Self.notice(phrases.place(place))
    case .mode(let mode):
      defer { self.mode = mode }
      return hasGivenFloor && mode != self.mode ? Self.notice(phrases.freed) : []
    case .floor:
      hasGivenFloor = true
      return Self.notice(phrases.floor(mode))
    case .warnOfSilence(let limit, let left): return Self.notice(phrases.silence(limit, left))
    case .attended(let isAttended): return Self.notice(phrases.attended(isAttended))
    case .hold: return Self.notice(phrases.held)
    // What follows is for programs.
    default: return []
    }
  }

  /// Rows below the first are indented, so that no message can hold another's
  /// line; what is not safe on a terminal is visible, since nc shows all.
  private func said(_ message: Message) -> [UInt8] {
    guard let handle = text.sides.ownHandle else {
      preconditionFailure("a side speaks under its handle")
    }
    let prefix = handle.text + "> "
    let indent = String(repeating: " ", count: prefix.count)
    let rows = TextSanitizer.escapedLines(escapingCommand(message.text))
    return Array((prefix + rows.joined(separator: "\n" + indent) + "\n").utf8)
  }

  /// Escapes what the other side would take for a command, or for an escape
  /// of one. A person reads a server's lines, so there is nothing to escape.
  private func escapingCommand(_ text: String) -> String {
    self.text.sides.side == .client && (text == "\\quit" || text.hasPrefix("\\\\"))
      ? "\\" + text : text
  }

  private static func notice(_ sentence: String) -> [UInt8] {
    Array((TextSanitizer.escapedOnOneLine(sentence) + "\n").utf8)
  }
}

/// A silent server's first words: what a client has taken it for may be wrong.
extension LineDialect {
  /// `bytes` is all that came so far.
  private mutating func open(
    _ bytes: [UInt8], _ isSpokenTo: Bool, at now: Instant, _ decoded: inout Decoded
  ) {
    let end = bytes.firstIndex { $0 == 0x0a || $0 == 0 }
    if let end, bytes[end] == 0x0a {
      server = .talking
      if UndecidedServer.isForeign(bytes[..<end]) {
        decoded.append(.serverNoticed(PlainText.sentence(bytes[..<end])))
        decoded.finish(.failed(.noChat))
      } else {
        receive(filtered: bytes, &decoded)
      }
    } else if end != nil, !isSpokenTo {
      decoded.successor = UndecidedServer.greeted(awaitingHandle(), bytes, at: now, &decoded)
    } else if let end, let rest = bytes[end...].firstIndex(where: { $0 != 0 }),
      let name = String(validating: bytes[..<end], as: UTF8.self), let handle = try? Handle(name)
    {
      server = .greeted
      text.sides.accept(handle, .line, &decoded)
      receive(filtered: Array(bytes[rest...]), &decoded)
    } else if bytes.count >= RecordFramer.maximumRecordLength {
      decoded.finish(.failed(.oversizedOpening))
    } else {
      server = .silent(bytes, isSpokenTo: isSpokenTo)
    }
  }

  /// It ends nothing: an original, which was late with its greeting or waited
  /// to be spoken to.
  private mutating func becomeOriginal(
    _ bytes: [UInt8], at now: Instant, _ decoded: inout Decoded
  ) {
    guard case .silent(_, isSpokenTo: true) = server else {
      decoded.successor = UndecidedServer.original(awaitingHandle(), bytes, at: now, &decoded)
      return
    }
    decoded.append(.introduced(text.sides.peerHandle ?? .unnamedServer, .original))
    var original = OriginalDialect(text.sides)
    original.receive(bytes, at: now, &decoded)
    // It has been quiet.
    original.tick(at: now.advanced(by: OriginalDialect.quiet), &decoded)
    decoded.successor = original
  }

  private func awaitingHandle() -> Sides {
    var sides = text.sides
    sides.expectsHandle = true
    return sides
  }
}
