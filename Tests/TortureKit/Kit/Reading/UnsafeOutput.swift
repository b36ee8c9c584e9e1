/// What must not reach a terminal, told by Unicode's classes and by the
/// forgeries' own characters, not by the code under test.
enum UnsafeOutput {
  private static let forged: Set<Unicode.Scalar> = Set(
    Forgery.characters.flatMap(\.text.unicodeScalars).filter { $0 != "a" && $0 != "z" })

  /// The first such scalar, with what stands around it.
  static func find(in text: String) -> String? {
    let scalars = Array(text.unicodeScalars)
    guard
      let place = scalars.firstIndex(where: { scalar in
        if scalar == "\n" || scalar == "\t" { return false }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: return true
        default: return forged.contains(scalar)
        }
      })
    else { return nil }
    var around = String.UnicodeScalarView()
    around.append(contentsOf: scalars[max(0, place - 20)..<min(scalars.count, place + 20)])
    return String(around).debugDescription
  }

  /// `bytes` of a terminal without what the kernel and the program's own
  /// colours add: the carriage return before each line feed, and SGR sequences
  /// (ECMA-48 8.3.117).
  static func withoutColours(_ bytes: [UInt8]) -> String {
    var kept: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      if byte == 0x0d, rest.first == 0x0a { continue }
      if byte == 0x1b, rest.first == UInt8(ascii: "["),
        let end = rest.dropFirst().firstIndex(where: { !isParameter($0) }),
        rest[end] == UInt8(ascii: "m")
      {
        rest = rest[(end + 1)...]
        continue
      }
      kept.append(byte)
    }
    return String(decoding: kept, as: UTF8.self)
  }

  private static func isParameter(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || byte == UInt8(ascii: ";")
  }
}
