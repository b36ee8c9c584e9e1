/// Takes telnet's commands (RFC 854) out of a stream of bytes and refuses
/// every option. Keeps no bytes, so it is bounded whatever the peer sends.
package struct TelnetFilter: Sendable {
  /// Where the last byte left off.
  private enum State: Hashable {
    case data
    case command
    case option(UInt8)
    case subnegotiation
    case subnegotiationCommand
  }

  /// Interpret As Command.
  static let iac: UInt8 = 255
  private static let dont: UInt8 = 254
  private static let doIt: UInt8 = 253
  private static let wont: UInt8 = 252
  private static let will: UInt8 = 251
  private static let subnegotiationBegin: UInt8 = 250
  private static let subnegotiationEnd: UInt8 = 240
  /// EOF, the first command of RFC 1184; below it are no commands.
  private static let firstCommand: UInt8 = 236

  private var state = State.data
  /// Whether any command was seen: the peer is a telnet.
  package private(set) var sawCommand = false

  package init() {}

  /// What a byte is.
  enum Output: Hashable {
    case data(UInt8)
    /// An IAC that began no command, and the byte after it.
    case literal(UInt8)
    case refusal(UInt8, option: UInt8)
    case nothing
  }

  mutating func step(_ byte: UInt8) -> Output {
    switch state {
    case .data:
      if byte != Self.iac { return .data(byte) }
      state = .command
    case .command:
      state = .data
      switch byte {
      case Self.iac: return .data(Self.iac)
      case Self.will, Self.wont, Self.doIt, Self.dont: state = .option(byte)
      case Self.subnegotiationBegin: state = .subnegotiation
      case Self.firstCommand...: break
      default: return .literal(byte)
      }
      sawCommand = true
    case .option(let command):
      state = .data
      // Every option is off from the start, so WONT and DONT change nothing
      // and must not be answered: two sides would go on for ever.
      if command == Self.will { return .refusal(Self.dont, option: byte) }
      if command == Self.doIt { return .refusal(Self.wont, option: byte) }
    case .subnegotiation:
      if byte == Self.iac { state = .subnegotiationCommand }
    case .subnegotiationCommand:
      state = byte == Self.subnegotiationEnd ? .data : .subnegotiation
    }
    return .nothing
  }

  /// Appends the text among `bytes` to `data`, and what must be sent back to
  /// `replies`.
  package mutating func filter(
    _ bytes: [UInt8], into data: inout [UInt8], replies: inout [UInt8]
  ) {
    // Nearly every read is text alone.
    if state == .data, !bytes.contains(Self.iac) {
      data.append(contentsOf: bytes)
      return
    }
    for byte in bytes {
      switch step(byte) {
      case .data(let byte): data.append(byte)
      case .literal(let byte): data.append(contentsOf: [Self.iac, byte])
      case .refusal(let command, let option):
        replies.append(contentsOf: [Self.iac, command, option])
      case .nothing: break
      }
    }
  }
}
