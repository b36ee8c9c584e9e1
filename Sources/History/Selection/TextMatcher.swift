/// Whether a message's text is what `-g` asks for.
struct TextMatcher {
  enum Case {
    /// A pattern without capital letters matches both.
    case smart
    case ignored
    case kept
  }

  private var patterns: [Pattern] = []
  private let isInverted: Bool

  /// What is tried first costs least, and settles nearly every text. Shared: a copy
  /// would count a reference for all it has, for every text.
  fileprivate final class Pattern {
    /// What a text must have to match; `nil` where nothing is sure.
    let needle: Needle?
    /// The same question to the C library, where it can be asked.
    let plain: PlainExpression?
    let whole: Whole

    init(needle: Needle?, plain: PlainExpression?, whole: Whole) {
      self.needle = needle
      self.plain = plain
      self.whole = whole
    }

    enum Whole {
      case expression(Regex<AnyRegexOutput>)
      case literal(String, ignoresCase: Bool)
    }
  }

  /// Any of `patterns` may match; `isLiteral` takes them as they stand.
  /// Throws ``HistoryError/expression(_:)`` for what is no expression.
  init(
    _ patterns: [String], isLiteral: Bool, caseRule: Case, isInverted: Bool
  ) throws(HistoryError) {
    self.isInverted = isInverted
    for pattern in patterns {
      let ignoresCase = Self.ignoresCase(pattern, caseRule, isLiteral: isLiteral)
      if isLiteral {
        self.patterns.append(
          Pattern(
            needle: Needle(literal: pattern, foldsCase: ignoresCase), plain: nil,
            whole: .literal(
              ignoresCase ? pattern.lowercased() : pattern, ignoresCase: ignoresCase)))
      } else {
        guard let expression = try? Regex(pattern) else { throw .expression(pattern) }
        self.patterns.append(
          Pattern(
            needle: Needle(expression: pattern, foldsCase: ignoresCase),
            plain: PlainExpression(pattern, ignoresCase: ignoresCase),
            whole: .expression(expression.ignoresCase(ignoresCase))))
      }
    }
  }

  func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
  }

  /// The same of a text in UTF-8.
  func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    let isFound: Bool
    switch verdict(on: text) {
    case .no: isFound = false
    case .yes: isFound = true
    case .maybe:
      let text = String(decoding: text, as: UTF8.self)
      isFound = patterns.contains { $0.whole.matches(text) }
    }
    return isFound != isInverted
  }

  /// Whether any pattern matches, before ``isInverted`` turns it round.
  func verdict(on text: UnsafeRawBufferPointer) -> Needle.Verdict {
    var verdict = Needle.Verdict.no
    for pattern in patterns {
      switch pattern.verdict(on: text) {
      case .no: break
      case .maybe: verdict = .maybe
      case .yes: return .yes
      }
    }
    return verdict
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

extension TextMatcher.Pattern {
  fileprivate func verdict(on text: UnsafeRawBufferPointer) -> Needle.Verdict {
    let first = needle?.verdict(on: text) ?? .maybe
    guard first == .maybe, let isFound = plain?.isFound(in: text) else { return first }
    return isFound ? .yes : .no
  }
}

extension TextMatcher.Pattern.Whole {
  fileprivate func matches(_ text: String) -> Bool {
    switch self {
    case .expression(let expression): return text.contains(expression)
    case .literal(let literal, let ignoresCase):
      if literal.isEmpty { return true }
      return (ignoresCase ? text.lowercased() : text).contains(literal)
    }
  }
}
