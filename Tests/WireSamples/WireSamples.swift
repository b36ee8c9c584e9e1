import ChatCore
import ChatWire
import Seeded

package func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

/// `bytes` in pieces of `size`, the last one shorter.
package func pieces(_ bytes: [UInt8], of size: Int) -> [[UInt8]] {
  stride(from: 0, to: bytes.count, by: size).map {
    Array(bytes[$0..<min($0 + size, bytes.count)])
  }
}

extension SeededRandom {
  package mutating func pieces(_ bytes: [UInt8], upTo longest: Int) -> [[UInt8]] {
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

extension PeerPhrases {
  /// Short sentences that can be told apart.
  package static let samples = PeerPhrases(
    refusedHandle: { _ in "Again: " },
    refusal: { $0 == .tooMuchHeld ? "Too much." : "a\nSERVER> b\u{7}" },
    place: { "Number \($0)." }, floor: { "Begin, \($0)." }, held: "Kept.",
    goodbye: { "Good Bye, \($0)." }, freed: "Freed.",
    silence: { "\($0.wholeSeconds), \($1.wholeSeconds)." })
}

extension Conversation.Event {
  package static func said(_ text: String, number: Int? = nil) throws -> Self {
    .said(number: number, try Message(text))
  }

  package static func introduced(_ name: String, _ dialect: Dialect) throws -> Self {
    .introduced(try Handle(name), dialect)
  }

  /// Whether nothing may follow it.
  package var isLast: Bool {
    switch self {
    case .quit, .serverRefused, .failed, .ended: true
    default: false
    }
  }
}

/// What one side sends, and what the other makes of it however it was cut.
package struct WireSample: Sendable {
  /// Who reads it.
  package let side: Party
  package let bytes: [UInt8]
  package let events: [Conversation.Event]

  /// A conversation from the first byte to a goodbye, and something after it
  /// that must not be read. The original dialect has no such thing: there the
  /// cuts are what counts.
  package init(_ dialect: Dialect, readBy side: Party) throws {
    self.side = side
    switch (dialect, side) {
    case (.native, .server):
      bytes = Array(
        "tatyana\0say 1 hi \u{1f44d}\0say 2 \0later x\0pong\0ack 3\0quit idle\0say 3 no\0".utf8)
      events = [
        try .introduced("tatyana", .native), try .said("hi \u{1f44d}", number: 1),
        .saidInvalid(number: 2, .empty), .acknowledged(3), .quit(.idle),
      ]
    case (.native, .client):
      bytes = Array(
        ("SERVER\0mode free\0wait 2\0floor\0say 1 hi\nthere\0ack 4\0ping\0deny too long\0"
          + "quit stopped\0").utf8)
      events = [
        try .introduced("SERVER", .native), .serverSetMode(.free), .serverQueued(place: 2),
        .serverGaveFloor, try .said("hi\nthere", number: 1), .acknowledged(4), .ping,
        .serverDenied("too long"), .quit(.stopped),
      ]
    case (.line, .server):
      bytes = Array(
        " tatyana \r\nhi \u{1f44d}  \r\n\n\\\\quit\n\\help\ntatyana> me\n\\quit \nno\n".utf8)
      events = [
        try .introduced("tatyana", .line), try .said("hi \u{1f44d}  "),
        try .said("\\quit"), try .said("\\help"), try .said("me"), .quit(.user),
      ]
    case (.line, .client), (.original, _):
      throw NoSuchSample()
    }
  }

  private struct NoSuchSample: Error {}
}
