import ChatCore

/// A client that has not shown yet which dialect it speaks: what a server
/// knows of it at first.
///
/// The first NUL or LF decides: a NUL behind a handle, or behind another of a
/// native client's first records, is native; behind anything else it is the end
/// of an original program's C string. LF or telnet's CR NUL is line. Text with
/// none, and then quiet, is original. Telnet commands are no text; a peer that
/// sent one is no original program.
struct UndecidedClient: PeerDialect {
  /// Bytes kept without a decision; what a record may have.
  private static let limit = RecordFramer.maximumRecordLength
  /// For the rest of what may be a claim, cut on its way: no person writes the beginning of
  /// one, and nothing of it may be taken for words.
  private static let restOfClaim = Duration.seconds(10)

  private let sides: Sides
  private(set) var deadline: Instant?
  private var telnet = TelnetFilter()
  /// What was received, and where each read of it ended.
  private var bytes: [UInt8] = []
  private var readEnds: [Int] = []
  /// The same without telnet commands.
  private var text: [UInt8] = []

  init(_ sides: Sides) {
    self.sides = sides
  }

  var dialect: Dialect? { nil }

  mutating func receive(_ new: [UInt8], at now: Instant, _ decoded: inout Decoded) {
    let known = text.count
    bytes += new
    readEnds.append(bytes.count)
    telnet.filter(new, into: &text, replies: &decoded.replies)
    if known == 0 { dropEmptyStrings() }
    if let end = text[known...].firstIndex(where: { $0 == 0x0a || $0 == 0 }) {
      let isTelnetLineEnd = text[end] == 0 && end > 0 && text[end - 1] == 0x0d
      if text[end] == 0x0a || isTelnetLineEnd {
        decoded.successor = line(&decoded)
      } else if NativeDialect.opens(bytes) {
        var native = NativeDialect(sides)
        native.receive(bytes, at: now, &decoded)
        // What followed its handle may have been an original's.
        decoded.successor = decoded.successor ?? native
      } else {
        var original = OriginalDialect(sides)
        original.receive(bytes, at: now, &decoded)
        decoded.successor = original
      }
    } else if bytes.count >= Self.limit {
      decoded.finish(.failed(.oversizedOpening))
    } else if telnet.sawCommand {
      deadline = nil
    } else if text.count > known {
      let mayBeClaim = NativeDialect.secret(in: text) != .absent
      deadline = now.advanced(by: mayBeClaim ? Self.restOfClaim : OriginalDialect.quiet)
    }
  }

  /// C strings without a character, which say nothing yet, wherever a read cuts
  /// them from what follows.
  private mutating func dropEmptyStrings() {
    text = Array(text.drop { $0 == 0 })
    let count = bytes.prefix { $0 == 0 }.count
    bytes.removeFirst(count)
    readEnds = readEnds.map { $0 - count }.filter { $0 > 0 }
  }

  mutating func tick(at now: Instant, _ decoded: inout Decoded) {
    guard let deadline, now >= deadline else { return }
    // Of the rest of it nothing came.
    if NativeDialect.secret(in: text) == .found {
      return decoded.finish(.failed(.misplacedToken))
    }
    var original = OriginalDialect(sides)
    var start = 0
    for end in readEnds where !decoded.isOver {
      original.receive(Array(bytes[start..<end]), at: deadline, &decoded)
      start = end
    }
    // It has been quiet since.
    if !decoded.isOver {
      original.tick(at: deadline.advanced(by: OriginalDialect.quiet), &decoded)
    }
    decoded.successor = original
  }

  mutating func endOfFile(isTruncated: Bool, _ decoded: inout Decoded) {
    if text.isEmpty { return }
    // What was said is a line without its end.
    var line = line(&decoded)
    if !decoded.isOver { line.endOfFile(isTruncated: isTruncated, &decoded) }
    decoded.successor = line
  }

  /// The line dialect, with what was received.
  private func line(_ decoded: inout Decoded) -> LineDialect {
    // The last telnet command may be unfinished.
    var line = LineDialect(sides, telnet: telnet)
    line.receive(filtered: text, &decoded)
    return line
  }

  mutating func encode(_ outgoing: Conversation.Outgoing) -> [UInt8] {
    switch outgoing {
    case .greeting:
      guard let handle = sides.ownHandle else {
        preconditionFailure("a server greets with its handle")
      }
      return NativeDialect.record(handle.text)
    // One that has not answered may be a chatclient whose user is still at the
    // question for a name: it knows the bare record.
    case .quit(let reason): return NativeDialect.goodbye(reason)
    default: return []
    }
  }
}

