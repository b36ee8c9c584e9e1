import ChatCore

/// What is drawn for one character of a line: itself, or an escape where it
/// would change anything on the terminal but the cells it takes.
struct Glyph {
  let text: String
  let width: CharacterWidth

  init(_ character: Character) {
    if character.printableASCII != nil {
      text = String(character)
      width = CharacterWidth(estimate: 1, maximum: 1)
      return
    }
    text = TextSanitizer.escapedOnOneLine(String(character))
    width = CharacterWidth(of: text)
  }
}
