/// Bytes of a file or pipe become lines: what stands before LF or CR LF, and
/// at the end of the file what is left. Invalid UTF-8 is repaired with U+FFFD.
struct LineSplitter: Sendable {
  /// Bytes kept of a line; the rest is dropped. Four times the longest
  /// message, so that what is cut is refused as too long all the same.
  static let maximumByteCount = 64 * 1024

  private var bytes: [UInt8] = []
  private var isOpen = false

  /// The lines that `new` completes.
  mutating func append(_ new: some Sequence<UInt8>) -> [String] {
    var lines: [String] = []
    for byte in new {
      if byte == ControlByte.lineFeed {
        lines.append(takeLine())
      } else {
        isOpen = true
        // One more than is kept, for the CR that is not.
        if bytes.count <= Self.maximumByteCount { bytes.append(byte) }
      }
    }
    return lines
  }

  /// The last line, if it was not ended.
  mutating func end() -> String? {
    isOpen ? takeLine() : nil
  }

  /// Of a line whose end has not come.
  var begun: ArraySlice<UInt8> { bytes.prefix(Self.maximumByteCount) }

  private mutating func takeLine() -> String {
    defer {
      bytes = []
      isOpen = false
    }
    if bytes.last == ControlByte.carriageReturn { bytes.removeLast() }
    return String(decoding: bytes.prefix(Self.maximumByteCount), as: UTF8.self)
  }
}
