import ChatCore

/// How a message and a user's words are put so that the full-text index finds
/// one by the other: folded, and parted where FTS5's tokenizer sees one word.
///
/// The index keeps no text: what is deleted has to be put in as it was, and what
/// is asked has to be put as what was indexed. So an index has the version of
/// its form beside it.
package struct SearchForm: Sendable {
  /// From 1; greater in a later form.
  package let version: Int64
  private let fold: @Sendable (String) -> String

  package init(version: Int64, fold: @escaping @Sendable (String) -> String) {
    self.version = version
    self.fold = fold
  }

  /// To be raised when characters are set apart otherwise than before.
  private static let partingVersion: Int64 = 1

  /// What an index is made with.
  package static let current = SearchForm(
    version: Int64(SearchFolding.version) << 8 | partingVersion, fold: SearchFolding.fold)

  /// Those that an index can be asked and pruned in, the current one last. A
  /// version that folds otherwise may leave out the one before it: such an index
  /// is not asked any more, and a prune empties it.
  package static let known = [current]

  /// `text` as it is indexed.
  package func indexed(_ text: String) -> String { Self.setApart(fold(text)) }

  /// The FTS5 query (https://www.sqlite.org/fts5.html#full_text_query_syntax)
  /// that finds messages with every one of `words`, which white space parts;
  /// one that ends in `*` is the beginning of a word. `nil` when nothing in
  /// them is indexed.
  package func query(_ words: String) -> String? {
    let terms = words.split(whereSeparator: \.isWhitespace).compactMap { term(String($0)) }
    return terms.isEmpty ? nil : terms.joined(separator: " ")
  }

  private func term(_ word: String) -> String? {
    let folded = indexed(word)
    // After the folding, which makes one of the wide star too.
    let isPrefix = folded.hasSuffix("*")
    let text = isPrefix ? String(folded.dropLast()) : folded
    guard text.unicodeScalars.contains(where: Self.isIndexed) else { return nil }
    // Inside quotes nothing is syntax but the quote itself.
    var term = "\""
    for character in text.unicodeScalars {
      if character == "\"" { term += "\"" }
      // The query ends at a NUL; a space parts words as a NUL does.
      term.unicodeScalars.append(character == "\0" ? " " : character)
    }
    return term + (isPrefix ? "\"*" : "\"")
  }
}

/// What is a word of its own.
extension SearchForm {
  /// Puts a space before and after every character of a script that is written
  /// without spaces between words, and every emoji: FTS5's tokenizer takes a run
  /// of them for one word. A query of several becomes a phrase.
  private static func setApart(_ text: String) -> String {
    // Most text has nothing to set apart.
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    var result = String.UnicodeScalarView()
    var isAfterSeparate = false
    for scalar in text.unicodeScalars {
      if isVariationSelector(scalar) { continue }
      let isMark = isMark(scalar)
      // A mark stays with the character below it.
      let isSeparate = !isMark && isSeparate(scalar)
      if isSeparate || (isAfterSeparate && !isMark) { result.append(" ") }
      result.append(scalar)
      isAfterSeparate = isSeparate || (isAfterSeparate && isMark)
    }
    return String(result)
  }

  /// Whether the tokenizer keeps `scalar`: the categories of the schema.
  private static func isIndexed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber, .privateUse, .otherSymbol, .nonspacingMark,
      .spacingMark, .enclosingMark:
      true
    default: false
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return false }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return true
    default: return false
    }
  }

  /// How an emoji is drawn, U+FE0E and U+FE0F: no part of what is meant.
  private static func isVariationSelector(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value == 0xfe0e || scalar.value == 0xfe0f
  }

  private static func isSeparate(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return false }
    return isUnspaced(scalar) || scalar.properties.generalCategory == .otherSymbol
  }

  /// Scripts without spaces between words, by the blocks that hold them
  /// (https://www.unicode.org/Public/UNIDATA/Blocks.txt): the standard library
  /// does not know a scalar's script. Hangul has spaces, but its words carry
  /// their particles.
  private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0e01...0x0e4f,  // Thai, its digits left out
      0x0e80...0x0ecf,  // Lao
      0x1000...0x103f, 0x1050...0x109f,  // Myanmar
      0x1100...0x11ff,  // Hangul Jamo
      0x1780...0x17d3,  // Khmer
      0x1950...0x19df, 0x1a20...0x1a7f,  // Tai Le, New Tai Lue, Tai Tham
      0x2e80...0x2fdf,  // CJK Radicals Supplement, Kangxi Radicals
      0x3005...0x3007, 0x3021...0x3029, 0x3031...0x3035, 0x3038...0x303c,  // Han in CJK Symbols
      0x3041...0x30ff,  // Hiragana, Katakana
      0x3131...0x318e,  // Hangul Compatibility Jamo
      0x31f0...0x31ff,  // Katakana Phonetic Extensions
      0x3400...0x4dbf, 0x4e00...0x9fff,  // CJK Unified Ideographs, Extension A
      0xa960...0xa97f, 0xac00...0xd7ff,  // Hangul Syllables, Jamo Extended
      0xa980...0xa9cf, 0xa9e0...0xa9ef, 0xa9fa...0xa9fe,  // Javanese, Myanmar Extended-B
      0xaa60...0xaadf,  // Myanmar Extended-A, Tai Viet
      0xf900...0xfaff,  // CJK Compatibility Ideographs
      0xff66...0xffdc,  // Halfwidth Katakana and Hangul
      0x1aff0...0x1b16f,  // Kana Extended, Kana Supplement
      0x20000...0x3ffff:  // Supplementary and Tertiary Ideographic Planes
      true
    default: false
    }
  }
}
