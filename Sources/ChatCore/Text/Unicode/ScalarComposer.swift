/// Puts decomposed scalars together to a text of one form: marks in canonical
/// order (UAX #15), the jamo of Hangul joined to syllables, and kana to their
/// voiced marks, since those are what people read as one letter. Everything
/// else stays decomposed.
struct ScalarComposer {
  private(set) var scalars: [Unicode.Scalar] = []

  /// - Parameter capacity: about how many scalars there will be.
  init(capacity: Int) {
    scalars.reserveCapacity(capacity)
  }

  /// Adds `scalar` after the others, or where its class orders it.
  mutating func append(_ scalar: Unicode.Scalar) {
    // Nothing below the combining accents combines.
    if scalar.value < 0x300 {
      scalars.append(scalar)
      return
    }
    let place = place(of: scalar)
    if place > 0, let whole = Self.compose(scalars[place - 1], scalar) {
      scalars[place - 1] = whole
    } else {
      scalars.insert(scalar, at: place)
    }
  }

  private func place(of scalar: Unicode.Scalar) -> Int {
    let order = scalar.properties.canonicalCombiningClass
    var place = scalars.count
    guard order != .notReordered else { return place }
    while place > 0, scalars[place - 1].properties.canonicalCombiningClass > order { place -= 1 }
    return place
  }

  private static func compose(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar?
  {
    switch second.value {
    case 0x1161...0x1175, 0x11a8...0x11c2: composeHangul(first.value, second.value)
    case 0x3099: voiced(first.value).flatMap(Unicode.Scalar.init)
    case 0x309a: semiVoiced(first.value).flatMap(Unicode.Scalar.init)
    default: nil
    }
  }

  /// The arithmetic of The Unicode Standard, section 3.12: 19 initials, 21
  /// vowels and 27 finals, in the order of the syllables.
  private static func composeHangul(_ first: UInt32, _ second: UInt32) -> Unicode.Scalar? {
    switch (first, second) {
    case (0x1100...0x1112, 0x1161...0x1175):
      return Unicode.Scalar(0xac00 + ((first - 0x1100) * 21 + second - 0x1161) * 28)
    case (0xac00...0xd7a3, 0x11a8...0x11c2) where (first - 0xac00) % 28 == 0:
      return Unicode.Scalar(first + second - 0x11a7)
    default: return nil
    }
  }

  /// With a voiced mark: the next scalar, where there is such a letter.
  private static func voiced(_ kana: UInt32) -> UInt32? {
    switch kana {
    case 0x3046: return 0x3094
    case 0x30a6: return 0x30f4
    case 0x30ef...0x30f2: return kana + 8
    case 0x309d, 0x30fd: return kana + 1
    default: break
    }
    switch kana >= 0x30a0 ? kana - 0x60 : kana {
    // か to ち; then っ comes between.
    case 0x304b...0x3061 where kana & 1 == 1: return kana + 1
    case 0x3064, 0x3066, 0x3068: return kana + 1
    default: return semiVoiced(kana).map { $0 - 1 }
    }
  }

  /// With a semi-voiced mark: は to ほ, by threes.
  private static func semiVoiced(_ kana: UInt32) -> UInt32? {
    let hiragana = kana >= 0x30a0 ? kana - 0x60 : kana
    guard (0x306f...0x307b).contains(hiragana), (hiragana - 0x306f) % 3 == 0 else { return nil }
    return kana + 2
  }
}
