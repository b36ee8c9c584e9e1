import ChatCore

/// Tells by the first bytes of a client which dialect it speaks (server side).
///
/// The first NUL or LF decides: NUL is native, LF or telnet's CR NUL is line.
/// Text with neither, and then ``quiet`` without more of it, is original.
/// Telnet commands are no text; a peer that sent one is no original program.
public struct DialectDetector: Sendable {
  public enum Outcome: Hashable, Sendable {
    case undecided
    /// The dialect, and what was received, to be fed on: for original one
    /// element a chunk, for line with the telnet commands taken out.
    case decided(Dialect, [[UInt8]])
    /// Too much without an end.
    case oversized
  }

  /// Milliseconds without a byte after which text stands for itself. Longer
  /// than the segments of one send are apart, shorter than a person notices.
  public static let quiet: Int64 = 300
  /// Bytes kept without a decision; what a record may have.
  public static let limit = RecordFramer.maximumRecordLength

  /// When ``tick(at:)`` would decide, if nothing else came.
  public private(set) var deadline: Instant?
  private(set) var telnet = TelnetFilter()
  private var raw: [UInt8] = []
  private var chunkEnds: [Int] = []
  private var text: [UInt8] = []

  public init() {}

  /// Takes what one read gave; telnet refusals to be sent go to `replies`.
  public mutating func feed(
    _ bytes: UnsafeRawBufferPointer, at now: Instant, replies: inout [UInt8]
  ) -> Outcome {
    if bytes.isEmpty { return .undecided }
    let known = text.count
    raw.append(contentsOf: bytes)
    chunkEnds.append(raw.count)
    telnet.filter(bytes, into: &text, replies: &replies)
    for index in text.indices[known...] {
      if text[index] == 0x0a { return .decided(.line, [text]) }
      if text[index] == 0 {
        let isLine = index > 0 && text[index - 1] == 0x0d
        return isLine ? .decided(.line, [text]) : .decided(.native, [raw])
      }
    }
    if raw.count >= Self.limit { return .oversized }
    if text.count > known { deadline = now.advanced(byMilliseconds: Self.quiet) }
    if telnet.sawCommand { deadline = nil }
    return .undecided
  }

  /// Says what time it is.
  public mutating func tick(at now: Instant) -> Outcome {
    guard let deadline, now >= deadline else { return .undecided }
    var start = 0
    let chunks = chunkEnds.map { end in
      defer { start = end }
      return Array(raw[start..<end])
    }
    return .decided(.original, chunks)
  }

  /// Nothing more will come: what was said is a line without its end.
  public func endOfFile() -> Outcome {
    text.isEmpty ? .undecided : .decided(.line, [text])
  }
}
