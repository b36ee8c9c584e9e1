import ChatCore

/// Text without any framing: the original programs, and what others made of
/// their assignment. See `docs/protocol.md`.
struct OriginalDialect: PeerDialect {
  /// Without a byte for so long, what came is complete: longer than the pieces
  /// of one message are apart, shorter than a person notices.
  static let quiet = Duration.milliseconds(300)

  private var text: PlainText
  /// What came of a message that has neither an end of its own nor been
  /// followed by quiet.
  private var pending: [UInt8] = []
  private(set) var deadline: Instant?
  /// Client only: the greeting was no name, and nothing has been said since
  /// that was answered. It may be no chat server at all.
  private var stranger: Stranger?

  private enum Stranger {
    case greeted, spokenTo
  }

  init(_ sides: Sides) {
    text = PlainText(.original, sides)
  }

  var dialect: Dialect? { .original }

  mutating func receive(_ bytes: [UInt8], at now: Instant, _ decoded: inout Decoded) {
    var bytes = bytes
    if text.sides.expectsHandle {
      bytes = takeIntroduction(bytes, &decoded)
      if decoded.isOver || bytes.isEmpty { return }
    }
    // The command to leave is a message of its own, however soon it comes.
    if PlainText.isQuit(bytes[...]) { flush(&decoded) }
    pending += bytes
    if pending.count > RecordFramer.maximumRecordLength {
      decoded.finish(.failed(.oversizedMessage))
    } else if let last = pending.last, last == 0 || last == 0x0a || PlainText.isQuit(pending[...]) {
      flush(&decoded)
    } else {
      deadline = now.advanced(by: Self.quiet)
    }
  }

  mutating func tick(at now: Instant, _ decoded: inout Decoded) {
    if let deadline, now >= deadline { flush(&decoded) }
  }

  mutating func endOfFile(isTruncated: Bool, _ decoded: inout Decoded) {
    flush(&decoded)
    if stranger != nil, !decoded.isOver { decoded.finish(.failed(.noChat)) }
  }

  /// Takes the first text of `bytes` for who is there and returns what follows
  /// its NULs. Nothing but NULs is nobody yet.
  private mutating func takeIntroduction(
    _ bytes: [UInt8], _ decoded: inout Decoded
  ) -> [UInt8] {
    if bytes.count > RecordFramer.maximumRecordLength {
      decoded.finish(.failed(.oversizedMessage))
      return []
    }
    let start = bytes.firstIndex { $0 != 0 } ?? bytes.endIndex
    if start == bytes.endIndex { return [] }
    let end = bytes[start...].firstIndex(of: 0) ?? bytes.endIndex
    text.take(bytes[start..<end], &decoded)
    if text.sides.side == .client, text.sides.peerHandle == nil { stranger = .greeted }
    return Array(bytes[end...].drop { $0 == 0 })
  }

  /// What is pending is complete. Between NULs are messages of their own: ends
  /// of C strings that TCP joined.
  private mutating func flush(_ decoded: inout Decoded) {
    let complete = pending
    pending = []
    deadline = nil
    for message in complete.split(separator: 0) where !decoded.isOver {
      take(message, &decoded)
    }
  }

  private mutating func take(_ bytes: ArraySlice<UInt8>, _ decoded: inout Decoded) {
    if stranger == .greeted, !PlainText.isQuit(bytes) {
      decoded.append(.serverNoticed(PlainText.sentence(bytes)))
      return
    }
    stranger = nil
    var message = bytes
    // Programs that read a line often send its end too.
    if message.last == 0x0a { message.removeLast() }
    if message.last == 0x0d { message.removeLast() }
    text.take(message, &decoded)
  }

  mutating func encode(_ outgoing: Conversation.Outgoing) -> [UInt8] {
    let phrases = text.sides.phrases
    switch outgoing {
    case .handle(let handle):
      text.sides.ownHandle = handle
      return Array(handle.text.utf8)
    case .say(_, let message):
      if stranger == .greeted { stranger = .spokenTo }
      return Array(message.originalText.utf8)
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
