import ChatCore

/// Reads what another process, or a file, has: a stranger's bytes, of which every step
/// says whether they are there.
struct ByteReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: some Collection<UInt8>) { rest = Array(bytes)[...] }

  var isAtEnd: Bool { rest.isEmpty }

  /// Little-endian.
  mutating func integer<Value: FixedWidthInteger>(_: Value.Type = Value.self) -> Value? {
    guard let bytes = take(Value.bitWidth / 8) else { return nil }
    return bytes.reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
  }

  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func takeRest() -> [UInt8] {
    defer { rest = [] }
    return Array(rest)
  }

  /// Bytes behind their count; `limit` at most.
  mutating func counted(limit: Int) -> ArraySlice<UInt8>? {
    guard let count = integer(UInt32.self), count <= limit else { return nil }
    return take(Int(count))
  }

  /// The same, as text.
  mutating func text(limit: Int) -> String? {
    counted(limit: limit).flatMap { String(validating: $0, as: UTF8.self) }
  }
}

extension [UInt8] {
  /// What ``ByteReader/integer(_:)`` reads.
  mutating func append(integer value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// What ``ByteReader/counted(limit:)`` reads.
  mutating func append(counted bytes: some Collection<UInt8>) {
    append(integer: UInt32(truncatingIfNeeded: bytes.count))
    append(contentsOf: bytes)
  }
}
