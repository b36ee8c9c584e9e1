/// Who may speak when.
public enum Mode: String, CaseIterable, Sendable {
  /// Strict alternation, the client first, as in the original programs.
  case turns
  /// Both may speak at any time.
  case free
}
