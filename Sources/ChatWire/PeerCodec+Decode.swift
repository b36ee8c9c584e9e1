import ChatCore

extension PeerCodec {
  mutating func decode(
    _ bytes: UnsafeRawBufferPointer, as dialect: Dialect, into incoming: inout [Incoming]
  ) {
    if bytes.isEmpty { return }
    switch dialect {
    case .native: decodeRecords(bytes, into: &incoming)
    case .line:
      var text: [UInt8] = []
      var replies: [UInt8] = []
      telnet.filter(bytes, into: &text, replies: &replies)
      if !replies.isEmpty { incoming.append(.reply(replies)) }
      decodeLines(text, into: &incoming)
    case .original: decodeChunk(Array(bytes)[...], into: &incoming)
    }
  }

  /// What the end of the stream leaves of the last record or line.
  mutating func flush(into incoming: inout [Incoming]) {
    switch dialect {
    case .line: take(lines.endOfFile(), into: &incoming)
    case .native where side == .client && records.partial.last == 0x0a:
      // A server that had to close before it knew whom it greeted said so in
      // a plain line.
      finish(.refused(Trimming.sentence(records.partial)), into: &incoming)
    default: break
    }
  }

  mutating func decodeLines(_ text: [UInt8], into incoming: inout [Incoming]) {
    take(lines.feed(text), into: &incoming)
  }

  private mutating func take(_ lines: [LineFramer.Line], into incoming: inout [Incoming]) {
    for line in lines where !isOver {
      switch line {
      case .tooLong where expectsHandle:
        incoming.append(.invalidHandle("", .tooManyBytes(Self.maximumLineLength + 1)))
      case .tooLong: incoming.append(.invalid(.tooLong, number: nil))
      case .complete(let bytes): takeText(bytes, into: &incoming)
      }
    }
  }

  /// One read of the original dialect. A scalar that two reads split is
  /// repaired on both sides: kept back, it would hold up the end of a message
  /// in another encoding.
  private mutating func decodeChunk(_ chunk: ArraySlice<UInt8>, into incoming: inout [Incoming]) {
    if chunk.count > RecordFramer.maximumRecordLength {
      finish(.malformed(.oversized(limit: RecordFramer.maximumRecordLength)), into: &incoming)
      return
    }
    var chunk = chunk
    // Programs that read a line often send its end too.
    if chunk.last == 0x0a { chunk.removeLast() }
    if chunk.last == 0x0d { chunk.removeLast() }
    takeText(chunk, into: &incoming)
  }
}
