import Seeded
import Testing

@testable import History

/// What is dismissed by its bytes would not have matched, and what is taken by them
/// would.
@Suite struct NeedleTests {
  private static let pieces = [
    "a", "b", "K", "k", "e", "S", " ", "noon", "é", "e\u{301}", "\u{212a}", "日", "ß", "1",
    "\u{301}",
  ]
  private static let patternPieces =
    pieces + [
      ".", "x*", "a?", "b+", "\\d", "\\.", "[ab]", "^", "$", "k{2}", "\\s", ";", "-", "(", ")", "|",
      "(a|b)", "(noon|e)+", "[^a-n]", "\\w", "\\W*", "\\S", "\\D", ".*", "[K1 ]", "a*?", "\\-", "]",
      "}",
    ]

  /// What its bytes alone say of `text`; `maybe` where Swift is asked.
  private func verdict(_ matcher: TextMatcher, _ text: String) -> Needle.Verdict {
    var text = text
    return text.withUTF8 { matcher.verdict(on: UnsafeRawBufferPointer($0)) }
  }

  /// As Swift alone has it.
  private func isFound(
    _ pattern: String, in text: String, isLiteral: Bool, _ rule: TextMatcher.Case
  ) throws -> Bool {
    var letters = pattern
    if !isLiteral { for name in ["\\D", "\\S", "\\W"] { letters.replace(name, with: "") } }
    let ignoresCase = rule == .ignored || rule == .smart && !letters.contains(where: \.isUppercase)
    if !isLiteral { return try text.contains(Regex(pattern).ignoresCase(ignoresCase)) }
    if pattern.isEmpty { return true }
    return ignoresCase
      ? text.lowercased().contains(pattern.lowercased()) : text.contains(pattern)
  }

  @Test func `no text that matches is dismissed, and none that does not is found`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("NeedleTests: seed \(seed)")
    var random = SeededRandom(seed: seed)
    var dismissed = 0
    var matched = 0
    for _ in 0..<3_000 {
      let pattern = (0...Int.random(in: 0...4, using: &random)).map { _ in
        Self.patternPieces.randomElement(using: &random) ?? ""
      }.joined()
      let isLiteral = Bool.random(using: &random)
      let rule = [TextMatcher.Case.smart, .ignored, .kept].randomElement(using: &random) ?? .smart
      guard
        let matcher = try? TextMatcher(
          [pattern], isLiteral: isLiteral, caseRule: rule, isInverted: false)
      else { continue }
      for _ in 0..<5 {
        let text = (0...Int.random(in: 0...5, using: &random)).map { _ in
          Self.pieces.randomElement(using: &random) ?? ""
        }.joined()
        let isFound = try isFound(pattern, in: text, isLiteral: isLiteral, rule)
        #expect(
          matcher.matches(text) == isFound, "\(pattern) in \(text), literal \(isLiteral), \(rule)")
        if isFound { matched += 1 }
        if verdict(matcher, text) == .no { dismissed += 1 }
      }
    }
    #expect(dismissed > 1000 && matched > 300, "\(dismissed) dismissed, \(matched) matched")
  }

  @Test(
    arguments: [
      ("noon", "noon"), ("^noon.*lunch$", "lunch"), ("a+bcd?", "bc"), ("ab{2}c", "a"), ("x*", nil),
      ("(noon)", nil), ("noon|lunch", nil), ("[abc]def", "def"), ("\\bword\\b", "word"),
      ("a\\.b", "a.b"), ("\\u{41}", nil), ("\\Qa", nil), ("é", nil), ("abé", "a"), ("NOON", "noon"),
    ] as [(String, String?)])
  func `what a pattern must have`(_ pattern: String, _ expected: String?) {
    let needle = Needle(expression: pattern, foldsCase: true)
    #expect(needle.map { String(decoding: $0.bytes, as: UTF8.self) } == expected)
  }

  @Test func `what cannot be told by bytes is left to Swift`() throws {
    for patterns in [["x{2}"], [""], ["noon", "x{2}"]] {
      let matcher = try TextMatcher(
        patterns, isLiteral: false, caseRule: .smart, isInverted: false)
      #expect(verdict(matcher, "zzz") == .maybe)
    }
  }

  @Test func `turned round, it finds what does not match`() throws {
    let matcher = try TextMatcher(
      ["noon", "[ab]c"], isLiteral: false, caseRule: .smart, isInverted: true)
    for text in ["zzz", "é nun", "b"] { #expect(matcher.matches(text)) }
    for text in ["at Noon", "bc", "é noon"] { #expect(!matcher.matches(text)) }
  }

  @Test(arguments: [
    "a*?", "(?i)a", "a{2}", "\\bword", "[a[b]]", "[\\d]", "a**", "(a", "()", "a||b", "é",
  ])
  func `what the C library would read otherwise is left to Swift`(_ pattern: String) {
    #expect(PlainExpression(pattern, ignoresCase: true) == nil)
  }
}
