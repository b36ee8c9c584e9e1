/// The cyclic redundancy check of zlib, PNG and Ethernet, a byte at a time
/// (RFC 1952, section 8). It sees every change of up to 32 bits in a row, and
/// of four thousand million other changes all but one. It is no signature:
/// who wants to forge a row can.
struct CRC32: Equatable, Sendable {
  private var register: UInt32 = 0xffff_ffff

  /// Of what was added until now.
  var value: UInt32 { ~register }

  mutating func add(_ byte: UInt8) {
    Self.table.withUnsafeBufferPointer { table in
      register = Self.next(register, byte, table)
    }
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    Self.table.withUnsafeBufferPointer { table in
      var register = register
      for byte in bytes { register = Self.next(register, byte, table) }
      self.register = register
    }
  }

  @inline(__always)
  private static func next(
    _ register: UInt32, _ byte: UInt8, _ table: UnsafeBufferPointer<UInt32>
  ) -> UInt32 {
    table[Int(UInt8(truncatingIfNeeded: register) ^ byte)] ^ (register >> 8)
  }

  /// What each byte alone makes of an empty register.
  private static let table: [UInt32] = (0..<256).map { (byte: UInt32) in
    (0..<8).reduce(byte) { rest, _ in rest & 1 == 1 ? 0xedb8_8320 ^ (rest >> 1) : rest >> 1 }
  }
}
