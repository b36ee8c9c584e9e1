/// The one-word name a person talks under: 1 to 10 characters as a person
/// counts them (extended grapheme clusters, UAX #29), at most 64 bytes of
/// UTF-8, with nothing in it that would have to be escaped on a terminal.
public struct Handle: Hashable, Sendable, CustomStringConvertible {
  /// The original's limit, in characters.
  public static let maximumLength = 10
  /// Room for ten characters of six bytes; a "character" of a thousand
  /// combining marks is no name.
  public static let maximumByteCount = 64

  public let text: String

  public var description: String { text }

  /// Takes `text` as it is; white space around it is the caller's to trim.
  ///
  /// - Throws: ``HandleError``, with what is wrong.
  public init(_ text: String) throws(HandleError) {
    if text.isEmpty { throw .empty }
    // Most names are printable ASCII, and known from their bytes alone.
    let isPlain = TextSanitizer.isPrintableASCII(text)
    if isPlain ? text.utf8.contains(0x20) : text.contains(where: \.isWhitespace) {
      throw .severalWords
    }
    if !isPlain, text.unicodeScalars.contains(where: Self.isUnprintable) { throw .unprintable }
    // Bytes first: they bound the work of counting characters.
    if text.utf8.count > Self.maximumByteCount { throw .tooManyBytes(text.utf8.count) }
    let length = isPlain ? text.utf8.count : text.count
    if length > Self.maximumLength { throw .tooLong(length) }
    self.text = text
  }

  /// What a terminal must not be shown, and the one symbol that shows nothing:
  /// a name of blank Braille cells would be no name.
  static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{2800}" || TextSanitizer.mustEscape(scalar)
  }

  /// What a server is called that gives no name of its own, as nc does.
  public static let unnamedServer = Handle(unchecked: "SERVER")

  /// For names that are written in this program.
  init(unchecked text: String) {
    self.text = text
  }
}

/// What is wrong with a would-be handle.
public enum HandleError: Error, Hashable, Sendable {
  case empty
  /// White space inside, so more than one word.
  case severalWords
  /// A control or invisible character.
  case unprintable
  /// More than ``Handle/maximumLength`` characters; carries how many.
  case tooLong(Int)
  /// More than ``Handle/maximumByteCount`` bytes; carries how many.
  case tooManyBytes(Int)
}
