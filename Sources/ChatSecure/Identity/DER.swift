/// The little of DER (X.690) that a key and its certificate are made of. By
/// hand: OpenSSL's own way looks through all its encoders, a fifth of the time
/// from the start to listening.
enum DER {
  /// AlgorithmIdentifier of Ed25519 (RFC 8410, 3).
  static let ed25519: [UInt8] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70]

  static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    precondition(count < 1 << 16, "nothing here is as long as \(count) bytes")
    let length: [UInt8] =
      switch count {
      case ..<0x80: [UInt8(count)]
      case ..<0x100: [0x81, UInt8(count)]
      default: [0x82, UInt8(count >> 8), UInt8(count & 0xff)]
      }
    return [tag] + length + content
  }

  static func sequence(_ content: [UInt8]) -> [UInt8] { value(0x30, content) }
  static func bitString(_ bytes: [UInt8]) -> [UInt8] { value(0x03, [0] + bytes) }

  /// A Name with a common name alone (RFC 5280, 4.1.2.4).
  static func name(_ text: String) -> [UInt8] {
    let commonName: [UInt8] = [0x06, 0x03, 0x55, 0x04, 0x03]
    return sequence(value(0x31, sequence(commonName + value(0x0c, Array(text.utf8)))))
  }
}
