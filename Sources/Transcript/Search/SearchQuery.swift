/// What a user searches for: words that must all be there, in any order. A
/// word that ends in `*` means all that begin so; what is in double
/// quotes is a phrase, one word right after the other.
package struct SearchQuery: Hashable, Sendable {
  private let terms: [Term]

  private enum Term: Hashable {
    case words(String)
    case phrase(String)
  }

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

  private init?(terms: [Term]) {
    self.terms = terms
    if expression(.current) == nil { return nil }
  }

  /// In FTS5's syntax, everything of the user's in quotes; `nil` where nothing
  /// of it is indexed in this form.
  func expression(_ form: SearchForm) -> String? {
    let parts = terms.compactMap { term in
      switch term {
      case .words(let words): form.query(words)
      case .phrase(let phrase): Self.phrase(phrase, form)
      }
    }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  /// The same, with each word for the beginning of one, and how a user writes
  /// that; `nil` where every word is so already, or in a phrase.
  package var widened: (query: SearchQuery, words: [String])? {
    var words: [String] = []
    var isWider = false
    let terms = terms.map { term -> Term in
      guard case .words(let text) = term else {
        if case .phrase(let phrase) = term { words.append("\"\(phrase)\"") }
        return term
      }
      let wide = text.split(whereSeparator: \.isWhitespace).map { word -> String in
        if word.hasSuffix("*") || SearchForm.current.query(String(word)) == nil {
          return String(word)
        }
        isWider = true
        return word + "*"
      }
      words += wide
      return .words(wide.joined(separator: " "))
    }
    guard isWider, let query = SearchQuery(terms: terms) else { return nil }
    return (query, words)
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
  private static func phrase(_ text: String, _ form: SearchForm) -> String? {
    let words = text.split(whereSeparator: \.isWhitespace).compactMap { form.query(String($0)) }
    return words.isEmpty ? nil : words.joined(separator: " + ")
  }
}
