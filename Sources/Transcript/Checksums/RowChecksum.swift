/// The checksum of a row: a CRC-32 over its values, each with what it is and
/// how long before it, so that no two lists of values are the same bytes.
///
/// | value | bytes |
/// |---|---|
/// | NULL | 0 |
/// | integer | 1, then 8, the lowest first |
/// | text | 2, the number of its bytes as 8, then its UTF-8 |
/// | blob | 3, the number of its bytes as 8, then they |
///
/// Databases are kept for years: this is never to be changed, only followed by
/// another column.
struct RowChecksum: Equatable, Sendable {
  private var crc = CRC32()

  /// As it stands in a column `checksum`, 0 to 4294967295.
  var stored: Int64 { Int64(crc.value) }

  mutating func addNull() {
    crc.add(0)
  }

  mutating func add(_ integer: Int64?) {
    guard let integer else { return addNull() }
    crc.add(1)
    add(plain: integer)
  }

  mutating func add(_ text: String?) {
    guard var text else { return addNull() }
    text.withUTF8 { add(text: UnsafeRawBufferPointer($0)) }
  }

  mutating func add(_ blob: [UInt8]?) {
    guard let blob else { return addNull() }
    blob.withUnsafeBytes { add(blob: $0) }
  }

  /// Bytes that stand for a text, UTF-8 or not.
  mutating func add(text bytes: UnsafeRawBufferPointer) {
    crc.add(2)
    add(plain: Int64(bytes.count))
    crc.add(bytes)
  }

  mutating func add(blob bytes: UnsafeRawBufferPointer) {
    crc.add(3)
    add(plain: Int64(bytes.count))
    crc.add(bytes)
  }

  private mutating func add(plain integer: Int64) {
    crc.add(word: UInt64(bitPattern: integer))
  }
}
