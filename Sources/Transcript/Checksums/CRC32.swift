/// The cyclic redundancy check of zlib, PNG and Ethernet (RFC 1952, section 8).
/// It sees every change of up to 32 bits in a row, and of four thousand million
/// other changes all but one. It is no signature: who wants to forge a row can.
///
/// Eight bytes at a time, since the check of a byte waits for that of the one
/// before it: M. E. Kounavis, F. L. Berry, "A Systematic Approach to Building
/// High Performance Software-Based CRC Generators" (2005).
struct CRC32: Equatable, Sendable {
  private var register: UInt32 = 0xffff_ffff

  /// Of what was added until now.
  var value: UInt32 { ~register }

  mutating func add(_ byte: UInt8) {
    Self.tables.withUnsafeBufferPointer { tables in
      register = Self.next(register, byte, tables)
    }
  }

  /// The bytes of `word`, the lowest first.
  mutating func add(word: UInt64) {
    Self.tables.withUnsafeBufferPointer { tables in
      register = Self.next(register, word, tables)
    }
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    Self.tables.withUnsafeBufferPointer { tables in
      var register = register
      let whole = bytes.count & ~7
      for offset in stride(from: 0, to: whole, by: 8) {
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        register = Self.next(register, UInt64(littleEndian: word), tables)
      }
      for byte in bytes[whole...] { register = Self.next(register, byte, tables) }
      self.register = register
    }
  }

  @inline(__always)
  private static func next(
    _ register: UInt32, _ byte: UInt8, _ tables: UnsafeBufferPointer<UInt32>
  ) -> UInt32 {
    tables[Int(UInt8(truncatingIfNeeded: register) ^ byte)] ^ (register >> 8)
  }

  @inline(__always)
  private static func next(
    _ register: UInt32, _ word: UInt64, _ tables: UnsafeBufferPointer<UInt32>
  ) -> UInt32 {
    let word = word ^ UInt64(register)
    // The lowest byte has the seven others still to go through.
    @inline(__always) func share(_ place: Int) -> UInt32 {
      let byte = UInt8(truncatingIfNeeded: word >> UInt64(8 * place))
      return tables[(7 - place) << 8 | Int(byte)]
    }
    let low = share(0) ^ share(1) ^ share(2) ^ share(3)
    return low ^ share(4) ^ share(5) ^ share(6) ^ share(7)
  }

  /// Eight tables of 256: what each byte makes of an empty register, alone and
  /// with one to seven zeros after it.
  private static let tables: [UInt32] = {
    var tables = (0..<256).map { (byte: UInt32) in
      (0..<8).reduce(byte) { rest, _ in rest & 1 == 1 ? 0xedb8_8320 ^ (rest >> 1) : rest >> 1 }
    }
    tables.reserveCapacity(8 * 256)
    for index in 256..<8 * 256 {
      let before = tables[index - 256]
      tables.append(tables[Int(before & 0xff)] ^ (before >> 8))
    }
    return tables
  }()
}
