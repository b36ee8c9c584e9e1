/// What a text looks like, in plain small letters where it can be told.
enum Skeleton {
  static func of(_ text: String) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for scalar in text.unicodeScalars where isSeen(scalar) {
      if scalar.isASCII {
        append(LookAlikes.merged(lowercaseASCII(scalar)), to: &result)
        continue
      }
      for plain in lowercase(LookAlikes.latin[scalar] ?? named(scalar) ?? scalar)
      where isSeen(plain) {
        append(LookAlikes.merged(plain), to: &result)
      }
    }
    return trimmed(result)
  }

  /// A dot or a bracket at either end makes no other name of it, unless there
  /// is nothing else.
  private static func trimmed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard let first = scalars.firstIndex(where: isLetterLike),
      let last = scalars.lastIndex(where: isLetterLike)
    else { return scalars }
    return Array(scalars[first...last])
  }

  private static func isLetterLike(_ scalar: Unicode.Scalar) -> Bool {
    if ("a"..."z").contains(scalar) { return true }
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol,
      .modifierSymbol, .otherSymbol:
      return false
    default: return true
    }
  }

  /// Two letters side by side can look like one.
  private static func append(_ scalar: Unicode.Scalar, to result: inout [Unicode.Scalar]) {
    switch (result.last, scalar) {
    case ("r", "n"): result[result.count - 1] = "m"
    case ("v", "v"): result[result.count - 1] = "w"
    default: result.append(scalar)
    }
  }

  private static func lowercase(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
    scalar.properties.lowercaseMapping.unicodeScalars
  }

  private static func lowercaseASCII(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard ("A"..."Z").contains(scalar) else { return scalar }
    return Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value) | 0x20)
  }

  /// Marks change a letter's look too little, and joiners and selectors have
  /// none.
  private static func isSeen(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return true }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return false
    default: return !properties.isDefaultIgnorableCodePoint
    }
  }

  /// The plain letter or digit that Unicode's own name of `scalar` tells:
  /// LATIN CAPITAL LETTER E WITH ACUTE, FULLWIDTH LATIN SMALL LETTER E,
  /// MATHEMATICAL BOLD CAPITAL E, NEGATIVE SQUARED LATIN CAPITAL LETTER E.
  private static func named(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    // FULLWIDTH forms of ASCII, in its order.
    if (0xff01...0xff5e).contains(scalar.value) { return Unicode.Scalar(scalar.value - 0xfee0) }
    let properties = scalar.properties
    if let digit = digit(properties) { return digit }
    guard let name = properties.name else { return nil }
    let words = name.split(separator: " ")
    if words.first == "GREEK" || words.first == "MATHEMATICAL" {
      let isCapital = words.contains("CAPITAL")
      for word in words {
        let greek = isCapital ? LookAlikes.greekCapitals[word] : LookAlikes.greekSmalls[word]
        if let greek { return greek }
      }
      if words.first == "GREEK" { return nil }
    }
    guard let kind = words.firstIndex(where: { styles.contains($0) }) else { return nil }
    // Other alphabets have letters of these names that look otherwise.
    guard isLatin(words) else { return nil }
    for word in words[kind...] where word.utf8.count == 1 { return word.unicodeScalars.first }
    return nil
  }

  /// A digit of any script or style; numbers like 一 are words.
  private static func digit(_ properties: Unicode.Scalar.Properties) -> Unicode.Scalar? {
    guard let type = properties.numericType, type != .numeric else { return nil }
    // No rounding functions: they would need libm.
    for digit in UInt8(0)...9 where properties.numericValue == Double(digit) {
      return Unicode.Scalar(UInt8(ascii: "0") + digit)
    }
    return nil
  }

  private static let styles: Set<Substring> = ["CAPITAL", "SMALL", "LETTER", "SYMBOL", "SCRIPT"]

  private static func isLatin(_ words: [Substring]) -> Bool {
    switch words.first {
    case "MATHEMATICAL", "DOUBLE-STRUCK", "BLACK-LETTER", "SCRIPT", "REGIONAL", "FULLWIDTH",
      "CIRCLED", "PARENTHESIZED", "NEGATIVE", "SQUARED":
      true
    default: words.contains("LATIN")
    }
  }
}
