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
