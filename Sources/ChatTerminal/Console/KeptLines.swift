import ChatCore

extension EditBuffer {
  /// Between a line that was entered and kept, and the next: RECORD SEPARATOR,
  /// which no key and no paste brings.
  static let lineEnd: Character = "\u{1e}"
}

/// Lines that were entered one after the other before the first could be said.
struct KeptLines {
  /// What Enter takes now.
  let entered: String
  /// Whether that is a command, behind lines that stay.
  let isCommand: Bool
  /// What stays on the line.
  let others: String

  /// Whether lines wait that were entered after this one.
  var hasLinesBehind: Bool { !isCommand && !others.isEmpty }

  init(_ text: String) {
    var lines = text.split(separator: EditBuffer.lineEnd)
    // Blanks alone are nothing to say, and would keep the others from it.
    if lines.count > 1 { lines.removeAll { $0.allSatisfy(\.isWhitespace) } }
    guard lines.count > 1, let first = lines.first, let last = lines.last else {
      entered = lines.first.map(String.init) ?? ""
      isCommand = false
      others = ""
      return
    }
    if case .message = Command(String(last)) { isCommand = false } else { isCommand = true }
    entered = String(isCommand ? last : first)
    others = (isCommand ? lines.dropLast() : lines.dropFirst())
      .joined(separator: String(EditBuffer.lineEnd))
  }
}
