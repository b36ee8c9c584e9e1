import ChatCore
import ChatWire

/// The dialect is the same wherever the reads were cut, as long as no pause
/// lies between them, and is known before too much was kept.
enum DialectDetection {
  static func check(_ bytes: [UInt8]) throws(FuzzFinding) {
    let cuts = Cuts(bytes)
    let whole = server([cuts.data])
    let pieces = server(cuts.chunks)
    try hold(whole.dialect == pieces.dialect, "\(whole) whole, \(pieces) in pieces")
    // A read that decides is answered as a whole; what came after the deciding
    // byte is in it or not.
    try hold(whole.replies.starts(with: pieces.replies), "other telnet replies in pieces")
    try hold(
      cuts.data.count < RecordFramer.maximumRecordLength || whole.dialect != nil || whole.hasEnded,
      "\(cuts.data.count) bytes kept")
    try checkGreeting(cuts)
  }

  private struct Decision {
    var dialect: Dialect?
    var hasEnded = false
    var replies: [UInt8] = []
  }

  private static func server(_ chunks: [[UInt8]]) -> Decision {
    var codec = PeerCodec(side: .server, phrases: .silent, connectedAt: .zero)
    var decision = Decision()
    for chunk in chunks {
      let events = codec.receive(chunk, at: .zero)
      decision.replies += codec.takeReplies()
      decision.dialect = codec.dialect
      decision.hasEnded = codec.dialect == nil && !events.isEmpty
      // What follows a handle may show that it was an original's.
      if decision.hasEnded { break }
    }
    return decision
  }

  private static func checkGreeting(_ cuts: Cuts) throws(FuzzFinding) {
    var codec = PeerCodec(side: .client, phrases: .silent, connectedAt: .zero)
    var read: [UInt8] = []
    for chunk in cuts.chunks {
      read += chunk
      let events = codec.receive(chunk, at: .zero)
      if let dialect = codec.dialect {
        try hold(read.contains(0), "\(dialect) for a greeting without NUL and no time passed")
        try hold(dialect != .line, "\(dialect) for a greeting with NUL")
        let name = String(decoding: read.prefix { $0 != 0 }, as: UTF8.self)
        let opens =
          (try? Handle(name)) != nil || name.hasPrefix("quit ") || name.hasPrefix("resume ")
        try hold(dialect != .native || opens, "\(dialect) for what opens no native stream")
        return
      }
      if case .failed(.malformed)? = events.last { return }
      try hold(events.isEmpty, "\(events) before the dialect and the end of file")
    }
    try hold(!codec.endOfFile(at: .zero).isEmpty, "the end of file decided nothing")
  }
}

extension PeerPhrases {
  /// For peers to whom nothing is said.
  static let silent = PeerPhrases(
    refusedHandle: { _ in "" }, refusal: { _ in "" }, place: { _ in "" }, floor: { _ in "" },
    held: "", goodbye: { _ in "" })
}

extension Instant {
  static let zero = Instant(milliseconds: 0)
}
