import ChatCore

/// How text looks in colour. Only the 16 colours every terminal has, none that
/// vanishes on a light or a dark background, and none with a meaning that the
/// text beside it has not.
public enum Style: Hashable, Sendable {
  case plain
  /// For what is said about the conversation rather than in it.
  case dim
  case heading
  case warning
  /// What was searched for.
  case match
  case speaker(Party)

  /// SGR parameters (ECMA-48 8.3.117); `nil` for the terminal's own colours.
  private var parameters: String? {
    switch self {
    case .plain: nil
    case .dim: "2"
    case .heading: "1"
    case .warning: "33"
    case .match: "1;31"
    case .speaker(.client): "36"
    case .speaker(.server): "32"
    }
  }

  static let reset = "\u{1b}[0m"

  var start: String { parameters.map { "\u{1b}[\($0)m" } ?? "" }

  /// `text` in this style, and plain again after it.
  public func applied(to text: String, usesColor: Bool) -> String {
    guard usesColor, parameters != nil, !text.isEmpty else { return text }
    return start + text + Self.reset
  }
}
