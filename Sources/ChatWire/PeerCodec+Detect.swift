import ChatCore

extension PeerCodec {
  mutating func apply(_ outcome: DialectDetector.Outcome, into incoming: inout [Incoming]) {
    switch outcome {
    case .undecided: break
    case .oversized: finish(.malformed(.oversized(limit: DialectDetector.limit)), into: &incoming)
    case .decided(let dialect, let chunks):
      begin(dialect, into: &incoming)
      // The detector has read the telnet commands so far; what follows may
      // be the rest of one.
      telnet = detector.telnet
      detector = DialectDetector()
      for chunk in chunks where !isOver {
        if dialect == .line {
          decodeLines(chunk, into: &incoming)
        } else {
          chunk.withUnsafeBytes { decode($0, as: dialect, into: &incoming) }
        }
      }
    }
  }

  mutating func apply(_ outcome: GreetingDetector.Outcome, into incoming: inout [Incoming]) {
    switch outcome {
    case .undecided: break
    case .oversized: finish(.malformed(.oversized(limit: GreetingDetector.limit)), into: &incoming)
    case .refused(let sentence): finish(.refused(sentence), into: &incoming)
    case .ended: finish(.endOfFile, into: &incoming)
    case .decided(let dialect, let bytes):
      begin(dialect, into: &incoming)
      // Nobody introduces itself in lines; messages carry the name.
      if dialect == .line { expectsHandle = false }
      if !bytes.isEmpty {
        bytes.withUnsafeBytes { decode($0, as: dialect, into: &incoming) }
      }
    }
  }

  private mutating func begin(_ dialect: Dialect, into incoming: inout [Incoming]) {
    self.dialect = dialect
    incoming.append(.dialect(dialect))
  }
}
