extension TextSanitizer {
  /// Whether a text has only what is shown as it is, whatever is beside it:
  /// nearly every text, and found in its bytes, without a look into Unicode's
  /// tables. Of one that has anything else the rest of this type decides.
  ///
  /// - Parameter utf8: valid UTF-8, as a `String` has it.
  /// - Returns: `false` also for many that would be shown as they are.
  package static func isPlain(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    isPrintableASCII(utf8) || hasPlainScalarsAlone(utf8)
  }

  private static func hasPlainScalarsAlone(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    var place = 0
    func next() -> UInt32 {
      guard place < utf8.count else { return 0 }
      defer { place += 1 }
      return UInt32(utf8[place]) & 0x3f
    }
    while place < utf8.count {
      if isPrintableASCII(utf8, eightFrom: place) {
        place += 8
        continue
      }
      let lead = utf8[place]
      place += 1
      let value: UInt32
      switch lead {
      case 0x20..<0x7f: continue
      case 0xc3..<0xe0: value = UInt32(lead & 0x1f) << 6 | next()
      case 0xe0..<0xf0: value = UInt32(lead & 0xf) << 12 | next() << 6 | next()
      case 0xf0..<0xf8:
        value = UInt32(lead & 0x7) << 18 | next() << 12 | next() << 6 | next()
      default: return false
      }
      if !isPlain(value) { return false }
    }
    return true
  }

  /// Whether there are eight more, printable ASCII each: between two other letters
  /// there often are.
  @inline(__always)
  private static func isPrintableASCII(
    _ utf8: UnsafeBufferPointer<UInt8>, eightFrom place: Int
  ) -> Bool {
    if utf8.count - place < 8 { return false }
    let word = UnsafeRawBufferPointer(utf8).loadUnaligned(fromByteOffset: place, as: UInt64.self)
    let each: UInt64 = 0x0101_0101_0101_0101
    // The high bit of a byte is set by itself, by less than a space, or by DEL. What
    // is borrowed or carried comes from a byte that has its own set already.
    return (word | (word &- 0x20 * each) | (word &+ each)) & (0x80 * each) == 0
  }

  /// Letters, signs and pictures of one scalar that ``mustEscape(_:)`` lets
  /// pass, that are no marks, and that ``Surroundings`` asks nothing about; not
  /// all of them, but those of most texts. No range has a scalar without a
  /// meaning, which a later Unicode could make something else of.
  static func isPlain(_ value: UInt32) -> Bool {
    switch value {
    case 0xc0...0x24f,  // Latin
      0x391...0x3a1, 0x3a3...0x3ff,  // Greek
      0x400...0x481, 0x48a...0x52f,  // Cyrillic
      0x2010...0x2027, 0x20ac,  // dashes, quotation marks, the dots, the euro
      0x3001...0x3002, 0x3041...0x3096, 0x30a1...0x30fa,  // kana
      0x4e00...0x9fff, 0xac00...0xd7a3,  // Han, Hangul
      0xff01, 0xff08...0xff09, 0xff0c, 0xff1a, 0xff1f,  // their punctuation
      0x1f330...0x1f393, 0x1f3a0...0x1f3f0, 0x1f400...0x1f4fc, 0x1f500...0x1f53d, 0x1f600...0x1f64f,
      0x1f680...0x1f6c5:  // pictures
      true
    default: false
    }
  }
}
