import ChatCore

/// One send is one message, without any framing: the original programs. See
/// `docs/protocol.md`.
struct OriginalDialect: PeerDialect {
  private var text: PlainText

  init(_ sides: Sides) {
    text = PlainText(.original, sides)
  }

  var dialect: Dialect? { .original }

  /// One read. A scalar that two reads split is repaired on both sides: kept
  /// back, it would hold up the end of a message in another encoding.
  mutating func receive(_ bytes: [UInt8], at now: Instant, _ decoded: inout Decoded) {
    if bytes.count > RecordFramer.maximumRecordLength {
      decoded.finish(.failed(.oversized))
      return
    }
    var chunk = bytes[...]
    // Programs that read a line often send its end too.
    if chunk.last == 0x0a { chunk.removeLast() }
    if chunk.last == 0x0d { chunk.removeLast() }
    text.take(chunk, &decoded)
  }

  mutating func endOfFile(isTruncated: Bool, _ decoded: inout Decoded) {}

  mutating func encode(_ outgoing: Conversation.Outgoing) -> [UInt8] {
    let phrases = text.sides.phrases
    switch outgoing {
    case .handle(let handle): return Array(handle.text.utf8)
    case .say(_, let message):
      // No escape is known to the original programs: the reader sees two
      // backslashes, and stays.
      let text = message.text == "\\quit" ? "\\\\quit" : message.text
      let row = text.unicodeScalars.map { $0 == "\n" ? " " : $0 }
      return Self.oneLine(String(String.UnicodeScalarView(row)))
    case .quit: return PlainText.quitCommand
    case .rejectHandle(let error): return Self.oneLine(phrases.refusedHandle(error))
    case .deny(let refusal): return Self.oneLine(phrases.refusal(refusal))
    // The peer would take any other notice for a message.
    default: return []
    }
  }

  private static func oneLine(_ text: String) -> [UInt8] {
    Array(TextSanitizer.escapedOnOneLine(text).utf8)
  }
}
