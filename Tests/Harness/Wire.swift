import ChatSecure
import Glibc

/// What carries the words of a bare peer. The environment's CHAT_WIRE says so for all
/// tests that do not say it themselves, so that a suite can run over both.
package enum Wire: String, CaseIterable, Sendable {
  case clear
  case tls

  package static let chosen =
    getenv("CHAT_WIRE").flatMap { Wire(rawValue: String(cString: $0)) } ?? .clear

  /// A peer that says exactly the bytes it is told to, of any dialect.
  package func peer(port: UInt16, from host: UInt8 = 1) throws -> PeerSocket {
    switch self {
    case .clear: try PeerSocket(port: port, from: host)
    case .tls: try SecurePeer(port: port, ownKey: .random(), saysItIsNative: false, from: host)
    }
  }
}
