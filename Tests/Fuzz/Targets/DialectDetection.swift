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
    try hold(pieces.repliesAre(in: whole), "other telnet replies in pieces")
    try hold(
      cuts.data.count < DialectDetector.limit || whole.isDecided, "\(cuts.data.count) bytes kept")
    try checkGreeting(cuts)
  }

  private struct Decision {
    var dialect: Dialect?
    var isOversized = false
    var replies: [UInt8] = []

    var isDecided: Bool { dialect != nil || isOversized }

    /// A read that decides is answered as a whole; what came after the
    /// deciding byte is in it or not.
    func repliesAre(in whole: Decision) -> Bool { whole.replies.starts(with: replies) }
  }

  private static func server(_ chunks: [[UInt8]]) -> Decision {
    var detector = DialectDetector()
    var decision = Decision()
    let now = Instant(milliseconds: 0)
    for chunk in chunks {
      let outcome = chunk.withUnsafeBytes {
        detector.feed($0, at: now, replies: &decision.replies)
      }
      switch outcome {
      case .undecided: continue
      case .decided(let dialect, _): decision.dialect = dialect
      case .oversized: decision.isOversized = true
      }
      return decision
    }
    return decision
  }

  private static func checkGreeting(_ cuts: Cuts) throws(FuzzFinding) {
    var detector = GreetingDetector(connectedAt: Instant(milliseconds: 0))
    for chunk in cuts.chunks {
      let outcome = chunk.withUnsafeBytes { detector.feed($0, at: Instant(milliseconds: 0)) }
      switch outcome {
      case .undecided: continue
      case .decided(let dialect, let bytes):
        try hold(dialect == .native && bytes.contains(0), "\(dialect) for a greeting with NUL")
        return
      case .oversized: return
      case .refused, .ended: throw FuzzFinding(what: "the end before the end of file")
      }
    }
    if case .undecided = detector.endOfFile() {
      throw FuzzFinding(what: "the end of file decided nothing")
    }
  }
}
