/// What a person did at the keyboard, as the terminal reports it.
public enum Key: Hashable, Sendable {
  /// A run of printable characters that arrived together. It may begin with a
  /// scalar that joins the character before it.
  case text(String)
  /// A bracketed paste: line breaks are line feeds, controls other than the
  /// tab are taken out, and so are line breaks at the end.
  case paste(String)
  /// Ctrl with a letter, in lower case, or `_`, the undo of Emacs.
  case control(Character)
  /// Alt (or ESC before) a letter.
  case alt(Character)
  case enter
  /// Alt or Shift with Enter: a line break inside the message.
  case lineBreak
  case tab
  case backspace
  case wordBackspace
  /// `byWord` is true when Ctrl or Alt was held.
  case special(SpecialKey, byWord: Bool)
  /// No key: the window has got the focus, or lost it.
  case focus(Bool)
}

/// The keys that terminals send as escape sequences and an editor has a use for.
public enum SpecialKey: Hashable, Sendable {
  case up
  case down
  case left
  case right
  case home
  case end
  case delete
}

/// The C0 bytes that keys and sequences are made of (ECMA-48 8.3).
enum ControlByte {
  static let bell: UInt8 = 0x07
  static let backspace: UInt8 = 0x08
  static let tab: UInt8 = 0x09
  static let lineFeed: UInt8 = 0x0a
  static let carriageReturn: UInt8 = 0x0d
  static let escape: UInt8 = 0x1b
  static let delete: UInt8 = 0x7f

  static func isPrintable(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != delete
  }
}
