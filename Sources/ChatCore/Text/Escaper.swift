/// Copies a text, with visible escapes in it.
struct Escaper {
  /// Marks drawn above or below one base: a vowel, an accent, a tone and a
  /// point. Terminals draw a taller pile over the rows around it.
  static let maximumMarks = 4
  /// All that joins one base and takes no cell that we know of: with the joiners
  /// and selectors of emoji, and the signs beside a letter of Burmese.
  static let maximumJoined = 8
  /// Marks past that are shown by name so far, and then counted.
  static let maximumNamed = 8

  /// `\n` and `\t` rather than `\x0a` and `\x09`.
  let namesBreaks: Bool
  /// Whether more of the same text follows, which is the user's own.
  var isPiece = false

  func escape(_ text: Substring) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count + 16)
    var pile = Pile()
    var surroundings = Surroundings(isPiece: isPiece)
    let scalars = text.unicodeScalars
    var index = scalars.startIndex
    while index < scalars.endIndex {
      let plain = scalars[index...].prefix { $0.value >= 0x20 && $0.value < 0x7f }
      if !plain.isEmpty {
        pile.end(in: &result)
        result.append(contentsOf: Substring(plain))
        if let last = plain.last { surroundings.pass(last) }
        index = plain.endIndex
        continue
      }
      let scalar = scalars[index]
      index = scalars.index(after: index)
      let mustEscape = TextSanitizer.mustEscape(scalar)
      let isAllowed = !mustEscape && surroundings.allow(scalar, before: scalars[index...])
      if !mustEscape, Self.isMark(scalar) {
        if pile.takes(scalar, isAllowed: isAllowed) {
          result.unicodeScalars.append(scalar)
          surroundings.pass(scalar)
        } else {
          if pile.names() { result += escape(scalar) }
          surroundings.interrupt()
        }
        continue
      }
      pile.end(in: &result)
      if isAllowed { surroundings.pass(scalar) } else { surroundings.interrupt() }
      if scalar == TagSequence.base, let end = TagSequence.end(in: scalars[index...]) {
        result.unicodeScalars.append(scalar)
        result.unicodeScalars.append(contentsOf: scalars[index..<end])
        index = end
      } else if isAllowed {
        result.unicodeScalars.append(scalar)
      } else {
        result += escape(scalar)
      }
    }
    pile.end(in: &result)
    return result
  }

  private func escape(_ scalar: Unicode.Scalar) -> String {
    if namesBreaks, scalar == "\n" { return "\\n" }
    if namesBreaks, scalar == "\t" { return "\\t" }
    let digits = String(scalar.value, radix: 16)
    if scalar.value < 0x100 { return digits.utf8.count < 2 ? "\\x0\(digits)" : "\\x\(digits)" }
    return "\\u{\(digits)}"
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

/// What has joined one base so far.
private struct Pile {
  private var marks = 0
  private var joined = 0
  /// Those that were too many: the first is followed by no other that is drawn,
  /// which would be on its escape.
  private var excess = 0

  /// Whether one more may be drawn. One that is not allowed there is as one too
  /// many: what follows would be drawn on its escape.
  mutating func takes(_ scalar: Unicode.Scalar, isAllowed: Bool) -> Bool {
    let isDrawn = isDrawnOver(scalar)
    let hasRoom = joined < Escaper.maximumJoined && !(isDrawn && marks == Escaper.maximumMarks)
    guard isAllowed, excess == 0, hasRoom else {
      excess += 1
      return false
    }
    joined += 1
    if isDrawn { marks += 1 }
    return true
  }

  /// Whether one that may not is still shown by itself.
  func names() -> Bool { excess <= Escaper.maximumNamed }

  /// The next base comes: says how many marks were left out.
  mutating func end(in result: inout String) {
    if !names() { result += "\\{+\(excess - Escaper.maximumNamed) marks}" }
    self = Pile()
  }

  /// Whether it takes ink in the cell of its base: no joiner, no selector, and no
  /// sign beside it.
  private func isDrawnOver(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "\u{200c}" || scalar == "\u{200d}" { return false }
    let properties = scalar.properties
    return !properties.isVariationSelector && properties.generalCategory != .spacingMark
  }
}
