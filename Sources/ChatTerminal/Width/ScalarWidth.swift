/// How many columns a scalar takes by itself. Our own answer instead of
/// wcwidth(3), which answers by locale and knows nothing in the C locale.
enum ScalarWidth: Sendable {
  /// Drawn over what comes before it.
  case zero
  case narrow
  /// East Asian Wide or Fullwidth (UAX #11).
  case wide
  /// Drawn as a picture unless marked otherwise (UTS #51, Emoji_Presentation).
  case emoji

  init(_ scalar: Unicode.Scalar) {
    // Nothing below the combining accents is anything but narrow.
    if scalar.value < 0x300 {
      self = .narrow
    } else if Self.takesNoColumn(scalar) {
      self = .zero
    } else if scalar.properties.isEmojiPresentation {
      self = .emoji
    } else {
      self = EastAsianWide.contains(scalar) ? .wide : .narrow
    }
  }

  /// Nonspacing and enclosing marks, format characters, and the vowels and
  /// finals of conjoining Hangul, which follow a wide initial.
  private static func takesNoColumn(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1160...0x11ff, 0xd7b0...0xd7ff: return true
    // Selectors yet to be assigned are reserved as ignorable.
    case 0xe0000...0xe0fff: return true
    default: break
    }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return true
    default: return false
    }
  }

  /// The most columns that a terminal may give it: what is assigned after our
  /// tables, or by a font, may be wide, and so may any sign, as the hexagrams are
  /// since Unicode 16. Signs that are formats may be seen.
  static func most(_ scalar: Unicode.Scalar) -> Int {
    let columns = ScalarWidth(scalar).columns
    if scalar.value < 0x300 { return columns }
    switch scalar.properties.generalCategory {
    case .unassigned, .privateUse: return 2
    case .otherSymbol, .modifierSymbol, .mathSymbol, .currencySymbol, .otherPunctuation,
      .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherNumber, .letterNumber:
      // Signs that are written between Greek and Cyrillic letters come before.
      return scalar.value >= 0x2000 ? 2 : columns
    case .format where !scalar.properties.isDefaultIgnorableCodePoint: return 1
    default: return columns
    }
  }

  var columns: Int {
    switch self {
    case .zero: 0
    case .narrow: 1
    case .wide, .emoji: 2
    }
  }
}
