/// Takes the parts of a POSIX zone rule off the front of a text.
struct RuleScanner {
  private var rest: Substring.UTF8View

  init(_ text: String) {
    rest = Substring(text).utf8
  }

  var isAtEnd: Bool { rest.isEmpty }

  var peek: UInt8? { rest.first }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  /// `PST`, or anything between angle brackets; three bytes at least.
  mutating func name() -> Bool {
    let isQuoted = skip("<")
    let letters = rest.prefix { byte in
      isQuoted ? byte != UInt8(ascii: ">") : Self.isLetter(byte)
    }
    guard letters.count >= 3 else { return false }
    rest.removeFirst(letters.count)
    return isQuoted ? skip(">") : true
  }

  /// `[+-]hh[:mm[:ss]]` in seconds.
  mutating func time(maximumHours: Int) -> Int? {
    let isNegative = skip("-")
    if !isNegative { _ = skip("+") }
    guard let hours = number(in: 0...maximumHours) else { return nil }
    var seconds = hours * 3600
    if skip(":") {
      guard let minutes = number(in: 0...59) else { return nil }
      seconds += minutes * 60
      if skip(":") {
        guard let rest = number(in: 0...59) else { return nil }
        seconds += rest
      }
    }
    return isNegative ? -seconds : seconds
  }

  mutating func number(in range: ClosedRange<Int>) -> Int? {
    let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    guard let number = Int(Substring(digits)), range.contains(number) else { return nil }
    rest.removeFirst(digits.count)
    return number
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    // ASCII's capital and small letters differ in one bit.
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
