/// Copies a text, with visible escapes in it.
struct Escaper {
  /// Marks shown on one base. Living scripts stack four or five; terminals
  /// draw a pile of hundreds over the rows around it.
  static let maximumMarks = 8

  /// `\n` and `\t` rather than `\x0a` and `\x09`.
  let namesBreaks: Bool

  func escape(_ text: Substring) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count + 16)
    var marks = 0
    let scalars = text.unicodeScalars
    var index = scalars.startIndex
    while index < scalars.endIndex {
      let plain = scalars[index...].prefix { $0.value >= 0x20 && $0.value < 0x7f }
      if !plain.isEmpty {
        note(marks, in: &result)
        marks = 0
        result.append(contentsOf: Substring(plain))
        index = plain.endIndex
        continue
      }
      let scalar = scalars[index]
      index = scalars.index(after: index)
      let mustEscape = TextSanitizer.mustEscape(scalar)
      if !mustEscape, Self.isMark(scalar) {
        marks += 1
        if marks <= Self.maximumMarks { result.unicodeScalars.append(scalar) }
        continue
      }
      note(marks, in: &result)
      marks = 0
      if scalar == TagSequence.base, let end = TagSequence.end(in: scalars[index...]) {
        result.unicodeScalars.append(scalar)
        result.unicodeScalars.append(contentsOf: scalars[index..<end])
        index = end
      } else if mustEscape {
        result += escape(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    note(marks, in: &result)
    return result
  }

  private func escape(_ scalar: Unicode.Scalar) -> String {
    if namesBreaks, scalar == "\n" { return "\\n" }
    if namesBreaks, scalar == "\t" { return "\\t" }
    let digits = String(scalar.value, radix: 16)
    if scalar.value < 0x100 { return digits.utf8.count < 2 ? "\\x0\(digits)" : "\\x\(digits)" }
    return "\\u{\(digits)}"
  }

  /// Says how many marks were left out.
  private func note(_ marks: Int, in result: inout String) {
    if marks > Self.maximumMarks { result += "\\{+\(marks - Self.maximumMarks) marks}" }
  }

  /// What may pass and takes no cell of its own: marks, joiners and selectors,
  /// and the vowels and finals of Hangul syllables.
  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x300 { return false }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark: return true
    default: break
    }
    switch scalar.value {
    case 0x200c, 0x200d, 0x1160...0x11ff, 0xd7b0...0xd7fb: return true
    default: return false
    }
  }
}
