/// What a line that somebody typed means.
public enum Command: Hashable, Sendable {
  /// `\quit` alone on a line.
  case quit
  /// A backslash and a word that is no command: said to nobody.
  case unknown(String)
  /// Something to say; a doubled backslash at the start has become one.
  case message(String)

  public init(_ line: String) {
    guard line.utf8.first == 0x5c else {
      self = .message(line)
      return
    }
    if line.utf8.dropFirst().first == 0x5c {
      self = .message(String(line.dropFirst()))
      return
    }
    // White space after a command is nothing that anyone sees.
    var name = Substring(line)
    while let last = name.last, last.isWhitespace { name.removeLast() }
    self = name == "\\quit" ? .quit : .unknown(String(name))
  }
}
