import ChatPosix

/// `--color`: whether output is coloured.
public enum ColourChoice: String, CaseIterable, Sendable {
  case auto
  case always
  case never

  /// The rule: the option, then a `NO_COLOR` that is not empty
  /// (https://no-color.org), then a `CLICOLOR_FORCE` that is not empty
  /// (https://bixense.com/clicolors), then whether standard output is a
  /// terminal that is not dumb.
  public var isOn: Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto:
      if isSet("NO_COLOR") {
        false
      } else if isSet("CLICOLOR_FORCE") {
        true
      } else {
        FileDescriptor.standardOutput.isTerminal && Environment.value(of: "TERM") != "dumb"
      }
    }
  }

  private func isSet(_ name: String) -> Bool {
    Environment.value(of: name)?.isEmpty == false
  }
}
