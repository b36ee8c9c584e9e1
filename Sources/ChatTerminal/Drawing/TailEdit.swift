/// What was typed and erased at the end of a line since it was drawn: printable
/// ASCII, of which neither changes anything that stands before it.
///
/// Most keys are such, and the terminal is told of them in a byte or two rather
/// than with the line drawn anew.
struct TailEdit {
  /// How many of the drawn characters were erased, from the end.
  private(set) var erased = 0
  /// What stands in their place.
  private(set) var typed: [UInt8] = []

  var isEmpty: Bool { erased == 0 && typed.isEmpty }

  /// By how many characters the line is longer than it was drawn.
  var growth: Int { typed.count - erased }

  mutating func type(_ bytes: some Sequence<UInt8>) {
    typed.append(contentsOf: bytes)
  }

  mutating func erase() {
    if typed.popLast() == nil { erased += 1 }
  }
}
