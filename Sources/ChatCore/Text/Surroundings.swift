/// Where in a text a scalar stands: what is not seen by itself, and so could hide
/// a message in another, may be shown only where it does something.
///
/// | what | where it may be |
/// |---|---|
/// | ZWJ | between two emoji; in a script that joins: between two letters, of Indic ones beside a virama |
/// | ZWNJ | between two letters of a script that joins |
/// | U+FE0E, U+FE0F | once, after an emoji that has both forms; of a digit's only in a keycap |
/// | U+FE00 to U+FE0D | once, after an ideograph, a mathematical sign and the few scripts that have variants |
/// | U+E0100 and its like | once, after an ideograph |
/// | U+180B to U+180D, U+180F | once, after a Mongolian letter |
/// | U+2800 | in a run of them with a Braille cell at one end that has dots |
/// | signs that stack letters | after their own script |
///
/// UTS #51 (emoji), the Unicode Standard 23.2 (joiners) and 23.4 (selectors).
struct Surroundings {
  /// Of a text that is shown in pieces, what follows its end is not known and
  /// taken for what is wanted. It must be the user's own.
  let isPiece: Bool
  /// The last scalar, as long as it is shown as it is.
  private var before: Unicode.Scalar?
  /// What the last that is no mark was written in.
  private var script = Script.common
  /// Whether the last that is no selector is an emoji.
  private var isAfterEmoji = false

  init(isPiece: Bool = false) {
    self.isPiece = isPiece
  }

  /// `scalar` is shown as it is.
  mutating func pass(_ scalar: Unicode.Scalar) {
    before = scalar
    if scalar.isASCII {
      script = scalar.properties.isAlphabetic ? .latin : .common
      isAfterEmoji = false
      return
    }
    if !scalar.properties.isVariationSelector { isAfterEmoji = Self.isEmoji(scalar) }
    let own = Script(of: scalar)
    if own != .common || !Self.isMark(scalar) && !Self.isJoiner(scalar) { script = own }
  }

  /// Something else is shown in the place of a scalar.
  mutating func interrupt() {
    self = Surroundings(isPiece: isPiece)
  }

  /// Whether `scalar` may be shown as it is between what has passed and `rest`,
  /// as far as that depends on where it stands.
  func allow(_ scalar: Unicode.Scalar, before rest: Substring.UnicodeScalarView) -> Bool {
    switch scalar.value {
    case 0x200c, 0x200d: allowJoiner(scalar, before: rest.first)
    case 0xfe0e, 0xfe0f: allowPresentation(before: rest.first)
    case 0xfe00...0xfe0d: before.map(Self.hasVariants) ?? false
    case 0xe0100...0xe01ef: before.map { $0.properties.isIdeographic } ?? false
    case 0x180b...0x180d, 0x180f: before.map { (0x1820...0x18aa).contains($0.value) } ?? false
    case 0x2800: allowBlankCell(before: rest)
    // The invisible stackers and joiners of Indic scripts (Indic_Syllabic_Category),
    // Tifinagh's, and what turns a hieroglyph or thickens Duployan.
    case 0x1039, 0x17d2, 0x1a60, 0x2d7f, 0x10a3f, 0x1107f, 0x11133, 0x113d0, 0x11a47, 0x11a99,
      0x11d45, 0x11d97, 0x11f42, 0x13440, 0x1bc9d:
      before != nil && script == Script(of: scalar) && script != .common
    default: true
    }
  }

  private func allowJoiner(_ joiner: Unicode.Scalar, before next: Unicode.Scalar?) -> Bool {
    guard let before, !Self.isJoiner(before) else { return false }
    let isZWJ = joiner == "\u{200d}"
    if isAfterEmoji { return isZWJ && (next.map(Self.isEmoji) ?? isPiece) }
    guard script.hasJoining, !before.properties.isVariationSelector else { return false }
    let isAfterVirama = Self.isVirama(before)
    guard let next else { return isPiece || isZWJ && isAfterVirama }
    if isZWJ, isAfterVirama, Script(of: next) != script { return true }
    guard Script(of: next) == script else { return false }
    if !isZWJ || isArabicLike { return !Self.isMark(next) }
    return isAfterVirama || Self.isVirama(next) && !Self.isMark(before)
  }

  /// A script whose letters join by themselves, without a virama: from Arabic to
  /// Syriac, Mongolian and 'Phags-pa, and those of the steppe.
  private var isArabicLike: Bool {
    guard let value = before?.value else { return false }
    switch value {
    case 0x600..<0x900, 0x1800..<0x18b0, 0xa840..<0xa880, 0xfb50..<0xff00, 0x10ac0..<0x11000,
      0x1e900..<0x1e960:
      return true
    default: return false
    }
  }

  private func allowPresentation(before next: Unicode.Scalar?) -> Bool {
    guard let before, before.properties.isEmoji else { return false }
    if before.isASCII { return next == "\u{20e3}" || next == nil && isPiece }
    // What was a picture from its beginning, in Unicode 7 and later, has no other form.
    if !before.properties.isEmojiPresentation { return true }
    return Self.isEmoji(before) && !before.properties.isEmojiModifier
      && before.properties.age.map { $0.major < 7 } ?? false
  }

  /// How many blank cells are looked over for one with dots.
  private static let longestGap = 64

  private func allowBlankCell(before rest: Substring.UnicodeScalarView) -> Bool {
    if isPiece || before.map({ (0x2800...0x28ff).contains($0.value) }) ?? false { return true }
    let next = rest.prefix(Self.longestGap).first { $0 != "\u{2800}" }
    return next.map { (0x2801...0x28ff).contains($0.value) } ?? false
  }

  /// Those of StandardizedVariants, by their kind.
  private static func hasVariants(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.properties.isIdeographic { return true }
    switch scalar.value {
    case 0x2200..<0x2300, 0x2a00..<0x2b00: return true
    case 0x3001, 0x3002, 0xff01, 0xff0c, 0xff0e, 0xff1a, 0xff1b, 0xff1f: return true
    case 0x1000..<0x1050, 0xaa60..<0xaa80: return !isMark(scalar)
    case 0xa840..<0xa878, 0x10ac0..<0x10ae5, 0x13000..<0x13430: return !isMark(scalar)
    default: return false
    }
  }

  /// Whether it may be part of an emoji of several: no digit, and no letter of a flag.
  private static func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
    !scalar.isASCII && scalar.properties.isEmoji && !(0x1f1e6...0x1f1ff).contains(scalar.value)
  }

  private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{200c}" || scalar == "\u{200d}"
  }

  private static func isVirama(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.canonicalCombiningClass == .virama
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark: true
    default: false
    }
  }
}
