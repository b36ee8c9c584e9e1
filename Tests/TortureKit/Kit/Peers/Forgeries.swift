/// Text that means harm to whoever shows it, and what must be seen instead.
public struct Forgery: Sendable {
  /// What the peer says.
  public var text: String
  /// The rows that must be seen, without the name before the first and the
  /// indent before the others.
  public var rows: [String]

  init(_ text: String, _ rows: String...) {
    self.text = text
    self.rows = rows
  }

  /// Every C0 and C1 control, and every character of Unicode that reorders,
  /// hides or is not seen, one in each.
  public static let characters: [Forgery] = {
    let controls = Array(1...0x1f as ClosedRange<UInt32>) + Array(0x7f...0x9f)
    let directions: [UInt32] =
      [0x61c, 0x200e, 0x200f] + Array(0x202a...0x202e) + Array(0x2066...0x2069)
    let unseen: [UInt32] =
      [0xad, 0x34f, 0x115f, 0x17b4, 0x17b5, 0x180e, 0x200b, 0x2028, 0x2029, 0x3164, 0xfeff, 0xffa0]
      + Array(0x2060...0x2065) + Array(0x206a...0x206f) + Array(0xfff9...0xfffb)
      + Array(0x1d173...0x1d17a) + [0xe0001, 0xe0041, 0xe007f, 0xffff, 0x10ffff]
    return (controls + directions + unseen).compactMap { value in
      guard let scalar = Unicode.Scalar(value) else { return nil }
      let text = "a\(scalar)z"
      if value == 0x0a { return Forgery(text, "a", "z") }
      return Forgery(text, "a\(escape(value))z")
    }
  }()

  private static func escape(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    if value == 9 { return "\\t" }
    return value < 0x100 ? "\\x\(value < 0x10 ? "0" : "")\(digits)" : "\\u{\(digits)}"
  }

  /// Whole attacks: another's line, a colour, the title, the clipboard, an
  /// answer-back, a cleared screen, a moved cursor, a bell.
  public static let attacks: [Forgery] = [
    Forgery("hi\nSERVER> I owe you 100", "hi", "SERVER> I owe you 100"),
    Forgery("hi\n\nConnection with client opened.", "hi", "", "Connection with client opened."),
    Forgery("hi\rSERVER> forged", "hi\\x0dSERVER> forged"),
    Forgery("\u{1b}[2J\u{1b}[H", "\\x1b[2J\\x1b[H"),
    Forgery("\u{1b}[31mred", "\\x1b[31mred"),
    Forgery("\u{1b}]0;title\u{7}", "\\x1b]0;title\\x07"),
    Forgery("\u{1b}]52;c;cm0gLXJm\u{1b}\\", "\\x1b]52;c;cm0gLXJm\\x1b\\"),
    Forgery("\u{9b}6n\u{5}", "\\x9b6n\\x05"),
    Forgery("\u{1b}[A\u{1b}[2KSERVER> gone", "\\x1b[A\\x1b[2KSERVER> gone"),
    Forgery("\u{1b}[?1049h\u{1b}c", "\\x1b[?1049h\\x1bc"),
    Forgery("\u{8}\u{8}\u{8}\u{7f}", "\\x08\\x08\\x08\\x7f"),
    Forgery("\u{202e}gnorw\u{202c}", "\\u{202e}gnorw\\u{202c}"),
  ]

  /// A character under a thousand marks: what a terminal would draw over the
  /// rows around it.
  public static let pile = Forgery(
    "Z" + String(repeating: "\u{301}", count: 1000) + "!",
    "Z" + String(repeating: "\u{301}", count: 4)
      + String(repeating: "\\u{301}", count: 8) + "\\{+988 marks}!")

  /// Bytes that are no UTF-8, and what is seen of them.
  public static let brokenBytes: [(bytes: [UInt8], seen: String)] = [
    ([0x61, 0xff, 0x7a], "a\u{fffd}z"),
    ([0x61, 0xc0, 0xaf, 0x7a], "a\u{fffd}\u{fffd}z"),
    ([0x61, 0xed, 0xa0, 0x80, 0x7a], "a\u{fffd}\u{fffd}\u{fffd}z"),
    ([0x61, 0xf4, 0x90, 0x80, 0x80, 0x7a], "a\u{fffd}\u{fffd}\u{fffd}\u{fffd}z"),
    ([0x61, 0xe2, 0x82, 0x7a], "a\u{fffd}z"),
    ([0x61, 0x80, 0x9b, 0x33, 0x31, 0x6d], "a\u{fffd}\u{fffd}31m"),
  ]
}
