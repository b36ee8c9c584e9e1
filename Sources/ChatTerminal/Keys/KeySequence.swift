/// Which key a control sequence means, over xterm, VTE, kitty, tmux, screen,
/// rxvt and the Linux console (xterm's ctlseqs, "PC-Style Function Keys";
/// console_codes(4); kitty's "Comprehensive keyboard handling").
enum KeySequence {
  /// The key of a sequence that began with ESC [, or `nil` where it is not one
  /// that is of use. `alt` says that ESC stood before the sequence, which means
  /// Alt.
  static func key(parameters: [UInt8], final: UInt8, alt: Bool) -> Key? {
    if parameters.isEmpty, final == 0x49 || final == 0x4f { return .focus(final == 0x49) }
    // Keys have numbers alone: what else there is marks an answer (ECMA-48 5.4).
    guard parameters.allSatisfy({ (0x30...0x3b).contains($0) }) else { return nil }
    let numbers = KeyNumbers(parameters)
    let modifiers = KeyModifiers(numbers[1], alt: alt)
    if numbers.isRelease { return nil }
    switch final {
    case 0x7e where numbers[0] == 27: return KeyCode(numbers[2]).key(modifiers)
    case 0x75: return KeyCode(numbers[0], in: numbers).key(modifiers)
    default: return editingKey(numbers[0], final, byWord: modifiers.isByWord)
    }
  }

  /// The key of a sequence that began with ESC O: an arrow, F1 to F4, or, of a
  /// keypad in application mode, what is printed on it. `parameters` is a
  /// modifier, where there is one.
  static func keypad(parameters: [UInt8], final: UInt8, alt: Bool) -> Key? {
    let numbers = KeyNumbers(parameters)
    let modifiers = KeyModifiers(numbers.last, alt: alt)
    switch final {
    case 0x4d: return KeyCode.enter.key(modifiers)
    case 0x49: return .tab
    case 0x20: return .text(" ")
    // `=`, `*` to `9`: VT100, keypad application mode.
    case 0x58: return .text("=")
    case 0x6a...0x79: return .text(String(UnicodeScalar(final - 0x40)))
    default: return editingKey(0, final, byWord: modifiers.isByWord)
    }
  }

  private static func editingKey(_ number: Int, _ final: UInt8, byWord: Bool) -> Key? {
    switch final {
    case 0x41: .special(.up, byWord: byWord)
    case 0x42: .special(.down, byWord: byWord)
    case 0x43: .special(.right, byWord: byWord)
    case 0x44: .special(.left, byWord: byWord)
    case 0x48: .special(.home, byWord: byWord)
    case 0x46: .special(.end, byWord: byWord)
    // rxvt writes the modified arrows in lower case: ESC O c, ESC [ c.
    case 0x61: .special(.up, byWord: true)
    case 0x62: .special(.down, byWord: true)
    case 0x63: .special(.right, byWord: true)
    case 0x64: .special(.left, byWord: true)
    case 0x7e: tilde(number, byWord: byWord)
    // rxvt: Ctrl with an editing key ends in ^ instead of ~.
    case 0x5e: tilde(number, byWord: true)
    default: nil
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
}

/// The parameters of a sequence: numbers between semicolons, of which a colon
/// parts some again.
struct KeyNumbers {
  private let groups: [[Int]]

  init(_ parameters: [UInt8]) {
    groups = parameters.split(separator: 0x3b, omittingEmptySubsequences: false).map {
      $0.split(separator: 0x3a, omittingEmptySubsequences: false).map(Self.number)
    }
  }

  /// The first number of a parameter; 0 where there is none.
  subscript(index: Int) -> Int { self[index, 0] }

  subscript(index: Int, part: Int) -> Int {
    guard groups.indices.contains(index), groups[index].indices.contains(part) else { return 0 }
    return groups[index][part]
  }

  var last: Int { groups.last?.first ?? 0 }

  /// All numbers of a parameter.
  func parts(_ index: Int) -> [Int] { groups.indices.contains(index) ? groups[index] : [] }

  /// Whether a key went up: kitty's event types, where a program left them on.
  var isRelease: Bool { self[1, 1] == 3 }

  /// Digits of at most a scalar's value, else 0; an absent number is 0.
  private static func number(_ digits: ArraySlice<UInt8>) -> Int {
    guard digits.count <= 7 else { return 0 }
    var value = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return 0 }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }
}

/// What is held down: xterm's number is one more than a set of bits.
struct KeyModifiers: OptionSet {
  let rawValue: Int

  static let shift = KeyModifiers(rawValue: 1)
  static let alt = KeyModifiers(rawValue: 2)
  static let control = KeyModifiers(rawValue: 4)
  /// Super, Hyper and Meta: keys of the desktop's, which mean nothing here.
  static let others = KeyModifiers(rawValue: 8 | 16 | 32)
  static let capsLock = KeyModifiers(rawValue: 64)

  init(rawValue: Int) {
    self.rawValue = rawValue
  }

  init(_ number: Int, alt: Bool) {
    rawValue = max(0, number - 1) | (alt ? Self.alt.rawValue : 0)
  }

  var isByWord: Bool { contains(.alt) || contains(.control) }
}
