/// What the listener tells a conversation's process: one message on their
/// private socket each, a verb in one byte and its argument.
enum ListenerOrder: Hashable {
  /// The terminal is yours. What the operator typed and did not say in the
  /// last conversation came before, by ``unsaid``.
  case floor
  /// A part of the operator's unsaid text; its parts come in order.
  case unsaid([UInt8])
  /// The place in line, from 1.
  case place(Int)
  /// There is no room in the line.
  case full
  /// Say goodbye and go; the text names what stopped the server.
  case stop(String)
  /// Tell the operator, in these words.
  case notice(String)
  /// Who waits in line, in order: the addresses that the listener accepted.
  case line([WaitingPeer])

  var bytes: [UInt8] {
    switch self {
    case .floor: [0x46]
    case .unsaid(let text): [0x55] + text
    case .place(let place): [0x50] + "\(place)".utf8
    case .full: [0x4c]
    case .stop(let what): [0x53] + what.utf8
    case .notice(let text): [0x4e] + text.utf8
    case .line(let peers):
      [0x57] + peers.map { "\($0.port) \($0.address)" }.joined(separator: "\n").utf8
    }
  }

  /// Both ends are this program: what cannot be read is our bug.
  init(bytes: [UInt8]) {
    let rest = bytes.dropFirst()
    let text = String(decoding: rest, as: UTF8.self)
    switch bytes.first {
    case 0x46: self = .floor
    case 0x55: self = .unsaid(Array(rest))
    case 0x50: self = .place(Int(text) ?? 1)
    case 0x4c: self = .full
    case 0x53: self = .stop(text)
    case 0x4e: self = .notice(text)
    case 0x57: self = .line(text.split(separator: "\n").compactMap(WaitingPeer.init))
    default: preconditionFailure("the listener gave an order that is none: \(bytes.prefix(8))")
    }
  }
}

/// A peer in line, as far as the listener knows it.
struct WaitingPeer: Hashable {
  /// Numeric.
  var address: String
  var port: Int

  init(address: String, port: Int) {
    self.address = address
    self.port = port
  }

  /// `PORT ADDRESS`
  init?(_ text: Substring) {
    let words = text.split(separator: " ", maxSplits: 1)
    guard words.count == 2, let port = Int(words[0]) else { return nil }
    self.init(address: String(words[1]), port: port)
  }
}

/// Limits of the private sockets.
enum ControlLimits {
  /// Bytes of one message; a Unix socket's buffer holds several
  /// (net.core.wmem_default is 208 KiB).
  static let messageLength = 16 * 1024
  /// Bytes of unsaid text carried from one conversation to the next: the
  /// longest paste.
  static let unsaidLength = 64 * 1024

  /// `bytes` in parts that fit a message each.
  static func parts(of bytes: [UInt8]) -> [[UInt8]] {
    let bytes = bytes.prefix(unsaidLength)
    return stride(from: 0, to: bytes.count, by: messageLength - 1).map {
      Array(bytes[$0...].prefix(messageLength - 1))
    }
  }
}
