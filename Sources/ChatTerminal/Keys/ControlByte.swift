/// The C0 bytes that keys and sequences are made of (ECMA-48 8.3).
enum ControlByte {
  static let bell: UInt8 = 0x07
  static let backspace: UInt8 = 0x08
  static let lineFeed: UInt8 = 0x0a
  static let carriageReturn: UInt8 = 0x0d
  static let escape: UInt8 = 0x1b
  static let delete: UInt8 = 0x7f

  static func isPrintable(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != delete
  }
}
