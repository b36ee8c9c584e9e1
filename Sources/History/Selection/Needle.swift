/// Characters that a text must have to match a pattern, looked for in its bytes:
/// nearly every text is dismissed so, before anything is made of it.
struct Needle: Hashable {
  /// ASCII, in small letters where ``foldsCase``; empty where a character must be
  /// there that is not.
  let bytes: [UInt8]
  let foldsCase: Bool
  /// Whether a character that is not ASCII may stand for one of ``bytes``: the
  /// Kelvin sign for K, and two more that Unicode has twice
  /// (https://www.unicode.org/Public/UNIDATA/UnicodeData.txt: U+037E, U+1FEF,
  /// U+212A).
  private let hasTwin: Bool

  private static let twins: Set<Unicode.Scalar> = ["\u{37e}", "\u{1fef}", "\u{212a}"]

  private init(_ text: some StringProtocol, foldsCase: Bool) {
    let bytes = Array(text.utf8)
    self.bytes =
      bytes.allSatisfy { $0 < 0x80 } ? (foldsCase ? bytes.map(Self.lowercased) : bytes) : []
    self.foldsCase = foldsCase
    hasTwin = bytes.contains { Array("kK;`".utf8).contains($0) }
  }

  /// Of a text that must be there as it is; `nil` for none, and where ASCII may
  /// stand for one of its characters.
  init?(literal text: String, foldsCase: Bool) {
    if text.isEmpty || text.unicodeScalars.contains(where: Self.twins.contains) { return nil }
    self.init(text, foldsCase: foldsCase)
  }

  /// Of a regular expression: the longest run of plain characters in it that no
  /// alternative and no quantifier leaves out. `nil` where none is sure.
  init?(expression pattern: String, foldsCase: Bool) {
    guard let run = Self.longestRun(pattern), !run.isEmpty else { return nil }
    self.init(run, foldsCase: foldsCase)
  }

  /// Whether `text`, in UTF-8, may have it; `false` is sure.
  func mayBe(in text: UnsafeRawBufferPointer) -> Bool {
    if bytes.isEmpty || hasTwin, text.contains(where: { $0 >= 0x80 }) { return true }
    return !bytes.isEmpty && isFound(in: text)
  }

  private func isFound(in text: UnsafeRawBufferPointer) -> Bool {
    guard let first = bytes.first, text.count >= bytes.count else { return false }
    let isLetter = first >= UInt8(ascii: "a") && first <= UInt8(ascii: "z")
    let other = foldsCase && isLetter ? first & ~0x20 : first
    for start in 0...(text.count - bytes.count) {
      guard text[start] == first || text[start] == other else { continue }
      var length = 1
      while length < bytes.count, folded(text[start + length]) == bytes[length] { length += 1 }
      if length == bytes.count { return true }
    }
    return false
  }

  private func folded(_ byte: UInt8) -> UInt8 { foldsCase ? Self.lowercased(byte) : byte }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }

  private static func longestRun(_ pattern: String) -> String? {
    var best = ""
    var run = ""
    func end() {
      if run.utf8.count > best.utf8.count { best = run }
      run = ""
    }
    var rest = pattern.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      // What is in a group may be left out, or be about the rest.
      case "(", ")", "|": return nil
      case "\\":
        guard let next = rest.popFirst() else { return nil }
        if "dDwWsSbB".unicodeScalars.contains(next) {
          end()
        } else if next.isASCII, !next.properties.isAlphabetic, next.properties.numericType == nil {
          run.unicodeScalars.append(next)
        } else {
          return nil
        }
      case "[":
        end()
        while let next = rest.popFirst(), next != "]" {
          if next == "[" || next == "\\" { return nil }
        }
      case "?", "*", "{":
        run = String(run.dropLast())
        end()
        if scalar == "{" { while let next = rest.popFirst(), next != "}" {} }
      case "+", ".", "^", "$": end()
      case _ where !scalar.isASCII:
        // It may be a mark on the one before it.
        run = String(run.dropLast())
        end()
      default: run.unicodeScalars.append(scalar)
      }
    }
    end()
    return best
  }
}
