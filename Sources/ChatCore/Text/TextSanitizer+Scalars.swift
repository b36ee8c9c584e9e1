extension TextSanitizer {
  /// Whether `scalar` must not reach a terminal as it is: C0, DEL, C1, line
  /// and paragraph separators, noncharacters, and whatever is not seen:
  /// bidi controls, format characters, fillers and signs that are blanks. The
  /// joiners and variation selectors that emoji and scripts need may pass, where
  /// ``Surroundings`` allows them.
  ///
  /// The classes are Unicode's own: General_Category (UAX #44) and
  /// Default_Ignorable_Code_Point (DerivedCoreProperties).
  public static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7f { return scalar.value < 0x20 }
    if scalar.value < 0xa0 { return true }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    case .format: return !isJoiner(scalar) && !isVisibleFormat(scalar)
    default: break
    }
    if properties.isNoncharacterCodePoint || isBlankSign(scalar) { return true }
    return properties.isDefaultIgnorableCodePoint && !properties.isVariationSelector
  }

  /// ZWNJ and ZWJ.
  private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{200c}" || scalar == "\u{200d}"
  }

  /// Signs that draw nothing, though Unicode calls them no blanks: the filler of
  /// Khitan, the null notehead, and the blanks among hieroglyphs.
  private static func isBlankSign(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x16fe4, 0x1d159, 0x13441, 0x13442: true
    default: false
    }
  }

  /// The format characters that are seen: signs written around the digits
  /// after them (Prepended_Concatenation_Mark, PropList), which the standard
  /// library does not say.
  private static func isVisibleFormat(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x600...0x605, 0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0x110bd, 0x110cd: true
    default: false
    }
  }
}
