/// Takes the parts of a time off the front of a text.
struct TimeScanner {
  private var rest: Substring.UTF8View

  init(_ text: String) {
    rest = Substring(text).utf8
  }

  var isAtEnd: Bool { rest.isEmpty }

  var isAtDigit: Bool { rest.first.map(Self.isDigit) ?? false }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  mutating func skipSpaces() {
    while skip(" ") {}
  }

  /// A number of as many ASCII digits as `digits` allows.
  mutating func number(digits: ClosedRange<Int>) -> Int? {
    let taken = rest.prefix(while: Self.isDigit)
    guard digits.contains(taken.count), let number = Int(Substring(taken)) else { return nil }
    rest.removeFirst(taken.count)
    return number
  }

  /// `.12`, in milliseconds, finer digits cut off; `nil`, and nothing taken,
  /// when there is none.
  mutating func fraction() -> Int? {
    guard rest.first == UInt8(ascii: ".") else { return nil }
    let digits = rest.dropFirst().prefix(while: Self.isDigit)
    guard !digits.isEmpty else { return nil }
    rest.removeFirst(1 + digits.count)
    let thousandths = Substring(digits).prefix(3)
    let padded = thousandths + String(repeating: "0", count: 3 - thousandths.utf8.count)
    return Int(padded)
  }

  /// The ASCII letters that come next.
  mutating func word() -> String {
    let letters = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
    rest.removeFirst(letters.count)
    return String(Substring(letters))
  }

  mutating func takeRest() -> String {
    defer { rest = rest.suffix(0) }
    return String(Substring(rest))
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
}
