import ChatTerminal

/// Widths as terminals other than ours see them.
enum Width {
  static func clusterColumns(_ character: Character) -> Int {
    CharacterWidth(of: character).estimate
  }

  /// What one scalar takes by itself: a cluster of its own.
  static func scalarColumns(_ scalar: Unicode.Scalar) -> Int {
    // Modifiers and regional indicators stand alone as wide; joiners, marks
    // and selectors take nothing.
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: 0
    default: CharacterWidth(of: Character(scalar)).estimate
    }
  }
}
