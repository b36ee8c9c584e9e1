import COpenSSL
import ChatCore
import ChatDigest

/// SHA-256 of a ``ResumeToken``: enough to know a token again, and no help to who wants
/// to show one.
package struct TokenHash: Hashable, Sendable {
  package static let length = Digest.length

  package let bytes: [UInt8]

  package init(of token: ResumeToken) {
    bytes = Digest(of: token.bytes).bytes
  }

  /// `nil` for any other number of bytes than ``length``.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }

  /// In the same time wherever they differ. CRYPTO_memcmp(3ssl).
  package static func == (one: TokenHash, other: TokenHash) -> Bool {
    CRYPTO_memcmp(one.bytes, other.bytes, length) == 0
  }
}
