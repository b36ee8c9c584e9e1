/// Searches in bytes that are read from a peer; what memchr(3) is to C, which
/// this layer does not import.
enum ByteScan {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The index of the first `byte` at or after `start`, or `nil`.
  ///
  /// Eight bytes at a time: a byte of `x` is zero exactly where
  /// `(x - 0x01…) & ~x & 0x80…` first has a bit.
  static func firstIndex(
    of byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int
  ) -> Int? {
    let pattern = UInt64(byte) &* ones
    var index = start
    while index &+ 8 <= bytes.count {
      let word =
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ pattern
      let found = (word &- ones) & ~word & highs
      if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
      index &+= 8
    }
    while index < bytes.count {
      if bytes[index] == byte { return index }
      index &+= 1
    }
    return nil
  }
}
