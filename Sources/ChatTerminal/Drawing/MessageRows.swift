/// Rows of a message that would otherwise be the terminal's to break.
///
/// Usually the terminal breaks a long message: it can break it again when it is
/// resized, and copy it as one line. But where a row begins, a peer that pads
/// its message could write somebody else's `name> ` or a notice of ours. So
/// what is made for that is broken here, and indented.
enum MessageRows {
  /// Blanks in a row that are no slip but padding.
  static let paddingLength = 3

  /// Whether `text` holds what a forged line is made of: the mark after a
  /// name, or padding.
  static func isSuspicious(_ text: String) -> Bool {
    if let answer = isSuspiciousASCII(text) { return answer }
    var blanks = 0
    for character in text {
      if character == ">" { return true }
      blanks =
        character.isWhitespace || CharacterWidth(of: character).estimate == 0 ? blanks + 1 : 0
      if blanks >= paddingLength { return true }
    }
    return false
  }

  /// The same, judged by the bytes; `nil` when `text` is not all ASCII.
  private static func isSuspiciousASCII(_ text: String) -> Bool? {
    var blanks = 0
    var answer = false
    for byte in text.utf8 {
      if byte >= 0x80 { return nil }
      blanks = byte <= 0x20 || byte == 0x7f ? blanks + 1 : 0
      if byte == 0x3e || blanks >= paddingLength { answer = true }
    }
    return answer
  }

  /// `visible` in rows of a screen of `columns` columns, of which the first
  /// has `used` columns taken and the others are indented by `indent`.
  static func rows(of visible: String, used: Int, indent: Int, columns: Int) -> [String] {
    // Where there is no room to indent, nothing would be left of the text.
    guard columns >= 2 * indent else { return [visible] }
    var rows = [""]
    var filled = used
    for character in visible {
      let width = CharacterWidth(of: character).maximum
      if filled + width > columns {
        rows.append("")
        filled = indent
      }
      rows[rows.count - 1].append(character)
      filled += width
    }
    return rows
  }
}
