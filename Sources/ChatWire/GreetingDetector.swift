import ChatCore

/// Tells by its greeting which dialect a server speaks (client side).
public struct GreetingDetector: Sendable {
  public enum Outcome: Hashable, Sendable {
    case undecided
    /// The dialect, and everything received so far, the greeting first.
    case decided(Dialect, [UInt8])
    /// The server said this sentence and closed.
    case refused(String)
    /// The server closed without a word.
    case ended
    /// Too much without an end.
    case oversized
  }

  /// Milliseconds from the first byte in which a native greeting's NUL comes:
  /// it is sent in one piece with it.
  public static let patience: Int64 = 300
  /// Milliseconds from the connection after which a silent server is taken to
  /// wait for a line; room for a slow network's first round trips.
  public static let silence: Int64 = 2000
  /// Bytes kept without a decision; what a record may have.
  public static let limit = RecordFramer.maximumRecordLength

  /// When ``tick(at:)`` decides, if nothing else comes.
  public private(set) var deadline: Instant
  private var bytes: [UInt8] = []

  public init(connectedAt now: Instant) {
    deadline = now.advanced(byMilliseconds: Self.silence)
  }

  /// Takes what one read gave.
  public mutating func feed(_ chunk: UnsafeRawBufferPointer, at now: Instant) -> Outcome {
    if chunk.isEmpty { return .undecided }
    if bytes.isEmpty { deadline = now.advanced(byMilliseconds: Self.patience) }
    bytes.append(contentsOf: chunk)
    if chunk.contains(0) { return .decided(.native, bytes) }
    return bytes.count >= Self.limit ? .oversized : .undecided
  }

  /// Says what time it is.
  public func tick(at now: Instant) -> Outcome {
    if now < deadline { return .undecided }
    return bytes.isEmpty ? .decided(.line, []) : .decided(.original, bytes)
  }

  /// Nothing more will come.
  public func endOfFile() -> Outcome {
    if bytes.isEmpty { return .ended }
    if bytes.last != 0x0a { return .decided(.original, bytes) }
    return .refused(Trimming.sentence(bytes))
  }
}
