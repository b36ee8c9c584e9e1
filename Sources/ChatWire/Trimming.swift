/// White space around what a peer sent, in bytes: space, TAB, LF, CR.
enum Trimming {
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
  }

  static func start(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bytes.drop(while: isSpace)
  }

  static func end(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    return bytes
  }

  static func both(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> { end(start(bytes)) }

  /// What a server said before it closed, as text.
  static func sentence(_ bytes: [UInt8]) -> String {
    String(decoding: both(bytes[...]), as: UTF8.self)
  }
}
