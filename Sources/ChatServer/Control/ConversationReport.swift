import ChatCore

/// What a conversation's process tells the listener: one message on their
/// private socket each. None of it is a byte that a peer sent.
enum ConversationReport: Hashable {
  /// The peer has a handle; the floor can be given.
  case ready
  /// The peer has gone and left words that the operator has not read; the floor
  /// can be given to show them.
  case unheard
  /// The terminal is given back and what is left is the connection's end.
  case released
  /// A part of what the operator typed and did not say.
  case unsaid([UInt8])
  /// The operator asked the server to stop: Ctrl-C on an empty line, which
  /// raw mode gives as a key.
  case interrupted
  /// Standard input has ended before the operator typed anything.
  case operatorAbsent
  /// What the operator should read, from a conversation that has no terminal;
  /// in our words.
  case notice(String)
  /// Nobody reads standard output any more: there is no use in serving on.
  case outputGone
  /// The conversation ended so, and that could not be recorded.
  case unrecorded(by: Party?, CloseReason)

  var bytes: [UInt8] {
    switch self {
    case .ready: [0x52]
    case .unheard: [0x48]
    case .released: [0x45]
    case .unsaid(let text): [0x55] + text
    case .interrupted: [0x49]
    case .operatorAbsent: [0x41]
    case .outputGone: [0x4f]
    case .notice(let text): [0x4e] + text.utf8.prefix(ControlLimits.messageLength - 1)
    case .unrecorded(let party, let reason):
      [0x43] + "\(party?.rawValue ?? "-") \(reason.rawValue)".utf8
    }
  }

  /// Both ends are this program: what cannot be read is our bug.
  init(bytes: [UInt8]) {
    let rest = bytes.dropFirst()
    switch bytes.first {
    case 0x52: self = .ready
    case 0x48: self = .unheard
    case 0x45: self = .released
    case 0x55: self = .unsaid(Array(rest))
    case 0x49: self = .interrupted
    case 0x41: self = .operatorAbsent
    case 0x4f: self = .outputGone
    case 0x4e: self = .notice(String(decoding: rest, as: UTF8.self))
    case 0x43:
      let words = String(decoding: rest, as: UTF8.self).split(separator: " ")
      let reason = words.last.flatMap { CloseReason(rawValue: String($0)) }
      self = .unrecorded(
        by: words.first.flatMap { Party(rawValue: String($0)) }, reason ?? .error)
    default: preconditionFailure("a conversation reported nothing known: \(bytes.prefix(8))")
    }
  }
}
