/// Makes text that somebody else wrote safe to show on a terminal.
///
/// Everything a peer wrote passes here on its way to any screen, live and in
/// `history`; the transcript and JSON keep it as received. An escape is made
/// for reading, not for undoing: a text may hold a backslash of its own.
public enum TextSanitizer {
  /// `text` for a place where no line break belongs: every scalar that
  /// ``mustEscape(_:)`` names, or that does nothing where it stands, is shown as `\x1b` or `\u{202e}`, line feeds and
  /// tabs too. Returns the same string when nothing must change.
  public static func escaped(_ text: String) -> String {
    needsNoEscape(text) ? text : Escaper(namesBreaks: false).escape(text[...])
  }

  /// `text` for one row: like ``escaped(_:)``, with `\n` for a line feed and
  /// `\t` for a tab.
  public static func escapedOnOneLine(_ text: String) -> String {
    needsNoEscape(text) ? text : Escaper(namesBreaks: true).escape(text[...])
  }

  /// `text` for several rows, one for each of its lines and each without its
  /// line feed; at least one. The caller indents all but the first, so that
  /// none can be taken for another's line.
  public static func escapedLines(_ text: String) -> [String] {
    if needsNoEscape(text) { return [text] }
    let scalars = text.unicodeScalars
    return scalars.split(separator: "\n", omittingEmptySubsequences: false).map {
      Escaper(namesBreaks: true).escape(Substring($0))
    }
  }

  /// One character of a line that the user types himself, for its place in that
  /// line: ``escapedOnOneLine(_:)``, but a joiner may wait for what follows.
  public static func escapedPiece(_ character: Character) -> String {
    Escaper(namesBreaks: true, isPiece: true).escape(Substring(String(character)))
  }

  /// Whether nothing of it has to be changed: surely not where it is so.
  private static func needsNoEscape(_ text: String) -> Bool {
    text.utf8.withContiguousStorageIfAvailable(isPlain) ?? false
  }

  /// Whether each of its bytes is a printable ASCII character.
  static func isPrintableASCII(_ text: String) -> Bool {
    text.utf8.withContiguousStorageIfAvailable(isPrintableASCII)
      ?? text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
  }

  /// In one pass that looks at all of it, so that the compiler can take many
  /// bytes at once.
  static func isPrintableASCII(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    var others: UInt8 = 0
    for byte in utf8 { others |= byte &- 0x20 < 0x5f ? 0 : 1 }
    return others == 0
  }
}
