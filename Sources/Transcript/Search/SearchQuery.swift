/// What a user searches for: words that must all be there, in any order. A
/// word that ends in `*` means all that begin so; what is in double
/// quotes is a phrase, one word right after the other.
package struct SearchQuery: Hashable, Sendable {
  /// In FTS5's syntax, everything of the user's in quotes.
  let expression: String

  /// `nil` when nothing in `words` is indexed, as in `:-)`.
  package init?(_ words: String) {
    self.init(terms: Self.terms(words))
  }

  /// From the words of a command line: one that holds a space was quoted in
  /// the shell, and is a phrase. `nil` when nothing in them is indexed.
  package init?(arguments: [String]) {
    let terms = arguments.flatMap { argument -> [Term] in
      let isQuotedAgain = argument.contains("\"")
      if argument.contains(where: \.isWhitespace), !isQuotedAgain { return [.phrase(argument)] }
      return Self.terms(argument)
    }
    self.init(terms: terms)
  }

  private enum Term {
    case words(String)
    case phrase(String)
  }

  private init?(terms: [Term]) {
    let parts = terms.compactMap { term in
      switch term {
      case .words(let words): SearchText.query(words)
      case .phrase(let phrase): Self.phrase(phrase)
      }
    }
    if parts.isEmpty { return nil }
    expression = parts.joined(separator: " ")
  }

  /// What is between quotes is a phrase; an unclosed one runs to the end.
  private static func terms(_ text: String) -> [Term] {
    text.split(separator: "\"", omittingEmptySubsequences: false).enumerated().compactMap {
      index, part in
      if part.allSatisfy(\.isWhitespace) { return nil }
      return index.isMultiple(of: 2) ? .words(String(part)) : .phrase(String(part))
    }
  }

  /// FTS5 concatenates phrases with `+`
  /// (https://www.sqlite.org/fts5.html#fts5_phrases).
  private static func phrase(_ text: String) -> String? {
    let words = text.split(whereSeparator: \.isWhitespace).compactMap {
      SearchText.query(String($0))
    }
    return words.isEmpty ? nil : words.joined(separator: " + ")
  }
}
