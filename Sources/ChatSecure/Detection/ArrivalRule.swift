import ChatCore

/// What the first byte of a connection decides on a server's one port: TLS or
/// clear text. It is looked at and not taken (MSG_PEEK in recv(2)); whoever
/// speaks afterwards reads it.
package struct ArrivalRule: Sendable {
  /// What happens to the connection.
  package enum Event: Hashable, Sendable {
    /// The first byte that nobody has read yet.
    case byte(UInt8)
    case endOfFile
    case time(Instant)
  }

  /// What to do, in order.
  package enum Action: Hashable, Sendable {
    /// Write the greeting in clear. Should TLS come after it, it is a preface
    /// without meaning, and the greeting is said again inside.
    case greet
    /// TLS, and not a byte in clear from now on.
    case speakSecure
    /// The dialects of `docs/protocol.md`, as they are.
    case speakClear
    /// Say that this server wants encryption, and close.
    case refuse
    /// Close, and say nothing.
    case close
  }

  /// The first byte of a TLS record with a ClientHello, and with an alert (RFC
  /// 8446, 5.1).
  static let handshake: UInt8 = 0x16
  static let alert: UInt8 = 0x15
  /// Whether a first byte is TLS's.
  package static func isSecure(_ byte: UInt8) -> Bool { byte == handshake || byte == alert }

  /// A client that speaks TLS at once has its byte here by then, whatever the
  /// distance: it comes with the end of TCP's own handshake. Every one that was
  /// tried had it here within 26 ms, on a busy machine.
  package static let patience = Duration.milliseconds(100)
  /// How long a server that wants encryption waits for it after the greeting.
  package static let secureWithin = Duration.seconds(10)

  private enum State {
    case waiting
    case greeted(at: Instant)
    case decided
  }

  private var state = State.waiting
  private let connectedAt: Instant
  private let requiresEncryption: Bool

  package init(requiresEncryption: Bool, at now: Instant) {
    self.requiresEncryption = requiresEncryption
    connectedAt = now
  }

  /// Whether nothing more is wanted.
  package var isDecided: Bool {
    if case .decided = state { true } else { false }
  }

  /// When ``handle(_:)`` wants the time. Without encryption a greeted peer may
  /// take as long as the dialects let it.
  package var deadline: Instant? {
    switch state {
    case .waiting: connectedAt.advanced(by: Self.patience)
    case .greeted(let since) where requiresEncryption: since.advanced(by: Self.secureWithin)
    case .greeted, .decided: nil
    }
  }

  package mutating func handle(_ event: Event) -> [Action] {
    switch (state, event) {
    case (.decided, _):
      return []
    case (_, .byte(Self.handshake)):
      state = .decided
      return [.speakSecure]
    case (.waiting, .byte(Self.alert)):
      state = .decided
      return [.close]
    case (.waiting, .byte), (.waiting, .endOfFile):
      state = .decided
      return [.greet, requiresEncryption ? .refuse : .speakClear]
    case (.greeted, .byte), (.greeted, .endOfFile):
      state = .decided
      return [requiresEncryption ? .refuse : .speakClear]
    case (.waiting, .time(let now)):
      guard let deadline, now >= deadline else { return [] }
      state = .greeted(at: now)
      return [.greet]
    case (.greeted, .time(let now)):
      guard let deadline, now >= deadline else { return [] }
      state = .decided
      return [.refuse]
    }
  }
}
