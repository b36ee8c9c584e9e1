import ChatCore

/// Whether a server that is not known is asked for TLS: it is, when it has said
/// exactly a handle and one NUL, as ours do, and nothing was said to it yet.
package struct FirstContact: Sendable {
  package enum Verdict: Hashable, Sendable {
    /// Send a ClientHello. What was read meant nothing, and is not used.
    case offerSecure
    /// Not one of ours. These bytes were read and are the peer's words.
    case speakClear([UInt8])
  }

  /// How long after its last byte a server is taken to have greeted without a
  /// NUL: the quiet that ends a message of the original dialect.
  static let quiet = Duration.milliseconds(300)
  /// How long a server may say nothing before it is taken for one that waits
  /// for us (`nc -l`): longer than a loaded server and a distant one need.
  static let silence = Duration.seconds(2)

  private var bytes: [UInt8] = []
  private var lastHeard: Instant
  private var verdict: Verdict?

  package init(at now: Instant) { lastHeard = now }

  /// When ``tick(at:)`` is wanted.
  package var deadline: Instant? {
    verdict == nil ? lastHeard.advanced(by: bytes.isEmpty ? Self.silence : Self.quiet) : nil
  }

  /// `nil` while it is open; a verdict is given once.
  package mutating func receive(_ new: [UInt8], at now: Instant) -> Verdict? {
    guard verdict == nil else { return nil }
    bytes += new
    lastHeard = now
    guard let end = bytes.firstIndex(of: 0) else {
      // No handle is longer: whatever it is, it has no greeting in it.
      return bytes.count > Preface.longest ? decide(.speakClear(bytes)) : nil
    }
    let isGreeting = end == bytes.count - 1 && Preface.isHandle(bytes[..<end])
    return decide(isGreeting ? .offerSecure : .speakClear(bytes))
  }

  package mutating func tick(at now: Instant) -> Verdict? {
    guard let deadline, now >= deadline else { return nil }
    return decide(.speakClear(bytes))
  }

  /// The server has ended its direction, or something was said to it.
  package mutating func end() -> Verdict? {
    verdict == nil ? decide(.speakClear(bytes)) : nil
  }

  private mutating func decide(_ verdict: Verdict) -> Verdict {
    self.verdict = verdict
    return verdict
  }
}
