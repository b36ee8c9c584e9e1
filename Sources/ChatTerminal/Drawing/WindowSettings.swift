import ChatCore

/// What can be done with the window around the terminal.
public struct WindowSettings: Hashable, Sendable {
  /// How a notification of the desktop's is asked for.
  public enum Notification: Hashable, Sendable {
    /// iTerm2's, which others took over.
    case osc9
    /// rxvt-unicode's.
    case osc777
  }

  public var setsTitle = false
  /// `nil`: the bell is all there is.
  public var notification: Notification?

  public init() {}

  /// For the terminal that set these variables; `environment` gives the value of
  /// one, as getenv(3) does. Of others than the known ones a title may stay for
  /// ever, or be taken for text.
  public init(environment: (String) -> String?) {
    let name = environment("TERM") ?? ""
    setsTitle = Self.titled.contains { name.hasPrefix($0) }
    // Inside a multiplexer it is the multiplexer's window, and its user looks
    // at any of them.
    let isShared =
      environment("TMUX") != nil || environment("STY") != nil || name.hasPrefix("tmux")
      || name.hasPrefix("screen")
    if isShared { return }
    if name.hasPrefix("foot") {
      notification = .osc777
    } else if name.hasPrefix("xterm-kitty") || name.hasPrefix("xterm-ghostty")
      || ["iTerm.app", "WezTerm", "ghostty"].contains(environment("TERM_PROGRAM") ?? "")
    {
      notification = .osc9
    }
  }

  /// How the names of those begin that know OSC 2 and XTWINOPS 22 and 23.
  private static let titled = [
    "xterm", "tmux", "screen", "rxvt", "alacritty", "foot", "kitty", "wezterm", "ghostty", "vte",
    "konsole", "gnome", "st-", "contour", "mintty", "putty", "mlterm", "iterm",
  ]

  /// `name` as the window's title. The title before it is put by: xterm's
  /// ctlseqs, "Window manipulation".
  static func title(_ name: String) -> String {
    "\u{1b}[22;2t\u{1b}]2;\(plain(name))\u{07}"
  }

  /// The title before, again.
  static let formerTitle = "\u{1b}[23;2t"

  /// What reports to somebody who looks elsewhere that `name` is here.
  func announcement(of name: String) -> String? {
    // A semicolon would begin a parameter: OSC 9 ; 4 is a progress bar.
    let name = String(Self.plain(name).map { $0 == ";" ? "," : $0 })
    return switch notification {
    case .osc9: "\u{1b}]9;\(name)\u{07}"
    case .osc777: "\u{1b}]777;notify;\(name);\u{07}"
    case nil: nil
    }
  }

  /// Nothing in it ends the sequence.
  private static func plain(_ name: String) -> String { TextSanitizer.escapedOnOneLine(name) }
}
