import ChatCore

/// Text in a form that changes nothing on a terminal but the cells it takes.
enum VisibleText {
  /// How a tab is shown: what the column of a tab stop would be, nobody knows
  /// after a resize.
  static let tab = "    "

  /// What is drawn for one character of a line.
  static func glyph(of character: Character) -> String {
    if character.isASCII, character >= " ", character != "\u{7f}" { return String(character) }
    if character == "\t" { return tab }
    guard character.unicodeScalars.contains(where: TextSanitizer.mustEscape) else {
      return String(character)
    }
    var glyph = ""
    for scalar in character.unicodeScalars {
      if TextSanitizer.mustEscape(scalar) {
        glyph += escape(scalar)
      } else {
        glyph.unicodeScalars.append(scalar)
      }
    }
    return glyph
  }

  /// Every glyph of `text`, which holds no line break. Text that was made safe
  /// before stays as it is.
  static func make(_ text: some StringProtocol) -> String {
    var visible = ""
    for character in text { visible += glyph(of: character) }
    return visible
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    if scalar.value > 0xff { return "\\u{" + digits + "}" }
    return "\\x" + (digits.count < 2 ? "0" : "") + digits
  }
}
