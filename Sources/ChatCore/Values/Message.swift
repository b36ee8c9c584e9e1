/// One thing said: 1 to 500 characters as a person counts them (extended
/// grapheme clusters, UAX #29), at most 16 KiB of UTF-8. Line breaks are line
/// feeds, and only a paste makes them.
public struct Message: Hashable, Sendable {
  /// The original's limit, in characters.
  public static let maximumLength = 500
  /// 500 characters of up to 32 bytes, which the longest emoji sequences
  /// need; a bound on memory for what counts as few characters.
  public static let maximumByteCount = 16 * 1024

  public let text: String
  /// The bytes as they arrived, when they were not valid UTF-8 and `text` is
  /// their repair; `nil` when `text` is exactly what was received.
  public let raw: [UInt8]?

  /// - Throws: ``MessageError``, with what is wrong.
  public init(_ text: String, raw: [UInt8]? = nil) throws(MessageError) {
    let byteCount = text.utf8.count
    if byteCount == 0 { throw .empty }
    if byteCount > Self.maximumByteCount { throw .tooLong }
    // No cluster is shorter than a byte, so short texts need no counting.
    if byteCount > Self.maximumLength, text.count > Self.maximumLength { throw .tooLong }
    self.text = text
    self.raw = raw
  }

  /// The message that `bytes` say; invalid UTF-8 is repaired with U+FFFD and
  /// the bytes are kept in ``raw``.
  ///
  /// - Throws: ``MessageError``, with what is wrong.
  public init(bytes: ArraySlice<UInt8>) throws(MessageError) {
    // Repair can triple the size; refuse before doing it.
    if bytes.count > Self.maximumByteCount { throw .tooLong }
    if let text = try? UTF8Span(validating: bytes.span) {
      try self.init(String(copying: text))
    } else {
      try self.init(String(decoding: bytes, as: UTF8.self), raw: Array(bytes))
    }
  }
}

extension Message {
  /// Bytes that the original programs read at once: one that sends more is one
  /// answer ahead of them for good.
  public static let maximumOriginalByteCount = 500

  /// What is sent of it to an original program: one row, nothing that a
  /// terminal obeys. No escape is known there: who is sent the text `\quit`
  /// sees two backslashes, and stays.
  public var originalText: String {
    let text = text == "\\quit" ? "\\\\quit" : text
    let row = text.unicodeScalars.map { $0 == "\n" ? " " : $0 }
    return TextSanitizer.escapedOnOneLine(String(String.UnicodeScalarView(row)))
  }
}

/// What is wrong with a would-be message.
public enum MessageError: Error, Hashable, Sendable {
  case empty
  /// Over ``Message/maximumLength`` characters or
  /// ``Message/maximumByteCount`` bytes.
  case tooLong
}
