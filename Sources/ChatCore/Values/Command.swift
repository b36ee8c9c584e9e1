/// What a line that somebody typed means.
public enum Command: Hashable, Sendable {
  /// `\quit` alone on a line.
  case quit
  /// `\help`: what commands there are.
  case help
  /// `\who`: who is at the other end, and who waits.
  case who
  /// `\history`: what was last said with this peer.
  case history
  /// `\clear`: an empty screen.
  case clear
  /// `\free`: to speak at any time, which a client asks for and a server
  /// allows.
  case free
  /// `\draft`: the line that was typed and not said, back on the line.
  case draft
  /// `\detach`: the terminal back from a server that goes on without one.
  case detach
  /// A backslash and a word that is no command: said to nobody.
  case unknown(String)
  /// Something to say; a doubled backslash at the start has become one.
  case message(String)

  /// What can be typed, for whoever completes it, in alphabetical order.
  public static let names = [
    "\\clear", "\\detach", "\\draft", "\\free", "\\help", "\\history", "\\quit", "\\who",
  ]

  /// Those that do something at the desk of `party`: a client has one conversation, and so
  /// keeps no draft for another, and always has its own terminal, which it cannot give back.
  public static func names(for party: Party) -> [String] {
    names.filter { party == .server || !["\\detach", "\\draft"].contains($0) }
  }

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
    switch name {
    case "\\quit": self = .quit
    case "\\help": self = .help
    case "\\who": self = .who
    case "\\history": self = .history
    case "\\clear": self = .clear
    case "\\free": self = .free
    case "\\draft": self = .draft
    case "\\detach": self = .detach
    default: self = .unknown(String(name))
    }
  }
}
