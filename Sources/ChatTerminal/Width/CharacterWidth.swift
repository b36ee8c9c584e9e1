/// How many columns an extended grapheme cluster takes on a terminal. There
/// are two answers, because terminals differ: a family of three joined by ZWJ
/// is 2 columns on one and 6 on another, a thumb with a skin tone 2 or 4.
public struct CharacterWidth: Hashable, Sendable {
  /// What most terminals use: 2 for an emoji, else what the scalars add up to.
  public let estimate: Int
  /// The most a terminal may use: what the scalars add up to, drawn apart.
  /// At least 1, so that an orphan accent has a place.
  public let maximum: Int

  public init(estimate: Int, maximum: Int) {
    self.estimate = estimate
    self.maximum = maximum
  }

  /// What the characters of `text` take together.
  public init(of text: some StringProtocol) {
    var estimate = 0
    var maximum = 0
    for character in text {
      let width = CharacterWidth(of: character)
      estimate += width.estimate
      maximum += width.maximum
    }
    self.init(estimate: estimate, maximum: maximum)
  }

  public init(of character: Character) {
    if character.isASCII {
      self.init(estimate: 1, maximum: 1)
      return
    }
    var sum = 0
    var most = 0
    var isEmoji = false
    for scalar in character.unicodeScalars {
      let width = ScalarWidth(scalar)
      sum += width.columns
      most += ScalarWidth.most(scalar)
      // U+FE0F asks for the picture of what may also be drawn as text.
      if width == .emoji || scalar == "\u{fe0f}" { isEmoji = true }
    }
    self.init(estimate: isEmoji ? 2 : sum, maximum: max(isEmoji ? 2 : 1, most))
  }
}

extension Character {
  /// Its one byte, where it is ASCII that takes one column, is drawn as it is
  /// and joins no other ASCII. Nearly everything typed is; known from the byte,
  /// it costs no look at the properties of scalars.
  var printableASCII: UInt8? {
    let bytes = utf8
    guard let first = bytes.first, (0x20..<0x7f).contains(first), bytes.count == 1 else {
      return nil
    }
    return first
  }
}
