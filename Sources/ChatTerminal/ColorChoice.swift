import ChatPosix

/// `--color`: whether output is coloured.
public enum ColorChoice: String, CaseIterable, Sendable {
  case auto
  case always
  case never

  /// The rule: the option, then a `NO_COLOR` that is not empty
  /// (https://no-color.org), then a `CLICOLOR_FORCE` that is not empty
  /// (https://bixense.com/clicolors), then whether the output is a terminal
  /// that is not dumb.
  /// `environment` gives the value of a variable, as getenv(3) does.
  public func isOn(
    isTerminal: Bool = FileDescriptor.standardOutput.isTerminal,
    environment: (String) -> String? = Environment.value
  ) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto:
      if environment("NO_COLOR")?.isEmpty == false {
        false
      } else if environment("CLICOLOR_FORCE")?.isEmpty == false {
        true
      } else {
        isTerminal && environment("TERM") != "dumb"
      }
    }
  }
}
