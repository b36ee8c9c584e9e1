import ChatCore

/// A message a line: a person with nc, telnet or socat. See
/// `docs/protocol.md`.
struct LineDialect: PeerDialect {
  private var text: PlainText
  private var telnet: TelnetFilter
  private var lines = LineFramer(maximumLineLength: maximumLineLength)

  /// A line may hold a handle and a message, and a little more; what a record
  /// may have.
  private static let maximumLineLength = RecordFramer.maximumRecordLength

  /// What follows may be the rest of a command that `telnet` has begun to read.
  init(_ sides: Sides, telnet: TelnetFilter = TelnetFilter()) {
    text = PlainText(.line, sides)
    self.telnet = telnet
  }

  var dialect: Dialect? { .line }

  mutating func receive(_ bytes: [UInt8], at now: Instant, _ decoded: inout Decoded) {
    var filtered: [UInt8] = []
    telnet.filter(bytes, into: &filtered, replies: &decoded.replies)
    receive(filtered: filtered, &decoded)
  }

  /// Takes what is free of telnet commands.
  mutating func receive(filtered bytes: [UInt8], _ decoded: inout Decoded) {
    take(lines.feed(bytes), &decoded)
  }

  mutating func endOfFile(isTruncated: Bool, _ decoded: inout Decoded) {
    take(lines.endOfFile(), &decoded)
  }

  private mutating func take(_ lines: [LineFramer.Line], _ decoded: inout Decoded) {
    for line in lines where !decoded.isOver {
      switch line {
      case .tooLong where text.sides.expectsHandle:
        decoded.append(.misnamed(.tooManyBytes(Self.maximumLineLength + 1)))
      case .tooLong: decoded.append(.saidInvalid(number: nil, .tooLong))
      case .complete(let bytes): text.take(bytes, &decoded)
      }
    }
  }

  mutating func encode(_ outgoing: Conversation.Outgoing) -> [UInt8] {
    let phrases = text.sides.phrases
    switch outgoing {
    case .handle(let handle):
      text.sides.ownHandle = handle
      return []
    case .say(_, let message): return said(message)
    case .quit(let reason):
      return text.sides.side == .client
        ? PlainText.quitCommand + [0x0a] : Self.notice(phrases.goodbye(reason))
    case .rejectHandle(let error): return Self.notice(phrases.refusedHandle(error))
    case .deny(let refusal): return Self.notice(phrases.refusal(refusal))
    case .place(let place): return Self.notice(phrases.place(place))
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
