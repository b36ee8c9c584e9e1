/// Makes text that somebody else wrote safe to show on a terminal.
///
/// Everything a peer wrote passes here on its way to any screen, live and in
/// `history`; the transcript and JSON keep it as received.
public enum TextSanitizer {
  /// Whether `scalar` must not reach a terminal as it is: C0, DEL, C1, bidi
  /// overrides and isolates, and invisible format characters other than the
  /// joiners that emoji and scripts need.
  public static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    case .format: scalar != "\u{200c}" && scalar != "\u{200d}"
    default: false
    }
  }
}
