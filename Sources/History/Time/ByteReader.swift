/// Takes big-endian values off the front of some bytes; `nil` once they are
/// used up.
struct ByteReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func byte() -> UInt8? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func take(_ count: Int) -> [UInt8]? {
    guard count >= 0, count <= bytes.count - position else { return nil }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  mutating func skip(_ count: Int) -> Bool {
    guard count >= 0, count <= bytes.count - position else { return false }
    position += count
    return true
  }

  /// A signed integer in two's complement; `size` is 1–8 bytes.
  mutating func integer(size: Int) -> Int64? {
    guard let taken = take(size), let first = taken.first else { return nil }
    var value: Int64 = first >= 0x80 ? -1 : 0
    for byte in taken { value = value << 8 | Int64(byte) }
    return value
  }

  /// The bytes before the next line feed, which is taken too.
  mutating func line() -> [UInt8]? {
    guard let end = bytes[position...].firstIndex(of: 0x0a) else { return nil }
    defer { position = end + 1 }
    return Array(bytes[position..<end])
  }
}
