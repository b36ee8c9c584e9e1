extension Handle {
  /// Whether no name would be written so but to deceive: letters of several
  /// scripts in it that are not written together, something that is not seen, or
  /// seen differently by everybody, or the `>` that ends a name.
  public var isSuspicious: Bool {
    if Self.hasNameEnd(text) { return true }
    if TextSanitizer.isPrintableASCII(text) { return false }
    return Self.mixesScripts(Array(text.unicodeScalars)) || Self.hidesSomething(text)
  }

  /// The scripts of one name: a single one, or those of Japanese, Chinese or
  /// Korean, with Latin (UTS #39, section 5.2, Highly Restrictive).
  private static func mixesScripts(_ scalars: [Unicode.Scalar]) -> Bool {
    let scripts = Set(scalars.map(Script.init(of:))).subtracting([.common])
    return scripts.count > 1 && !writtenTogether.contains { scripts.isSubset(of: $0) }
  }

  private static let writtenTogether: [Set<Script>] = [
    [.latin, .han, .hiragana, .katakana], [.latin, .han, .bopomofo], [.latin, .han, .hangul],
  ]

  /// Whether there is something that nobody sees, a mark on what precedes the
  /// name, or a scalar that each font draws as it likes.
  private static func hidesSomething(_ text: String) -> Bool {
    for (index, scalar) in text.unicodeScalars.enumerated() {
      switch scalar.properties.generalCategory {
      case .unassigned, .privateUse: return true
      case .nonspacingMark, .enclosingMark, .spacingMark:
        if index == 0 { return true }
      default: break
      }
    }
    return TextSanitizer.escapedOnOneLine(text).utf8.count != text.utf8.count
  }

  /// Whether there is a sign that ends a name on the screen, as `>` does, or
  /// that looks like one.
  private static func hasNameEnd(_ text: String) -> Bool {
    if text.utf8.contains(UInt8(ascii: ">")) || Skeleton(of: text).contains(">") { return true }
    return text.unicodeScalars.contains { scalar in
      guard !scalar.isASCII, let name = scalar.properties.name else { return false }
      return endingNames.contains { name.contains($0) }
    }
  }

  /// What the names of such signs have in them (UnicodeData): guillemets, brackets,
  /// arrowheads, triangles and ornaments.
  private static let endingNames = [
    "GREATER-THAN", "SUCCEED", "RIGHT-POINTING", "RIGHT POINTING", "RIGHT ANGLE",
    "RIGHT DOUBLE ANGLE", "RIGHT ARROWHEAD", "RIGHTWARDS", "RIGHT TRIANGLE",
    "RIGHT-ANGLE", "CONTAINS AS NORMAL SUBGROUP",
  ]
}

extension Handle {
  /// Whether a person could take one handle for the other: they are equal
  /// after both are reduced to the plain letters that they look like. Case,
  /// width, style, accents, signs and invisible characters do not make another
  /// handle of one, nor do the letters of other alphabets, or digits, that look
  /// the same.
  ///
  /// It errs towards resemblance: the price of a mistake is a mark beside an
  /// honest name.
  public func looksLike(_ other: Handle) -> Bool {
    // Capitals of other alphabets look like other Latin letters than their
    // smalls: Ν like N, ν like v.
    if SearchFolding.fold(text) == SearchFolding.fold(other.text) { return true }
    return Skeleton(of: text).resembles(Skeleton(of: other.text))
  }

  /// Whether it begins with what looks like `other` and goes on with what may be
  /// taken for no part of the name: `SERVER-x`, and not `SERVER2` or `SERVERS`.
  public func beginsLike(_ other: Handle) -> Bool {
    let scalars = text.unicodeScalars
    return scalars.indices.dropFirst().contains { index in
      let next = scalars[index]
      let goesOn =
        next.isASCII && (next.properties.isAlphabetic || next.properties.numericType != nil)
      return !goesOn && Handle(unchecked: String(scalars[..<index])).looksLike(other)
    }
  }
}
