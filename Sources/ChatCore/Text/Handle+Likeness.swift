extension Handle {
  /// Whether no name would be written so but to deceive: letters of several
  /// scripts in it that are not written together, or something that is not
  /// seen, or seen differently by everybody.
  public var isSuspicious: Bool {
    if TextSanitizer.needsNoEscape(text) { return false }
    let scalars = Array(text.unicodeScalars)
    return Self.mixesScripts(scalars) || Self.hidesSomething(scalars)
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

  /// Whether there is something that nobody sees: a blank, a joiner or selector
  /// that changes nothing, a mark on what precedes the name; or a scalar that
  /// each font draws as it likes.
  private static func hidesSomething(_ scalars: [Unicode.Scalar]) -> Bool {
    var script = Script.common
    for (index, scalar) in scalars.enumerated() {
      if isBlank(scalar) { return true }
      let before = index > 0 ? scalars[index - 1] : nil
      let after = index + 1 < scalars.count ? scalars[index + 1] : nil
      let properties = scalar.properties
      switch properties.generalCategory {
      case .unassigned, .privateUse: return true
      case .nonspacingMark, .enclosingMark, .spacingMark:
        guard let before else { return true }
        if properties.isVariationSelector,
          !selects(scalar, of: before, in: script, before: after)
        {
          return true
        }
      case .format where isJoiner(scalar):
        if !joins(before, after, in: script) { return true }
      default: break
      }
      let own = Script(of: scalar)
      if own != .common { script = own }
    }
    return false
  }

  /// Symbols and hieroglyphs that are spaces.
  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1d159, 0x13441, 0x13442: true
    default: false
    }
  }

  private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{200c}" || scalar == "\u{200d}"
  }

  /// Whether a joiner makes one emoji of two, or changes letters of `script`.
  private static func joins(
    _ before: Unicode.Scalar?, _ after: Unicode.Scalar?, in script: Script
  ) -> Bool {
    guard let before, !isJoiner(before) else { return false }
    if isEmoji(before) || before == "\u{fe0f}" { return after.map(isEmoji) ?? false }
    return script.hasJoining && (after != nil || isMark(before))
  }

  /// Whether a selector asks for a form that `base` has: the picture of an
  /// emoji, a keycap, or a form of a letter.
  private static func selects(
    _ selector: Unicode.Scalar, of base: Unicode.Scalar, in script: Script,
    before after: Unicode.Scalar?
  ) -> Bool {
    if base.properties.isVariationSelector { return false }
    if (0xfe0e...0xfe0f).contains(selector.value) {
      return base.properties.isEmoji && (!base.isASCII || after == "\u{20e3}")
    }
    return script == .han || script.hasJoining
  }

  private static func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
    !scalar.isASCII && scalar.properties.isEmoji
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark: true
    default: false
    }
  }
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
}
