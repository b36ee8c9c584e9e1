import ChatCore

/// How text looks when colours are on. Only the 16 colours every terminal has,
/// and none that vanishes on a light or a dark background.
public enum Style: Hashable, Sendable {
  case plain
  /// For what is said about the conversation rather than in it.
  case dim
  case speaker(Party)

  /// SGR parameters (ECMA-48 8.3.117); `nil` for the terminal's own colours.
  private var parameter: Int? {
    switch self {
    case .plain: nil
    case .dim: 2
    case .speaker(.client): 36
    case .speaker(.server): 32
    }
  }

  static let reset = "\u{1b}[0m"

  var start: String { parameter.map { "\u{1b}[\($0)m" } ?? "" }

  /// `text` in this style, and plain again after it.
  func applied(to text: String, colours: Bool) -> String {
    guard colours, parameter != nil, !text.isEmpty else { return text }
    return start + text + Self.reset
  }
}
