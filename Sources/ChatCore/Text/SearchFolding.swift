/// The one form in which texts are compared for search: a body and a query
/// that a person would call the same fold to the same text.
///
/// Compatibility decomposition (NFKD, UAX #15) and full case folding; accents,
/// vowel points, tatweel and what is not seen left out; ł, ø, đ, ı, æ, œ, þ and
/// their like as the letters people type for them. Where marks are letters of
/// the word, as in Thai and Devanagari, they stay. Hangul and voiced kana are
/// whole letters. Hiragana and katakana stay apart, and emoji as they are.
/// Tools/folding.py has the rules, and FoldingTable what they come to.
public enum SearchFolding {
  /// Changes whenever any text folds otherwise: an index must be asked with
  /// the folding it was made with.
  public static let version = FoldingTable.version

  /// `text`, folded; the same string where nothing changes in plain ASCII.
  /// Folding twice is folding once.
  public static func fold(_ text: String) -> String {
    if let plain = foldedASCII(text) { return plain }
    var composer = ScalarComposer(capacity: text.utf8.count)
    for scalar in text.unicodeScalars {
      if let plain = lowercaseASCII(scalar) {
        composer.append(plain)
      } else if isIdleJoiner(scalar, after: composer.scalars.last) {
        continue
      } else if !FoldingTable.map.replace(scalar, { composer.append($0) }) {
        composer.append(scalar)
      }
    }
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in composer.scalars { result.unicodeScalars.append(scalar) }
    return result
  }

  /// Nearly all text, in one pass that looks at all of it, so that the
  /// compiler can take many bytes at once; `nil` for what is not ASCII.
  private static func foldedASCII(_ text: String) -> String? {
    var all: UInt8 = 0
    var capitals: UInt8 = 0
    for byte in text.utf8 {
      all |= byte
      capitals |= isCapital(byte) ? 1 : 0
    }
    if all >= 0x80 { return nil }
    if capitals == 0 { return text }
    return String(decoding: text.utf8.map { isCapital($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  /// `scalar` in small letters; `nil` for what is not ASCII.
  static func lowercaseASCII(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    guard scalar.isASCII else { return nil }
    let byte = UInt8(truncatingIfNeeded: scalar.value)
    return Unicode.Scalar(isCapital(byte) ? byte | 0x20 : byte)
  }

  private static func isCapital(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "A") < 26
  }

  /// A ZWJ between letters says how they are written together and is no part
  /// of the word; between emoji it makes one of them.
  private static func isIdleJoiner(
    _ scalar: Unicode.Scalar, after previous: Unicode.Scalar?
  ) -> Bool {
    guard scalar == "\u{200d}", let previous else { return false }
    return Script(of: previous) != .common
  }
}
