/// A key as `CSI code ; modifiers u` names it, by the scalar that it types
/// without modifiers (kitty's "Comprehensive keyboard handling"), and as
/// `CSI 27 ; modifiers ; code ~` does (xterm's modifyOtherKeys). A program that
/// died may have left either on, and then no key comes as the bytes of old.
struct KeyCode {
  static let enter = KeyCode(13)

  private let code: Int
  /// What it types with Shift, where the terminal says so.
  private let shifted: Int
  /// The key in its place on a US keyboard, where the terminal says so.
  private let base: Int
  /// What was typed, where the terminal says so.
  private let text: [Int]

  init(_ code: Int) {
    self.code = code
    shifted = 0
    base = 0
    text = []
  }

  /// The key of a sequence that ends in `u`.
  init(_ code: Int, in numbers: KeyNumbers) {
    self.code = code
    shifted = numbers[0, 1]
    base = numbers[0, 2]
    text = numbers.parts(2)
  }

  /// The key; `nil` where it is of no use here.
  func key(_ modifiers: KeyModifiers) -> Key? {
    if !modifiers.isDisjoint(with: .others) { return nil }
    switch code {
    case 13, 57414: return modifiers.isDisjoint(with: [.shift, .alt]) ? .enter : .lineBreak
    case 9: return modifiers.contains(.shift) ? nil : .tab
    case 8, 127: return modifiers.isByWord ? .wordBackspace : .backspace
    case Self.functions: return functionKey(byWord: modifiers.isByWord)
    default: break
    }
    if modifiers.contains(.control) { return controlKey }
    guard let typed = typed(modifiers) else { return nil }
    if modifiers.contains(.alt) { return typed.isASCII ? .alt(Character(typed)) : nil }
    let all = text.compactMap(Self.printable)
    if all.isEmpty { return .text(String(Character(typed))) }
    return .text(String(String.UnicodeScalarView(all)))
  }

  /// Ctrl with what a keyboard sends for it by itself: xterm's ctlseqs,
  /// "Alt and Meta Keys"; ECMA-48 8.3.
  private var controlKey: Key? {
    // On a keyboard of another script Ctrl-C is where it is on this one.
    let code = code > 0x7f && base > 0 ? base : code
    return switch code {
    case 0x40, 0x60, 0x20, 0x32: nil
    // As bytes these are Backspace, Tab and Enter.
    case 0x48, 0x68, 0x3f, 0x38: .backspace
    case 0x49, 0x69: .tab
    case 0x4a, 0x6a, 0x4d, 0x6d: .enter
    case 0x41...0x5a: .control(Self.letter(code + 0x20))
    case 0x61...0x7a: .control(Self.letter(code))
    // Ctrl-_ is typed with Shift and `-`, and with `/` and 7 where keyboards
    // have no better.
    case 0x5f, 0x2d, 0x2f, 0x37: .control("_")
    default: nil
    }
  }

  private static func letter(_ code: Int) -> Character {
    Character(UnicodeScalar(UInt8(truncatingIfNeeded: code)))
  }

  /// The scalar that this key types.
  private func typed(_ modifiers: KeyModifiers) -> Unicode.Scalar? {
    if let typed = text.compactMap(Self.printable).first { return typed }
    let isShifted = modifiers.contains(.shift)
    if isShifted, let typed = Self.printable(shifted) { return typed }
    guard let typed = Self.printable(code) else { return nil }
    // Caps Lock is for letters alone, and Shift undoes it.
    let isUpper = isShifted != modifiers.contains(.capsLock)
    let upper = typed.properties.uppercaseMapping.unicodeScalars
    return isUpper && upper.count == 1 ? upper.first : typed
  }

  /// Scalars that can be typed: no controls, and none of the private ones that
  /// kitty names other keys by.
  private static func printable(_ code: Int) -> Unicode.Scalar? {
    guard code >= 0x20, !(0x7f...0x9f).contains(code), !functions.contains(code) else {
      return nil
    }
    return UInt32(exactly: code).flatMap { Unicode.Scalar($0) }
  }

  private static let functions = 57344...63743

  /// Kitty's names for keys that type nothing, or are on the keypad.
  private func functionKey(byWord: Bool) -> Key? {
    switch code {
    case 57399...57408: .text(String(code - 57399))
    case 57409: .text(".")
    case 57410: .text("/")
    case 57411: .text("*")
    case 57412: .text("-")
    case 57413: .text("+")
    case 57415: .text("=")
    case 57416: .text(",")
    case 57417: .special(.left, byWord: byWord)
    case 57418: .special(.right, byWord: byWord)
    case 57419: .special(.up, byWord: byWord)
    case 57420: .special(.down, byWord: byWord)
    case 57423: .special(.home, byWord: byWord)
    case 57424: .special(.end, byWord: byWord)
    case 57426: .special(.delete, byWord: byWord)
    default: nil
    }
  }
}
