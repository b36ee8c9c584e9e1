import ChatCore
import ChatWire

/// Whatever comes, and whenever: the dialect is known before what depends
/// on it, there is one end, which is the last, and what comes out keeps the
/// limits. What was received can be sent on in every dialect.
enum Codec {
  static func check(_ bytes: [UInt8]) throws(FuzzFinding) {
    for side in [Party.server, .client] { try check(bytes, side) }
  }

  private static func check(_ bytes: [UInt8], _ side: Party) throws(FuzzFinding) {
    var now = Instant.zero
    var codec = PeerCodec(side: side, phrases: .silent, connectedAt: now)
    var all: [Conversation.Event] = []
    // Each step: how many bytes are read, and how long the pause is after.
    var rest = bytes[...]
    while let control = rest.popFirst() {
      let count = Int(control & 0x3f)
      all += codec.receive(Array(rest.prefix(count)), at: now)
      rest = rest.dropFirst(count)
      switch control >> 6 {
      case 0: break
      case 1: now = now.advanced(by: .milliseconds(150))
      case 2: now = now.advanced(by: .milliseconds(301))
      default: now = now.advanced(by: .milliseconds(2001))
      }
      if let deadline = codec.deadline, now >= deadline { all += codec.tick(at: now) }
      try hold(
        all.isEmpty || codec.dialect != nil || all.last.map(isLast) == true,
        "before the dialect: \(all)")
    }
    all += codec.endOfFile(at: now)
    try checkOrder(all, codec, at: now)
    for value in all { try checkLimits(value, at: now) }
  }

  private static func isLast(_ event: Conversation.Event) -> Bool {
    switch event {
    case .quit, .serverRefused, .failed, .ended: true
    default: false
    }
  }

  private static func checkOrder(
    _ all: [Conversation.Event], _ codec: PeerCodec, at now: Instant
  ) throws(FuzzFinding) {
    try hold(all.count(where: isLast) == 1, "not one end: \(all)")
    try hold(all.last.map(isLast) == true, "the end is not the last: \(all)")
    var after = codec
    try hold(after.receive([0x61, 0, 0x0a], at: now).isEmpty, "something after the end")
  }

  private static func checkLimits(_ value: Conversation.Event, at now: Instant) throws(FuzzFinding)
  {
    switch value {
    case .said(let number, let message):
      try hold((number ?? 1) > 0, "message number \(number ?? 0)")
      try hold((1...Message.maximumLength).contains(message.text.count), "a message's length")
      try hold(message.text.utf8.count <= Message.maximumByteCount, "a message's bytes")
      try checkSentOn(message, at: now)
    case .introduced(let handle, _):
      try hold((1...Handle.maximumLength).contains(handle.text.count), "a handle's length")
      try hold(
        !handle.text.unicodeScalars.contains(where: TextSanitizer.mustEscape),
        "an invisible character in a handle")
    case .acknowledged(let number), .serverQueued(let number):
      try hold(number > 0, "number \(number)")
    default: break
    }
  }

  /// Sends what was received to a chatclient, which must read the same, and
  /// to a person with nc, whose terminal must not be touched.
  private static func checkSentOn(_ message: Message, at now: Instant) throws(FuzzFinding) {
    guard let name = try? Handle("SERVER") else { throw FuzzFinding(what: "no handle") }
    var sender = PeerCodec(side: .server, ownHandle: name, phrases: .silent, connectedAt: now)
    _ = sender.receive(Array("bob\0".utf8), at: now)
    let bytes = sender.encode(.handle(name)) + sender.encode(.say(number: 1, message))
    var reader = PeerCodec(side: .client, phrases: .silent, connectedAt: now)
    let read = reader.receive(bytes, at: now)
    var expected = String.UnicodeScalarView()
    for scalar in message.text.unicodeScalars {
      expected.append(scalar == "\0" ? "\u{fffd}" : scalar)
    }
    guard case .said(1, let arrived)? = read.last else {
      throw FuzzFinding(what: "sent on natively, a message became \(read)")
    }
    try hold(
      Array(arrived.text.utf8) == Array(String(expected).utf8), "sent on natively, a text changed")

    var telnet = PeerCodec(side: .server, ownHandle: name, phrases: .silent, connectedAt: now)
    _ = telnet.receive(Array("bob\r\n".utf8), at: now)
    let line = telnet.encode(.say(number: 1, message))
    let rows = String(decoding: line, as: UTF8.self).unicodeScalars.split(
      separator: "\n", omittingEmptySubsequences: false)
    try hold(rows.last?.isEmpty == true, "a line without its end")
    for (index, row) in rows.dropLast().enumerated() {
      let start = index == 0 ? "SERVER> " : "        "
      try hold(row.starts(with: start.unicodeScalars), "row \(index) is \(String(row))")
      try Sanitizing.holdSafe(String(row))
    }
  }
}
