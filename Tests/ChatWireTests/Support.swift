import ChatCore
import ChatWire
import Seeded

func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

/// `bytes` in pieces of `size`, the last one shorter.
func pieces(_ bytes: [UInt8], of size: Int) -> [[UInt8]] {
  stride(from: 0, to: bytes.count, by: size).map {
    Array(bytes[$0..<min($0 + size, bytes.count)])
  }
}

extension SeededRandom {
  mutating func pieces(_ bytes: [UInt8], upTo longest: Int) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let size = Int.random(in: 1...longest, using: &self)
      result.append(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return result
  }
}

extension PeerCodec {
  /// Everything that comes of `chunks`, received at once.
  mutating func receiveAll(_ chunks: [[UInt8]], at now: Instant = at(0)) -> [Incoming] {
    chunks.flatMap { receive($0, at: now) }
  }

  mutating func encoded(_ outgoing: Outgoing) -> String {
    var bytes: [UInt8] = []
    encode(outgoing, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A server whose peer said its handle in `dialect`.
  static func server(_ dialect: Dialect, client name: String = "tatyana") -> PeerCodec {
    var codec = PeerCodec(side: .server, connectedAt: at(0))
    switch dialect {
    case .native: _ = codec.receive((name + "\0").utf8, at: at(0))
    case .line: _ = codec.receive((name + "\n").utf8, at: at(0))
    case .original:
      _ = codec.receive(name.utf8, at: at(0))
      _ = codec.tick(at: at(300))
    }
    return codec
  }

  static func client(_ dialect: Dialect, server name: String = "SERVER") -> PeerCodec {
    var codec = PeerCodec(side: .client, connectedAt: at(0))
    switch dialect {
    case .native: _ = codec.receive((name + "\0").utf8, at: at(0))
    case .line: _ = codec.tick(at: at(2000))
    case .original:
      _ = codec.receive(name.utf8, at: at(0))
      _ = codec.tick(at: at(300))
    }
    return codec
  }
}

extension Incoming {
  static func said(_ text: String, number: Int? = nil) throws -> Incoming {
    .said(number: number, try Message(text))
  }
}
