/// What a person did at the keyboard, as the terminal told it.
public enum Key: Hashable, Sendable {
  /// A run of printable characters that arrived together. It may begin with a
  /// scalar that joins the character before it.
  case text(String)
  /// A bracketed paste: line breaks are line feeds, controls other than the
  /// tab are taken out, and so are line breaks at the end.
  case paste(String)
  /// Ctrl with a letter, in lower case, or `_`, the undo of Emacs.
  case control(Character)
  /// Alt (or ESC before) a letter.
  case alt(Character)
  case enter
  case backspace
  case wordBackspace
  /// `byWord` is true when Ctrl or Alt was held.
  case special(SpecialKey, byWord: Bool)
}

/// The keys that terminals send as escape sequences and an editor has a use for.
public enum SpecialKey: Hashable, Sendable {
  case up
  case down
  case left
  case right
  case home
  case end
  case delete
}
