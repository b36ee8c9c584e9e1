import ChatPosix

/// Our own words, which a console shows as they are. What a peer wrote is a
/// `PeerText` and does not become one, but quoted in a sentence.
public struct Notice: Hashable, Sendable, ExpressibleByStringLiteral {
  let text: String

  public init(stringLiteral words: StaticString) {
    text = words.description
  }

  /// A sentence of the executable's.
  public init(sentence: String) {
    text = sentence
  }

  /// How it differs from what people say.
  public enum Look: Hashable, Sendable {
    /// Not at all: the original's own rows, and how everything ended.
    case plain
    /// Dim in colour.
    case faint
    /// Dim in colour, and behind the mark that `history show` has where there is
    /// none.
    case remark
  }

  /// As in `history show`; a message's first row never begins with it, since no
  /// handle has a blank.
  static let mark = "* "
}

extension StandardError {
  /// Writes a sentence of our own, on a terminal in rows that end between words, for a
  /// process that has no console. What the terminal does not take within `limit` is
  /// dropped.
  public static func write(sentence: String, within limit: Duration) {
    let columns = FileDescriptor.standardError.windowSize()?.columns ?? 0
    let rows =
      columns > 0
      ? Printer(columns: columns, usesColor: false).rows(of: Notice(sentence: sentence), as: .plain)
      : [sentence]
    write(rows.joined(separator: "\n") + "\n", within: limit)
  }
}
