/// What is put in the full-text index for a message, and asked of it for a
/// user's words.
///
/// FTS5's tokenizer takes a run of CJK characters, or of emoji, for one word;
/// here each of them is set apart, and a query of several becomes a phrase.
/// Deleting from the index needs the very text that was added, so a change
/// here needs a migration that builds the index again.
package enum SearchText {
  /// `text` as it is indexed.
  package static func indexed(_ text: String) -> String {
    // Most text has nothing to set apart.
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    var result = String.UnicodeScalarView()
    var isAfterSeparate = false
    for scalar in text.unicodeScalars {
      if isVariationSelector(scalar) { continue }
      let isSeparate = isSeparate(scalar)
      // A mark stays with the character below it.
      let isMark = scalar.properties.generalCategory == .nonspacingMark
      if isSeparate || (isAfterSeparate && !isMark) { result.append(" ") }
      result.append(scalar)
      isAfterSeparate = isSeparate || (isAfterSeparate && isMark)
    }
    return String(result)
  }

  /// The FTS5 query (https://www.sqlite.org/fts5.html#full_text_query_syntax)
  /// that finds messages with every one of `words`, which white space parts;
  /// one that ends in `*` is the beginning of a word. `nil` when nothing in
  /// them is indexed.
  package static func query(_ words: String) -> String? {
    let terms = words.split(whereSeparator: \.isWhitespace).compactMap { word -> String? in
      let isPrefix = word.hasSuffix("*")
      let text = indexed(String(isPrefix ? word.dropLast() : word))
      guard text.unicodeScalars.contains(where: isIndexed) else { return nil }
      // Inside quotes nothing is syntax but the quote itself.
      var term = "\""
      for character in text.unicodeScalars {
        if character == "\"" { term += "\"" }
        // The query ends at a NUL; a space parts words as a NUL does.
        term.unicodeScalars.append(character == "\0" ? " " : character)
      }
      return term + (isPrefix ? "\"*" : "\"")
    }
    return terms.isEmpty ? nil : terms.joined(separator: " ")
  }

  /// Whether the tokenizer keeps `scalar`: the categories of the schema.
  private static func isIndexed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber, .privateUse, .otherSymbol, .nonspacingMark:
      true
    default: false
    }
  }

  /// How an emoji is drawn, U+FE0E and U+FE0F: no part of what is meant.
  private static func isVariationSelector(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value == 0xfe0e || scalar.value == 0xfe0f
  }

  private static func isSeparate(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return false }
    return isCJK(scalar) || scalar.properties.generalCategory == .otherSymbol
  }

  /// Han, Hiragana, Katakana and Hangul, by the blocks that hold them
  /// (https://www.unicode.org/Public/UNIDATA/Blocks.txt): the standard library
  /// does not know a scalar's script.
  private static func isCJK(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x11ff,  // Hangul Jamo
      0x2e80...0x2fdf,  // CJK Radicals Supplement, Kangxi Radicals
      0x3005...0x3007, 0x3021...0x3029, 0x3031...0x3035, 0x3038...0x303c,  // Han in CJK Symbols
      0x3041...0x30ff,  // Hiragana, Katakana
      0x3131...0x318e,  // Hangul Compatibility Jamo
      0x31f0...0x31ff,  // Katakana Phonetic Extensions
      0x3400...0x4dbf, 0x4e00...0x9fff,  // CJK Unified Ideographs, Extension A
      0xa960...0xa97f, 0xac00...0xd7ff,  // Hangul Syllables, Jamo Extended
      0xf900...0xfaff,  // CJK Compatibility Ideographs
      0xff66...0xffdc,  // Halfwidth Katakana and Hangul
      0x1aff0...0x1b16f,  // Kana Extended, Kana Supplement
      0x20000...0x3ffff:  // Supplementary and Tertiary Ideographic Planes
      // A voiced-sound mark stays with its kana.
      scalar.properties.generalCategory != .nonspacingMark
    default: false
    }
  }
}
