/// Base64 of RFC 4648, section 4, strict in what it reads.
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// `isPadded`: `=` fills the last group, as PEM wants it and ssh's
  /// fingerprints do not.
  static func encode(_ bytes: [UInt8], isPadded: Bool) -> String {
    var text: [UInt8] = []
    var bits = 0
    var count = 0
    for byte in bytes {
      bits = (bits << 8 | Int(byte)) & 0xffff
      count += 8
      while count >= 6 {
        count -= 6
        text.append(alphabet[bits >> count & 63])
      }
    }
    if count > 0 { text.append(alphabet[bits << (6 - count) & 63]) }
    while isPadded, text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
    return String(decoding: text, as: UTF8.self)
  }

  /// `nil` when it is not exactly what ``encode(_:isPadded:)`` writes.
  static func decode(_ text: some Sequence<UInt8>, isPadded: Bool) -> [UInt8]? {
    let text = Array(text)
    var bytes: [UInt8] = []
    var bits = 0
    var count = 0
    for sign in text where sign != UInt8(ascii: "=") {
      guard let value = alphabet.firstIndex(of: sign) else { return nil }
      bits = (bits << 6 | value) & 0xffff
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(bits >> count & 0xff))
      }
    }
    // Also refuses bits that are left over, and `=` where it does not belong:
    // two texts would be one key.
    return Array(encode(bytes, isPadded: isPadded).utf8) == text ? bytes : nil
  }
}
