import ChatCore

/// What may come before a server's TLS: its greeting in clear, when our
/// ClientHello took longer than the server waited. It is dropped, once; any
/// other word in clear of a server that is spoken to in TLS is nobody's.
struct Preface: Sendable {
  enum Verdict: Hashable, Sendable {
    /// Nothing to say yet.
    case wait
    /// From here on it is TLS.
    case secure([UInt8])
    /// It answered in clear.
    case clear
    /// One line, and the end: what a server says that lets nobody in. Without
    /// its LF; to be quoted, and never acted on.
    case refusal([UInt8])
  }

  /// A handle of 64 bytes and the NUL.
  static let longest = Handle.maximumByteCount + 1
  /// Bytes of a line that are looked at.
  static let longestLine = 1024

  private enum State {
    case reading
    /// The greeting was dropped.
    case dropped
    case decided
  }

  private var state = State.reading
  private var bytes: [UInt8] = []

  /// Whether something in clear came that is not, or not yet, a greeting to drop:
  /// should nothing follow it, it was the answer.
  var hasHeard: Bool {
    if case .reading = state { !bytes.isEmpty } else { false }
  }

  static func isHandle(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let text = String(validating: bytes, as: UTF8.self) else { return false }
    return (try? Handle(text)) != nil
  }

  mutating func receive(_ new: [UInt8]) -> Verdict {
    if case .decided = state { return .secure(new) }
    bytes += new
    if case .reading = state, let first = bytes.first, !ArrivalRule.isSecure(first) {
      guard let end = bytes.firstIndex(of: 0) else {
        // A line and the end of the stream can still come.
        let isLine = bytes.dropLast().allSatisfy { $0 != UInt8(ascii: "\n") }
        return isLine && bytes.count <= Self.longestLine ? .wait : decide(.clear)
      }
      guard end < Self.longest else { return decide(.clear) }
      bytes.removeFirst(end + 1)
      state = .dropped
    }
    guard let first = bytes.first else { return .wait }
    return decide(ArrivalRule.isSecure(first) ? .secure(bytes) : .clear)
  }

  mutating func endOfFile() -> Verdict {
    if case .reading = state, bytes.last == UInt8(ascii: "\n"), bytes.count > 1 {
      return decide(.refusal(bytes.dropLast()))
    }
    return decide(.clear)
  }

  private mutating func decide(_ verdict: Verdict) -> Verdict {
    state = .decided
    bytes = []
    return verdict
  }
}
