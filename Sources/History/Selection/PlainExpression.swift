import ChatPosix

/// A regular expression that means the same to the C library as to Swift, in a text
/// of printable ASCII: what most people write and most messages are. The library
/// answers some fifty times sooner.
struct PlainExpression {
  private let expression: PosixExpression

  /// `nil` for a pattern in which there is anything else.
  init?(_ pattern: String, ignoresCase: Bool) {
    var translation = Translation(Array(pattern.utf8))
    guard let translated = translation.run(),
      let expression = PosixExpression(translated, ignoresCase: ignoresCase)
    else { return nil }
    self.expression = expression
  }

  /// Whether `text`, in UTF-8, matches; `nil` where Swift is to be asked.
  func isFound(in text: UnsafeRawBufferPointer) -> Bool? {
    for byte in text where (byte < 0x20 && byte != 0x09) || byte > 0x7e { return nil }
    return expression.isFound(in: text)
  }
}

/// Reads what Swift takes for a pattern and writes it as regex(7) has it.
private struct Translation {
  private var rest: ArraySlice<UInt8>
  private var result: [UInt8] = []
  private var depth = 0
  /// Whether the last that was read can be repeated.
  private var isAtom = false
  /// Whether an alternative has nothing in it yet.
  private var isEmpty = true

  init(_ pattern: [UInt8]) {
    rest = pattern[...]
  }

  mutating func run() -> String? {
    while let byte = rest.popFirst() {
      guard byte >= 0x20, byte < 0x7f, take(byte) else { return nil }
    }
    return depth == 0 && !isEmpty ? String(decoding: result, as: UTF8.self) : nil
  }

  /// Whether it means the same.
  private mutating func take(_ byte: UInt8) -> Bool {
    switch UnicodeScalar(byte) {
    case "\\": return takeEscape()
    case "[": return takeClass()
    case "{": return false
    case "(":
      if rest.first == UInt8(ascii: "?") { return false }
      depth += 1
      begin(byte)
    case "|":
      if isEmpty { return false }
      begin(byte)
    case ")":
      if depth == 0 || isEmpty { return false }
      depth -= 1
      add([byte])
    case "*", "+", "?":
      if !isAtom { return false }
      result.append(byte)
      // One after the other, the second says how often to try the first.
      isAtom = false
    case "^", "$":
      result.append(byte)
      isAtom = false
      isEmpty = false
    default: add([byte])
    }
    return true
  }

  private mutating func begin(_ byte: UInt8) {
    result.append(byte)
    isAtom = false
    isEmpty = true
  }

  private mutating func add(_ bytes: some Sequence<UInt8>) {
    result += bytes
    isAtom = true
    isEmpty = false
  }

  private mutating func takeEscape() -> Bool {
    guard let next = rest.popFirst(), next < 0x7f else { return false }
    switch UnicodeScalar(next) {
    case "d": add("[0-9]".utf8)
    case "D": add("[^0-9]".utf8)
    case "w": add("[A-Za-z0-9_]".utf8)
    case "W": add("[^A-Za-z0-9_]".utf8)
    case "s": add("[ \t]".utf8)
    case "S": add("[^ \t]".utf8)
    case _ where Self.isAlphanumeric(next) || next < 0x20: return false
    // What has no meaning has none to regex(7) without the backslash alone.
    case _ where ".[]()*+?{}|^$\\".utf8.contains(next): add([UInt8(ascii: "\\"), next])
    default: add([next])
    }
    return true
  }

  /// Letters, digits, their ranges, and a few signs that mean nothing there.
  private mutating func takeClass() -> Bool {
    var bytes = [UInt8(ascii: "[")]
    if rest.first == UInt8(ascii: "^"), let not = rest.popFirst() { bytes.append(not) }
    let start = bytes.count
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "]") {
        if bytes.count == start { return false }
        add(bytes + [byte])
        return true
      }
      guard Self.isAlphanumeric(byte) || " _.,!?@#%".utf8.contains(byte) else { return false }
      bytes.append(byte)
      guard rest.first == UInt8(ascii: "-") else { continue }
      rest.removeFirst()
      guard let end = rest.popFirst(), Self.isRange(byte, end) else { return false }
      bytes += [UInt8(ascii: "-"), end]
    }
    return false
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isRange(UInt8(ascii: "0"), byte) || isRange(UInt8(ascii: "a"), byte)
      || isRange(UInt8(ascii: "A"), byte)
  }

  /// Whether both are of one kind and in order.
  private static func isRange(_ first: UInt8, _ last: UInt8) -> Bool {
    ["09", "az", "AZ"].contains { kind in
      let ends = Array(kind.utf8)
      return ends[0] <= first && first <= last && last <= ends[1]
    }
  }
}
