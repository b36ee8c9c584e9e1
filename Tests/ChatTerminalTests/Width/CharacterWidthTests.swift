import ChatTerminal
import Testing

@Suite struct CharacterWidthTests {
  @Test(
    arguments: [
      ("a", 1, 1), ("é", 1, 1), ("e\u{301}", 1, 1), ("日", 2, 2), ("ｱ", 1, 1), ("Ａ", 2, 2),
      ("한", 2, 2), ("\u{1112}\u{1161}\u{11ab}", 2, 2), ("я", 1, 1), ("א\u{5b0}", 1, 1),
      ("👍", 2, 2), ("👍🏽", 2, 4), ("👨‍👩‍👧", 2, 6), ("🇫🇷", 2, 4), ("❤", 1, 1), ("❤\u{fe0f}", 2, 2),
      ("1\u{fe0f}\u{20e3}", 2, 2), ("\u{301}", 0, 1), ("\u{200d}", 0, 1), ("𠀀", 2, 2),
      ("\u{10ffff}", 1, 2), ("…", 1, 1), ("🫨", 2, 2),
      // The edges of the table.
      ("\u{10ff}", 1, 1), ("\u{1100}", 2, 2), ("〈", 2, 2), ("\u{303e}", 2, 2), ("\u{303f}", 1, 1),
      ("㉇", 2, 2), ("㉈", 1, 1), ("\u{a4cf}", 1, 2), ("\u{ff60}", 2, 2), ("\u{ff61}", 1, 1),
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
}
