/// Tells handles apart as an eye does.
///
/// A small part of the skeletons of UTS #39: the letters of the scripts next
/// to Latin that are drawn like Latin ones, digits drawn like letters, full
/// width forms, accents and case.
enum Lookalike {
  static func isAlike(_ one: String, _ other: String) -> Bool {
    one == other || skeleton(one) == skeleton(other)
  }

  private static func skeleton(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let narrow = narrowed(scalar)
      for lower in narrow.properties.lowercaseMapping.unicodeScalars {
        if isUnseen(lower) { continue }
        // The first scalar of a decomposition is the letter below the accents.
        let base = Character(lower).decomposedBase ?? lower
        result.append(twins[base] ?? base)
      }
    }
    return String(result)
  }

  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .format, .nonspacingMark, .enclosingMark, .control: true
    default: false
    }
  }

  /// Full width forms repeat ASCII from U+FF01.
  private static func narrowed(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard (0xff01...0xff5e).contains(scalar.value) else { return scalar }
    return Unicode.Scalar(scalar.value - 0xff01 + 0x21) ?? scalar
  }

  private static let twins: [Unicode.Scalar: Unicode.Scalar] = [
    // Digits and signs
    "0": "o", "1": "l", "|": "l", "3": "e", "5": "s", "$": "s", "8": "b", "i": "l", "ı": "l",
    // Cyrillic
    "а": "a", "в": "b", "е": "e", "к": "k", "м": "m", "н": "h", "о": "o", "р": "p", "с": "c",
    "т": "t", "у": "y", "х": "x", "ѕ": "s", "і": "l", "ј": "j", "ԁ": "d", "ԛ": "q", "ԝ": "w",
    "ѵ": "v", "һ": "h", "г": "r",
    // Greek
    "α": "a", "β": "b", "ε": "e", "η": "n", "ι": "l", "κ": "k", "μ": "u", "ν": "v", "ο": "o",
    "ρ": "p", "τ": "t", "υ": "u", "χ": "x", "ζ": "z", "γ": "y",
    // Armenian, Cherokee and Latin neighbours
    "օ": "o", "ս": "u", "ꜱ": "s", "ʀ": "r", "ᴠ": "v",
    "ᴇ": "e",
  ]
}

extension Character {
  /// The first scalar of the canonical decomposition; `nil` when there is
  /// none.
  fileprivate var decomposedBase: Unicode.Scalar? {
    // The standard library decomposes only while it compares; these are the
    // accented letters that names are written with.
    Self.accented[self]
  }

  private static let accented: [Character: Unicode.Scalar] = {
    var table: [Character: Unicode.Scalar] = [:]
    let marks: [Unicode.Scalar] = (0x300...0x30c).compactMap { Unicode.Scalar($0) }
    for letter in "abcdefghijklmnopqrstuvwxyz".unicodeScalars {
      for mark in marks {
        var scalars = String.UnicodeScalarView()
        scalars.append(letter)
        scalars.append(mark)
        table[Character(String(scalars))] = letter
      }
    }
    return table
  }()
}
