/// Which pager to run, if any.
public struct PagerCommand: Hashable, Sendable {
  /// For sh(1): users set words with options.
  public var shellCommand: String
  /// Variables to add to the environment.
  public var additions: [String]

  /// The choice of `$CHATSERVE_PAGER`, then `$PAGER`, then less(1). Empty and
  /// `cat` mean none, and a dumb terminal gets none.
  static func choice(variable: (String) -> String?) -> PagerCommand? {
    if variable("TERM") == "dumb" { return nil }
    let command = variable("CHATSERVE_PAGER") ?? variable("PAGER") ?? "less"
    let isOff = command.allSatisfy(\.isWhitespace) || command == "cat"
    if isOff { return nil }
    // F: a screenful needs no pager. R: colours pass. X: what was read stays.
    // No S: long lines wrap.
    let additions = variable("LESS") == nil ? ["LESS=FRX"] : []
    return PagerCommand(shellCommand: command, additions: additions)
  }
}

/// A pager that runs.
public protocol PagerProcess: OutputSink {
  /// Tells it that nothing more comes, and waits for the user to leave it.
  func finish()
}
