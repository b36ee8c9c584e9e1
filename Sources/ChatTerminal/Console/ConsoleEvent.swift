/// What somebody at the console wants.
public enum ConsoleEvent: Hashable, Sendable {
  /// A line was entered. It stays where it is, and no further event comes,
  /// until the program calls ``Console/acceptLine(showing:time:)``,
  /// ``Console/keepLine(notice:)`` or ``Console/dropLine()``.
  case line(String)
  /// Ctrl-C on an empty line; on any other it only clears the line.
  case interrupt
  /// Ctrl-D on an empty line, or the end of a file or pipe.
  case endOfInput
  /// Ctrl-Z: the program calls ``Console/suspend()``, writes what there is,
  /// gives the terminal back and stops itself.
  case suspend
}
