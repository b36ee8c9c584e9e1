/// What a text looks like, in plain small letters where a person would read it
/// so (UTS #39, section 4).
struct Skeleton {
  /// Each scalar's look, signs and all.
  private let looks: [Unicode.Scalar]

  init(of text: String) {
    var composer = ScalarComposer(capacity: text.utf8.count)
    for scalar in text.unicodeScalars {
      if let plain = SearchFolding.lowercaseASCII(scalar) {
        composer.append(plain)
      } else {
        Self.appendLook(of: scalar) { composer.append($0) }
      }
    }
    looks = composer.scalars
  }

  /// Whether something in it looks like `sign`.
  func contains(_ sign: Unicode.Scalar) -> Bool { looks.contains(sign) }

  /// Whether one could be taken for the other.
  func resembles(_ other: Skeleton) -> Bool {
    var readings: [[Unicode.Scalar]] = [[]]
    for signs in Self.lettersAtTimes {
      guard looks.contains(where: signs.contains) || other.looks.contains(where: signs.contains)
      else { continue }
      readings += readings.map { $0 + signs }
    }
    return readings.contains { letters($0) == other.letters($0) }
  }

  /// Signs that may pass for letters: `!da` is Ida and `$am` Sam, but `Sam!`
  /// and `@Sam` are Sam too. Signs that do not make no other name of one.
  private static let lettersAtTimes: [[Unicode.Scalar]] = [["|", "!"], ["@"], ["$"]]

  /// The letters, with `signs` among them.
  private func letters(_ signs: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(looks.count)
    var previous: Unicode.Scalar?
    for scalar in looks {
      if previous == "\\", scalar == "/" {
        Self.append("v", to: &result)
      } else if !Self.isSign(scalar) || signs.contains(scalar) {
        Self.append(Self.merged(scalar), to: &result)
      }
      previous = scalar
    }
    // There may be nothing but signs.
    return result.isEmpty ? looks : result
  }

  private static func appendLook(of scalar: Unicode.Scalar, _ append: (Unicode.Scalar) -> Void) {
    if ConfusableTable.map.replace(scalar, append) { return }
    let isFolded = FoldingTable.map.replace(scalar) { part in
      if !ConfusableTable.map.replace(part, append) { append(part) }
    }
    if !isFolded { append(scalar) }
  }

  /// Two letters side by side can look like one.
  private static func append(_ scalar: Unicode.Scalar, to result: inout [Unicode.Scalar]) {
    switch (result.last, scalar) {
    case ("r", "n"): result[result.count - 1] = "m"
    case ("v", "v"): result[result.count - 1] = "w"
    default: result.append(scalar)
    }
  }

  /// Plain characters that stand for one another, under one of them.
  private static func merged(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "0": "o"
    case "1", "i", "|", "!": "l"
    case "2": "z"
    case "3": "e"
    case "4", "@": "a"
    case "5", "$": "s"
    case "7": "t"
    case "8": "b"
    default: scalar
    }
  }

  /// What is no letter, digit or mark.
  private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
    if ("a"..."z").contains(scalar) { return false }
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol,
      .modifierSymbol, .otherSymbol, .spaceSeparator:
      return true
    default: return false
    }
  }
}
