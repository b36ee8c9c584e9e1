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
  /// Whether a text matches that has it between characters of ASCII.
  private let isAll: Bool
  /// How far the end of it can be moved on from each byte that is found there: past
  /// it, or to the last place in it that has the byte (R. N. Horspool, "Practical
  /// Fast Searching in Strings", 1980).
  private let shifts: [Int]

  private static let twins: Set<Unicode.Scalar> = ["\u{37e}", "\u{1fef}", "\u{212a}"]

  private init(_ text: some StringProtocol, foldsCase: Bool, isAll: Bool) {
    var bytes = Array(text.utf8)
    hasTwin = bytes.contains { Array("kK;`".utf8).contains($0) }
    // The two of them are one character.
    self.isAll = isAll && !bytes.contains(where: Array("\r\n".utf8).contains)
    if foldsCase { bytes = bytes.map(Self.lowercased) }
    if !bytes.allSatisfy({ $0 < 0x80 }) { bytes = [] }
    self.bytes = bytes
    self.foldsCase = foldsCase
    var shifts = [Int](repeating: bytes.count, count: 256)
    for (place, byte) in bytes.dropLast().enumerated() {
      shifts[Int(byte)] = bytes.count - 1 - place
      if foldsCase, Self.isSmall(byte) { shifts[Int(byte & ~0x20)] = bytes.count - 1 - place }
    }
    self.shifts = shifts
  }

  /// Of a text that must be there as it is; `nil` for none, and where ASCII may
  /// stand for one of its characters.
  init?(literal text: String, foldsCase: Bool) {
    if text.isEmpty || text.unicodeScalars.contains(where: Self.twins.contains) { return nil }
    self.init(text, foldsCase: foldsCase, isAll: true)
  }

  /// Of a regular expression: the longest run of plain characters in it that no
  /// alternative and no quantifier leaves out. `nil` where none is sure.
  init?(expression pattern: String, foldsCase: Bool) {
    guard let run = Self.longestRun(pattern), !run.isEmpty else { return nil }
    self.init(run, foldsCase: foldsCase, isAll: false)
  }

  enum Verdict {
    case no
    case maybe
    case yes
  }

  /// Whether `text`, in UTF-8, matches, as far as this alone can tell.
  func verdict(on text: UnsafeRawBufferPointer) -> Verdict {
    if bytes.isEmpty || hasTwin, !Self.isASCII(text) { return .maybe }
    guard !bytes.isEmpty, let place = place(in: text) else { return .no }
    return isAll && isApart(place, in: text) ? .yes : .maybe
  }

  /// Whether nothing that is beside it in `text` can be a part of its first or last
  /// character: no mark, joiner or what is like them is ASCII.
  private func isApart(_ place: Int, in text: UnsafeRawBufferPointer) -> Bool {
    let end = place + bytes.count
    return (place == 0 || text[place - 1] < 0x80) && (end == text.count || text[end] < 0x80)
  }

  private static func isASCII(_ text: UnsafeRawBufferPointer) -> Bool {
    var all: UInt8 = 0
    for byte in text { all |= byte }
    return all < 0x80
  }

  /// Where ``bytes`` are first.
  private func place(in text: UnsafeRawBufferPointer) -> Int? {
    bytes.withUnsafeBufferPointer { needle in
      shifts.withUnsafeBufferPointer { shifts in
        let length = needle.count
        let last = length - 1
        var end = last
        while end < text.count {
          let byte = text[end]
          if folded(byte) == needle[last] {
            var place = 0
            while place < last, folded(text[end - last + place]) == needle[place] { place += 1 }
            if place == last { return end - last }
          }
          end += shifts[Int(byte)]
        }
        return nil
      }
    }
  }

  private func folded(_ byte: UInt8) -> UInt8 { foldsCase ? Self.lowercased(byte) : byte }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }

  private static func isSmall(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "a") < 26 }

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
