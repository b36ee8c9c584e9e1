/// Whether a message's text is what `-g` asks for.
struct TextMatcher {
  enum Case {
    /// A pattern without capital letters matches both.
    case smart
    case ignored
    case kept
  }

  private var expressions: [Regex<AnyRegexOutput>] = []
  private var literals: [Literal] = []
  private let isInverted: Bool
  /// One for each pattern, of which a text must have one to match; `nil` where
  /// some pattern has none.
  private var needles: [Needle]? = []

  private struct Literal {
    var text: String
    var ignoresCase: Bool
  }

  /// Any of `patterns` may match; `isLiteral` takes them as they stand.
  /// Throws ``HistoryError/expression(_:)`` for what is no expression.
  init(
    _ patterns: [String], isLiteral: Bool, caseRule: Case, isInverted: Bool
  ) throws(HistoryError) {
    self.isInverted = isInverted
    for pattern in patterns {
      let ignoresCase = Self.ignoresCase(pattern, caseRule, isLiteral: isLiteral)
      let needle =
        isLiteral
        ? Needle(literal: pattern, foldsCase: ignoresCase)
        : Needle(expression: pattern, foldsCase: ignoresCase)
      if let needle { needles?.append(needle) } else { needles = nil }
      if isLiteral {
        literals.append(
          Literal(text: ignoresCase ? pattern.lowercased() : pattern, ignoresCase: ignoresCase))
      } else {
        guard let expression = try? Regex(pattern) else { throw .expression(pattern) }
        expressions.append(expression.ignoresCase(ignoresCase))
      }
    }
  }

  /// Whether ``mayMatch(_:)`` says of any text that it does not.
  var canReject: Bool { needles != nil && !isInverted }

  /// Whether a text with these bytes may match; `false` is sure.
  func mayMatch(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let needles, !isInverted else { return true }
    return needles.contains { $0.mayBe(in: text) }
  }

  func matches(_ text: String) -> Bool {
    let isFound =
      expressions.contains { text.contains($0) }
      || literals.contains { literal in
        let text = literal.ignoresCase ? text.lowercased() : text
        return literal.text.isEmpty || text.contains(literal.text)
      }
    return isFound != isInverted
  }

  /// Smart case looks at letters that stand for themselves: the capital of
  /// `\S` names a class.
  private static func ignoresCase(_ pattern: String, _ rule: Case, isLiteral: Bool) -> Bool {
    switch rule {
    case .ignored: return true
    case .kept: return false
    case .smart: break
    }
    var isEscaped = false
    for character in pattern {
      if character.isUppercase, !isEscaped { return false }
      isEscaped = !isLiteral && character == "\\" && !isEscaped
    }
    return true
  }
}
