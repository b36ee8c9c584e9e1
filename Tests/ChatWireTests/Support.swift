import ChatCore
import ChatWire
import WireSamples

extension PeerCodec {
  init(side: Party, ownHandle: Handle? = nil) {
    self.init(side: side, ownHandle: ownHandle, phrases: .samples, connectedAt: at(0))
  }

  mutating func receive(_ text: String, at now: Instant = at(0)) -> [Conversation.Event] {
    receive(Array(text.utf8), at: now)
  }

  /// Everything that comes of `chunks`, received at once.
  mutating func receiveAll(_ chunks: [[UInt8]]) -> [Conversation.Event] {
    chunks.flatMap { receive($0, at: at(0)) }
  }

  mutating func encoded(_ outgoing: Conversation.Outgoing) -> String {
    String(decoding: encode(outgoing), as: UTF8.self)
  }

  /// A server called SERVER whose peer said its handle in `dialect`.
  static func server(_ dialect: Dialect, client name: String = "tatyana") -> PeerCodec {
    var codec = PeerCodec(side: .server, ownHandle: try? Handle("SERVER"))
    switch dialect {
    case .native: _ = codec.receive(name + "\0")
    case .line: _ = codec.receive(name + "\n")
    case .original:
      _ = codec.receive(name)
      _ = codec.tick(at: at(300))
    }
    return codec
  }

  static func client(_ dialect: Dialect, server name: String = "SERVER") -> PeerCodec {
    var codec = PeerCodec(side: .client)
    switch dialect {
    case .native: _ = codec.receive(name + "\0")
    case .line: _ = codec.tick(at: at(2000))
    case .original:
      _ = codec.receive(name)
      _ = codec.tick(at: at(300))
    }
    return codec
  }
}
