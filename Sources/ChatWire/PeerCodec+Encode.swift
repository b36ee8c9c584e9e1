import ChatCore

extension PeerCodec {
  /// Appends to `bytes` how the peer is told; nothing, where its dialect has
  /// no way to say it. For the original dialect, what one call appends is one
  /// send.
  ///
  /// Before the dialect is known a server can greet and say goodbye; a client
  /// can say nothing.
  public mutating func encode(_ outgoing: Outgoing, into bytes: inout [UInt8]) {
    switch outgoing {
    case .greeting(let handle):
      precondition(side == .server, "a server greets")
      ownHandle = handle
      NativeCodec.encode(.handle(handle.text), into: &bytes)
      return
    case .handle(let handle):
      precondition(side == .client, "a server says its handle in the greeting")
      precondition(dialect != nil, "the server's dialect is not known yet")
      ownHandle = handle
    default: break
    }
    switch dialect {
    case .native: encodeNative(outgoing, into: &bytes)
    case .line: encodeLine(outgoing, into: &bytes)
    case .original: encodeOriginal(outgoing, into: &bytes)
    case nil: encodeUndecided(outgoing, into: &bytes)
    }
  }

  private func encodeNative(_ outgoing: Outgoing, into bytes: inout [UInt8]) {
    let record: NativeRecord
    switch outgoing {
    case .greeting(let handle), .handle(let handle): record = .handle(handle.text)
    case .handleRefused(let sentence), .deny(let sentence): record = .deny(sentence)
    case .say(let number, _, let message): record = .say(number: number, message)
    case .acknowledge(let number): record = .ack(number)
    case .quit(let reason, _): record = .quit(reason)
    case .mode(let mode): record = .mode(mode)
    case .place(let place, _): record = .wait(place)
    case .floor: record = .floor
    case .ping: record = .ping
    case .pong: record = .pong
    }
    NativeCodec.encode(record, into: &bytes)
  }

  private func encodeLine(_ outgoing: Outgoing, into bytes: inout [UInt8]) {
    switch outgoing {
    case .say(_, let handle, let message):
      let prefix = handle.text + "> "
      let rows = TextSanitizer.escapedLines(escapingCommand(message.text))
      for (index, row) in rows.enumerated() {
        let start = index == 0 ? prefix : String(repeating: " ", count: prefix.count)
        bytes.append(contentsOf: start.utf8)
        bytes.append(contentsOf: row.utf8)
        bytes.append(0x0a)
      }
    case .quit(_, let sentence):
      if side == .client {
        bytes.append(contentsOf: Self.quitCommand)
        bytes.append(0x0a)
      } else if let sentence {
        notice(sentence, into: &bytes)
      }
    case .handleRefused(let sentence), .deny(let sentence): notice(sentence, into: &bytes)
    case .place(_, let sentence): if let sentence { notice(sentence, into: &bytes) }
    case .greeting, .handle, .acknowledge, .mode, .floor, .ping, .pong: break
    }
  }

  private func encodeOriginal(_ outgoing: Outgoing, into bytes: inout [UInt8]) {
    switch outgoing {
    case .handle(let handle): bytes.append(contentsOf: handle.text.utf8)
    case .say(_, _, let message):
      // No escape is known to the original programs: the reader sees two
      // backslashes, and stays.
      let text = message.text == "\\quit" ? "\\\\quit" : message.text
      let row = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\n" ? " " : $0 }))
      bytes.append(contentsOf: TextSanitizer.escapedOnOneLine(row).utf8)
    case .quit: bytes.append(contentsOf: Self.quitCommand)
    case .handleRefused(let sentence), .deny(let sentence):
      bytes.append(contentsOf: TextSanitizer.escapedOnOneLine(sentence).utf8)
    case .greeting, .acknowledge, .mode, .place, .floor, .ping, .pong: break
    }
  }

  /// A person with nc must be able to read it, and chatclient takes a plain
  /// line before the end of the stream for a refusal.
  private func encodeUndecided(_ outgoing: Outgoing, into bytes: inout [UInt8]) {
    if side == .client { return }
    switch outgoing {
    case .quit(_, let sentence?): notice(sentence, into: &bytes)
    case .quit(let reason, nil): NativeCodec.encode(.quit(reason), into: &bytes)
    default: break
    }
  }

  /// Escapes what the other side would take for a command, or for an escape
  /// of one. A person reads a server's lines, so there is nothing to escape.
  private func escapingCommand(_ text: String) -> String {
    side == .client && (text == "\\quit" || text.hasPrefix("\\\\")) ? "\\" + text : text
  }

  private func notice(_ sentence: String, into bytes: inout [UInt8]) {
    bytes.append(contentsOf: TextSanitizer.escapedOnOneLine(sentence).utf8)
    bytes.append(0x0a)
  }
}
