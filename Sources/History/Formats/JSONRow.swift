import ChatCore

/// One JSON object of single values, written as it is made: nothing is kept of
/// it.
///
/// A key is given as compact JSON has it, with the brace or the comma before it
/// and the colon after it: `,"seq":`.
struct JSONRow {
  /// Whether the object is spread over rows.
  let isPretty: Bool

  /// A piece of compact JSON that is ours: keys, and single values without a
  /// brace, a comma or a colon in them.
  @inline(__always)
  func ours(_ text: StaticString, into output: inout OutputBuffer) {
    if isPretty { spread(text, into: &output) } else { output.add(ours: text) }
  }

  private func spread(_ text: StaticString, into output: inout OutputBuffer) {
    text.withUTF8Buffer { bytes in
      for byte in bytes {
        output.add(byte: byte)
        switch UnicodeScalar(byte) {
        case "{", ",": output.add(ours: "\n  ")
        case ":": output.add(ours: " ")
        default: break
        }
      }
    }
  }

  func key(_ key: StaticString, into output: inout OutputBuffer) { ours(key, into: &output) }

  func end(into output: inout OutputBuffer) {
    output.add(ours: isPretty ? "\n}\n" : "}\n")
  }

  func member(_ key: StaticString, _ number: some BinaryInteger, into output: inout OutputBuffer) {
    self.key(key, into: &output)
    output.add(number)
  }

  func member(_ key: StaticString, _ flag: Bool?, into output: inout OutputBuffer) {
    self.key(key, into: &output)
    output.add(ours: flag.map { $0 ? "true" : "false" } ?? "null")
  }

  func member(_ key: StaticString, _ text: String?, into output: inout OutputBuffer) {
    self.key(key, into: &output)
    value(text, into: &output)
  }

  func value(_ text: String?, into output: inout OutputBuffer) {
    guard let text else { return output.add(ours: "null") }
    output.add(byte: Self.mark)
    let isPlain: Bool? = text.utf8.withContiguousStorageIfAvailable { bytes in
      guard TextSanitizer.isPlain(bytes) else { return false }
      output.add(bytes: bytes, isReplaced: { $0 == Self.mark || $0 == Self.backslash }) {
        $0.add(byte: Self.backslash)
        $0.add(byte: $1)
      }
      return true
    }
    if isPlain != true { output.add(JSONText.escaped(text)) }
    output.add(byte: Self.mark)
  }

  /// A word of ours, which needs no look at what is in it.
  func member(_ key: StaticString, word: String?, into output: inout OutputBuffer) {
    self.key(key, into: &output)
    guard let word else { return output.add(ours: "null") }
    output.add(byte: Self.mark)
    output.add(word)
    output.add(byte: Self.mark)
  }

  /// RFC 3339 in UTC, as JSON has no times.
  func member(
    _ key: StaticString, _ time: Timestamp?, _ stamps: inout StampWriter,
    into output: inout OutputBuffer
  ) {
    self.key(key, into: &output)
    guard let time else { return output.add(ours: "null") }
    output.add(byte: Self.mark)
    stamps.full(time, into: &output)
    output.add(byte: Self.mark)
  }

  private static var mark: UInt8 { UInt8(ascii: "\"") }
  private static var backslash: UInt8 { UInt8(ascii: "\\") }
}
