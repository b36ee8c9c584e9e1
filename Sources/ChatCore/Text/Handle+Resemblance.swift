extension Handle {
  /// Whether a person could take one handle for the other: they are equal
  /// after both are reduced to the plain letters that they look like. Case,
  /// width, style, accents and invisible characters do not tell handles apart,
  /// nor do the letters of other alphabets, or digits, that look the same.
  ///
  /// It errs towards resemblance: the price of a mistake is a mark beside an
  /// honest name. The idea is that of UTS #39, section 4; its data is far
  /// larger than ten characters beside one known name need.
  public func looksLike(_ other: Handle) -> Bool {
    self == other || Skeleton.of(text) == Skeleton.of(other.text)
  }
}
