/// A line that looks like another program's command: `/quit` as in IRC, `:q` as
/// in vi. It is a message like any other; whether it was meant for one is worth
/// a question.
public struct CommandSlip: Hashable, Sendable {
  /// What may have been meant: `\quit`.
  public let command: String

  private static let words = [
    "quit": "\\quit", "q": "\\quit", "exit": "\\quit", "x": "\\quit", "bye": "\\quit",
    "leave": "\\quit", "close": "\\quit", "disconnect": "\\quit", "part": "\\quit",
    "logout": "\\quit", "q!": "\\quit", "qa": "\\quit", "wq": "\\quit", "quit!": "\\quit",
    "help": "\\help", "h": "\\help", "?": "\\help", "who": "\\who", "w": "\\who",
    "names": "\\who", "whois": "\\who", "history": "\\history", "clear": "\\clear",
    "free": "\\free",
  ]

  /// - Returns: `nil` for a line that looks like no command.
  public init?(_ line: String) {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard let first = words.first, let mark = first.first, mark == "/" || mark == ":" else {
      return nil
    }
    // IRC's commands take words of their own; vi's stand alone.
    if mark == ":", words.count > 1 { return nil }
    guard let command = Self.words[first.dropFirst().lowercased()] else { return nil }
    self.command = command
  }

  /// What a line says whose mark is doubled: `//quit` says `/quit`.
  public static func unescaped(_ line: String) -> String? {
    guard let mark = line.first, line.dropFirst().first == mark else { return nil }
    let said = String(line.dropFirst())
    return CommandSlip(said) == nil ? nil : said
  }
}
