extension Character {
  /// Its one byte, where it is ASCII that takes one column, is drawn as it is
  /// and joins no other ASCII. Nearly everything typed is; known from the byte,
  /// it costs no look at the properties of scalars.
  var printableASCII: UInt8? {
    let bytes = utf8
    guard let first = bytes.first, (0x20..<0x7f).contains(first), bytes.count == 1 else {
      return nil
    }
    return first
  }
}
