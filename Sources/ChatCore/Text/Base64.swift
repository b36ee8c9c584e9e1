/// Base 64 with padding (RFC 4648 section 4).
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".unicodeScalars)

  package static func encode(_ bytes: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    var index = 0
    while index < bytes.count {
      let group = bytes[index..<min(index + 3, bytes.count)]
      var bits: UInt32 = 0
      for offset in 0..<3 {
        let byte = offset < group.count ? group[index + offset] : 0
        bits = bits << 8 | UInt32(byte)
      }
      for offset in 0..<4 {
        // Three bytes make four characters; a missing byte takes one away.
        let isPadding = offset > group.count
        text.append(isPadding ? "=" : alphabet[Int(bits >> UInt32(18 - 6 * offset)) & 0x3f])
      }
      index += 3
    }
    return String(text)
  }
}
