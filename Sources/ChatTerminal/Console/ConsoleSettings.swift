import ChatCore

/// What a console is given once, by whoever looked at the terminal and the
/// command line.
public struct ConsoleSettings: Hashable, Sendable {
  /// Standard input and output are a terminal that understands escape
  /// sequences. Otherwise the console is plain: whole lines, no escapes.
  public var isInteractive: Bool
  /// The screen's size, from TIOCGWINSZ (ioctl_tty(2)); 0 means unknown, and on
  /// a plain console that there is no screen: nothing is broken into rows.
  public var columns: Int
  public var rows: Int
  /// Whether to use colours.
  public var usesColor = false
  /// Whose console it is: the colour of the prompt.
  public var party: Party
  /// Whether the terminal breaks long rows again when it is resized; see
  /// ``reflows(environment:)``.
  public var reflows = true
  /// The window around the terminal.
  public var window = WindowSettings()
  /// Plain only: print the prompts, because somebody types at a terminal whose
  /// own echo is then the record of what was said.
  public var printsPlainPrompts = false
  /// Plain only: keys and the mouse are made to come as on any terminal, by escape
  /// sequences before all else: a program that died may have left them otherwise.
  public var resetsKeys = false
  /// Plain only: the columns of the terminal that notices go to; 0 where
  /// they go to no terminal.
  public var noticeColumns = 0
  /// Plain only: notices and conversation go to one terminal, and have to be
  /// written in the order they happened.
  public var mergesChannels = false
  /// How many characters a line may have before it is refused.
  public var maximumLength = Message.maximumLength
  /// The words that the console itself says.
  public var words = ConsoleWords()

  public init(isInteractive: Bool, columns: Int, rows: Int, party: Party) {
    self.isInteractive = isInteractive
    self.columns = columns
    self.rows = rows
    self.party = party
  }

  /// VT100 size, where the terminal does not say.
  static let defaultColumns = 80
  static let defaultRows = 24

  /// Whether the terminal that set these variables breaks long rows again when
  /// it is resized. Most do. xterm and GNU screen do not and cut instead, and
  /// say who they are; the Linux console does not either. `environment` gives
  /// the value of a variable, as getenv(3) does.
  public static func reflows(environment: (String) -> String?) -> Bool {
    if environment("TMUX") != nil { return true }
    if environment("STY") != nil || environment("XTERM_VERSION") != nil { return false }
    return environment("TERM") != "linux"
  }
}

/// The few words that the console says of its own accord.
public struct ConsoleWords: Hashable, Sendable {
  public var search = "search"
  public var searchFailed = "not found"
  /// After the number of characters that are left.
  public var left = "left"
  /// After the number of characters that have to go.
  public var tooMany = "too many"

  public init() {}
}
