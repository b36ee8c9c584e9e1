/// Printable bytes that arrived together and become one edit, whose last
/// scalar may still lack bytes.
struct TextRun: Sendable {
  private var bytes: [UInt8] = []

  mutating func append(_ byte: UInt8) {
    bytes.append(byte)
  }

  /// Gives out what is complete; a partial scalar at the end stays.
  mutating func flush(into keys: inout [Key]) {
    let partial = Self.partialScalarCount(bytes)
    give(bytes.count - partial, to: &keys)
  }

  /// Gives out everything, a partial scalar as U+FFFD: another key came.
  mutating func end(into keys: inout [Key]) {
    give(bytes.count, to: &keys)
  }

  private mutating func give(_ count: Int, to keys: inout [Key]) {
    guard count > 0 else { return }
    var scalars = String.UnicodeScalarView()
    for scalar in String(decoding: bytes[..<count], as: UTF8.self).unicodeScalars
    where !(0x80...0x9f).contains(scalar.value) {
      scalars.append(scalar)
    }
    bytes.removeFirst(count)
    if !scalars.isEmpty { keys.append(.text(String(scalars))) }
  }

  /// How many bytes at the end of `bytes` begin a scalar that lacks more
  /// (RFC 3629 section 4), 0 to 3.
  private static func partialScalarCount(_ bytes: [UInt8]) -> Int {
    for (back, byte) in bytes.reversed().prefix(3).enumerated() {
      if byte & 0xc0 == 0x80 { continue }
      let length =
        switch byte {
        case 0xc2...0xdf: 2
        case 0xe0...0xef: 3
        case 0xf0...0xf4: 4
        default: 1
        }
      return back + 1 < length ? back + 1 : 0
    }
    return 0
  }
}
