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
  case backspace
  case wordBackspace
  /// `byWord` is true when Ctrl or Alt was held.
  case special(SpecialKey, byWord: Bool)
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

/// Which key a control sequence means, over xterm, VTE, tmux, screen,
/// rxvt and the Linux console (xterm's ctlseqs, "PC-Style Function Keys";
/// console_codes(4)).
enum KeySequence {
  /// The key of a sequence, or `nil` where it is not one that is of use. `alt`
  /// says that ESC stood before the sequence, which means Alt.
  static func key(parameters: [UInt8], final: UInt8, alt: Bool) -> Key? {
    let numbers = parameters.split(separator: 0x3b, omittingEmptySubsequences: false)
      .map(number)
    let byWord = alt || isByWord(modifier: numbers.count > 1 ? numbers[1] : 1)
    switch final {
    case 0x41: return .special(.up, byWord: byWord)
    case 0x42: return .special(.down, byWord: byWord)
    case 0x43: return .special(.right, byWord: byWord)
    case 0x44: return .special(.left, byWord: byWord)
    case 0x48: return .special(.home, byWord: byWord)
    case 0x46: return .special(.end, byWord: byWord)
    // rxvt writes the modified arrows in lower case: ESC O c, ESC [ c.
    case 0x61: return .special(.up, byWord: true)
    case 0x62: return .special(.down, byWord: true)
    case 0x63: return .special(.right, byWord: true)
    case 0x64: return .special(.left, byWord: true)
    // The keypad's Enter in application mode.
    case 0x4d: return parameters.isEmpty ? .enter : nil
    case 0x7e: return tilde(numbers.first ?? 0, byWord: byWord)
    // rxvt: Ctrl with an editing key ends in ^ instead of ~.
    case 0x5e: return tilde(numbers.first ?? 0, byWord: true)
    default: return nil
    }
  }

  /// The VT220's editing keys: a number, then `~`.
  private static func tilde(_ number: Int, byWord: Bool) -> Key? {
    switch number {
    case 1, 7: .special(.home, byWord: byWord)
    case 4, 8: .special(.end, byWord: byWord)
    case 3: .special(.delete, byWord: byWord)
    default: nil
    }
  }

  /// xterm's modifier is one more than a set of bits: 1 Shift, 2 Alt, 4 Ctrl.
  private static func isByWord(modifier: Int) -> Bool {
    modifier > 1 && (modifier - 1) & 0b110 != 0
  }

  /// Digits up to 9999, else 0; an absent number is 0.
  private static func number(_ digits: ArraySlice<UInt8>) -> Int {
    guard digits.count <= 4 else { return 0 }
    var value = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return 0 }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }
}

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
