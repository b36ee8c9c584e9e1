import ChatCore

/// The colours of the 16-colour terminal, or none. No colour carries a
/// meaning that the text beside it does not carry too.
struct Palette: Hashable, Sendable {
  let isOn: Bool

  /// SGR parameters (ECMA-48 section 8.3.117).
  enum Style: String {
    case heading = "1"
    case faint = "2"
    case client = "36"
    case server = "32"
    case warning = "33"
    case match = "1;31"

    /// Of what somebody said; of what only happened when there is nobody.
    static func of(_ party: Party?) -> Style {
      switch party {
      case .client: .client
      case .server: .server
      case nil: .faint
      }
    }
  }

  func paint(_ text: String, _ style: Style?) -> String {
    guard isOn, let style, !text.isEmpty else { return text }
    return "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m"
  }

  /// What `body` writes, painted.
  func paint(
    _ style: Style, into output: inout OutputBuffer, _ body: (inout OutputBuffer) -> Void
  ) {
    guard isOn else { return body(&output) }
    output.add("\u{1b}[\(style.rawValue)m")
    body(&output)
    output.add(ours: "\u{1b}[0m")
  }
}
