import ChatCore

/// Words that would give somebody's conversation away to whoever sees them.
extension NativeDialect {
  /// So many hexadecimal digits behind `resume` or `session` are a token's, whole or cut,
  /// and whatever follows them: no person writes that.
  private static let digitsOfToken = 16
  /// So many letters of a verb may be one that was cut on its way; fewer begin too many
  /// names.
  private static let lettersOfVerb = 4

  enum Secret: Hashable {
    case absent
    /// It may become one: the verb or most of it, and no more digits than those.
    case possible
    case found
  }

  /// What `text` begins with: in whatever case, with whatever is neither a letter nor a
  /// digit of ASCII before it and behind the verb (spaces of Unicode, signs, half a
  /// character), or with nothing between, since what is wrong with it is no reason to show
  /// it.
  static func secret(in text: some Collection<UInt8>) -> Secret {
    let text = text.drop { !isWord($0) }
    let letters = text.prefix(Verb.session.rawValue.utf8.count).map { $0 | 0x20 }
    let verbs = [Verb.resume, .session]
    if letters.count >= lettersOfVerb, letters.count == text.count,
      verbs.contains(where: { $0.rawValue.utf8.starts(with: letters) })
    {
      return .possible
    }
    guard
      let verb = verbs.first(where: { verb in
        text.prefix(verb.rawValue.utf8.count).map { $0 | 0x20 }
          .elementsEqual(verb.rawValue.utf8)
      })
    else { return .absent }
    let rest = text.dropFirst(verb.rawValue.utf8.count)
    if rest.isEmpty { return .possible }
    let word = rest.drop { !isWord($0) }
    let digits = word.prefix { isDigit($0) }.prefix(digitsOfToken).count
    if digits == digitsOfToken { return .found }
    return digits == word.count ? .possible : .absent
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
  }
}

extension Conversation.LinkFailure {
  /// A record about a conversation that goes on, where none is due or in no form that it
  /// has: nothing of it is shown or recorded.
  static let misplacedToken = Self.malformed("a token that is not in a record of its own")
}
