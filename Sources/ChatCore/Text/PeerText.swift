/// What somebody else wrote, as it was received.
///
/// It is no `String`, so that none can be shown where our own words are: a
/// console shows it under its speaker's name, and inside a sentence it is what
/// ``description`` makes of it.
public struct PeerText: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  private let text: String

  public init(_ text: String) {
    self.text = text
  }

  public init(stringLiteral text: StaticString) {
    self.init(text.description)
  }

  /// Its lines, each safe for a terminal and without its line feed; at least one.
  public var lines: [String] { TextSanitizer.escapedLines(text) }

  /// The whole of it, safe for one row.
  public var description: String { TextSanitizer.escapedOnOneLine(text) }
}

extension Message {
  /// What was said, to be shown.
  public var shown: PeerText { PeerText(text) }
}