/// A server that has not shown yet which dialect it speaks: what a client
/// knows of it at first.
struct UndecidedServer: PeerDialect {
  /// From the first byte to a native greeting's NUL: it is sent in one piece
  /// with it.
  private static let patience = Duration.milliseconds(300)
  /// From the connection on, after which a silent server is taken to wait for
  /// a line; room for a slow network's first round trips.
  private static let silence = Duration.seconds(2)
  /// Bytes kept without a decision; what a record may have.
  private static let limit = RecordFramer.maximumRecordLength
  /// How the greetings of servers begin that speak first and are no chat: SSH
  /// (RFC 4253), FTP and SMTP (220), IMAP, POP, IRC, VNC; and what HTTP answers.
  private static let foreignGreetings = [
    "SSH-", "220 ", "220-", "* OK", "+OK", ":", "RFB ", "HTTP/",
  ]

  private let sides: Sides
  private var decidesAt: Instant
  private var bytes: [UInt8] = []

  init(_ sides: Sides, connectedAt now: Instant) {
    self.sides = sides
    decidesAt = now.advanced(by: Self.silence)
  }

  var dialect: Dialect? { nil }
  var deadline: Instant? { decidesAt }

  mutating func open(at now: Instant) {
    if bytes.isEmpty { decidesAt = now.advanced(by: Self.silence) }
  }

  mutating func receive(_ new: [UInt8], at now: Instant, _ decoded: inout Decoded) {
    if bytes.isEmpty { decidesAt = now.advanced(by: Self.patience) }
    bytes += new
    if new.contains(0) {
      decoded.successor = Self.greeted(sides, bytes, at: now, &decoded)
    } else if bytes.count >= Self.limit {
      decoded.finish(.failed(.oversizedOpening))
    }
  }

  mutating func tick(at now: Instant, _ decoded: inout Decoded) {
    if now < decidesAt { return }
    if bytes.isEmpty {
      // Nobody introduces itself in lines; messages carry the name, and talk
      // must begin all the same.
      var sides = sides
      sides.expectsHandle = false
      decoded.append(.introduced(.unnamedServer, .line))
      decoded.successor = LineDialect(sides)
    } else {
      decoded.successor = Self.original(sides, bytes, at: now, &decoded)
    }
  }

  mutating func endOfFile(isTruncated: Bool, _ decoded: inout Decoded) {
    if bytes.last == 0x0a {
      decoded.finish(.serverRefused(PlainText.sentence(bytes)))
    } else if !bytes.isEmpty {
      var original = Self.original(sides, bytes, at: decidesAt, &decoded)
      if !decoded.isOver { original.endOfFile(isTruncated: isTruncated, &decoded) }
      decoded.successor = original
    }
  }

  /// What a greeting with a NUL is: native, where a handle is before it and
  /// not the padding of a buffer behind it.
  static func greeted(
    _ sides: Sides, _ bytes: [UInt8], at now: Instant, _ decoded: inout Decoded
  ) -> any PeerDialect {
    guard NativeDialect.opens(bytes) else { return original(sides, bytes, at: now, &decoded) }
    var native = NativeDialect(sides)
    native.receive(bytes, at: now, &decoded)
    return decoded.successor ?? native
  }

  /// A greeting without framing.
  static func original(
    _ sides: Sides, _ bytes: [UInt8], at now: Instant, _ decoded: inout Decoded
  ) -> OriginalDialect {
    var original = OriginalDialect(sides)
    if isForeign(bytes[...]) {
      decoded.append(.serverNoticed(PlainText.sentence(bytes)))
      decoded.finish(.failed(.noChat))
    } else {
      original.receive(bytes, at: now, &decoded)
    }
    return original
  }

  /// Whether a greeting is another protocol's.
  static func isForeign(_ bytes: ArraySlice<UInt8>) -> Bool {
    let greeting = PlainText.sentence(bytes)
    return (try? Handle(greeting)) == nil && foreignGreetings.contains { greeting.hasPrefix($0) }
  }

  mutating func encode(_ outgoing: Conversation.Outgoing) -> [UInt8] {
    if case .handle = outgoing {
      preconditionFailure("a client answers a greeting, and there was none")
    }
    return []
  }
}
