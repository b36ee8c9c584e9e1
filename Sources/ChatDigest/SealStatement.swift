/// What is signed of a seal of the transcript: a name and the seal's link
/// (docs/transcript.md, "Seals"). The transcript makes such bytes, and the signer knows
/// them again, which reads no transcript.
package enum SealStatement {
  /// The first byte of what is signed for TLS 1.3 is a space (RFC 8446, 4.4.3), and this
  /// one's is not.
  package static let name = Array("chatserve seal 1\0".utf8)

  /// - Parameter link: of the seal.
  /// - Returns: 49 bytes.
  package static func of(_ link: Digest) -> [UInt8] { name + link.bytes }

  /// Whether `bytes` are the statement of some seal.
  package static func isOne(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: name) && bytes.count == name.count + Digest.length
  }
}
