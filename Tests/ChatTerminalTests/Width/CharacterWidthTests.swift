import Testing

@testable import ChatTerminal

@Suite struct CharacterWidthTests {
  @Test(
    arguments: [
      ("a", 1, 1), ("é", 1, 1), ("e\u{301}", 1, 1), ("日", 2, 2), ("ｱ", 1, 1), ("Ａ", 2, 2),
      ("한", 2, 2), ("\u{1112}\u{1161}\u{11ab}", 2, 2), ("я", 1, 1), ("א\u{5b0}", 1, 1),
      ("👍", 2, 2), ("👍🏽", 2, 4), ("👨‍👩‍👧", 2, 6), ("🇫🇷", 2, 4), ("❤", 1, 2), ("❤\u{fe0f}", 2, 2),
      ("1\u{fe0f}\u{20e3}", 2, 2), ("\u{301}", 0, 1), ("\u{200d}", 0, 1), ("𠀀", 2, 2),
      ("\u{10ffff}", 1, 2), ("…", 1, 2), ("🫨", 2, 2),
      // The edges of the table.
      ("\u{10ff}", 1, 1), ("\u{1100}", 2, 2), ("〈", 2, 2), ("\u{303e}", 2, 2), ("\u{303f}", 1, 2),
      ("㉇", 2, 2), ("㉈", 1, 2), ("\u{a4cf}", 1, 2), ("\u{ff60}", 2, 2), ("\u{ff61}", 1, 2),
      ("\u{1b2fb}", 2, 2), ("\u{1d400}", 1, 1), ("\u{3fffd}", 2, 2), ("\u{e0100}", 0, 1),
      // No marks to Unicode, and drawn over what they follow all the same.
      ("\u{1160}", 0, 1), ("\u{d7b0}", 0, 1),
    ] as [(Character, Int, Int)])
  func widths(character: Character, estimate: Int, maximum: Int) {
    #expect(
      CharacterWidth(of: character) == CharacterWidth(estimate: estimate, maximum: maximum))
  }

  @Test func noScalarIsWiderThanTwoColumnsOrBelowNone() {
    for value in UInt32(0)...0x10ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let width = CharacterWidth(of: Character(scalar))
      guard (0...2).contains(width.estimate), width.maximum >= max(1, width.estimate),
        width.maximum <= 2
      else {
        Issue.record("U+\(String(value, radix: 16)) is \(width)")
        continue
      }
    }
  }

  /// East Asian Wide and Fullwidth of Unicode 15, and what Unicode 16 made wide, are
  /// never trusted to be narrow; nor is a sign, a private or an unassigned scalar.
  @Test func theGreatestWidthIsNoLessThanAnyTerminalsOfWideSigns() {
    let since16: [ClosedRange<UInt32>] = [
      0x2630...0x2637, 0x268a...0x268f, 0x4dc0...0x4dff, 0x31e4...0x31e5, 0x31ef...0x31ef,
      0x1d300...0x1d356, 0x1d360...0x1d376, 0x18cff...0x18cff, 0x1fa89...0x1fa89,
      0x1fa8f...0x1fa8f, 0x1fabe...0x1fabe, 0x1fac6...0x1fac6, 0x1fadc...0x1fadc,
      0x1fadf...0x1fadf, 0x1fae9...0x1fae9,
    ]
    let signs: Set<Unicode.GeneralCategory> = [
      .otherSymbol, .modifierSymbol, .mathSymbol, .currencySymbol, .otherPunctuation, .otherNumber,
      .unassigned, .privateUse,
    ]
    var wrong: [String] = []
    for value in UInt32(0x2000)...0x10ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let mustBeWide =
        ScalarWidth(scalar).columns == 2 || since16.contains { $0.contains(value) }
        || signs.contains(scalar.properties.generalCategory)
      // Selectors and tags to come are ignorable, and shown by name.
      let isIgnorable = scalar.properties.isDefaultIgnorableCodePoint
      if mustBeWide, !isIgnorable, CharacterWidth(of: Character(scalar)).maximum < 2 {
        wrong.append(String(value, radix: 16))
      }
    }
    #expect(wrong == [])
  }
}
