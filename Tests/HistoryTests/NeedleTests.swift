import Seeded
import Testing

@testable import History

/// What is dismissed by its bytes would not have matched.
@Suite struct NeedleTests {
  private static let pieces = [
    "a", "b", "K", "k", "e", "S", " ", "noon", "é", "e\u{301}", "\u{212a}", "日", "ß", "1",
    "\u{301}",
  ]
  private static let patternPieces =
    pieces + [".", "x*", "a?", "b+", "\\d", "\\.", "[ab]", "^", "$", "k{2}", "\\s", ";", "-"]

  private func mayMatch(_ matcher: TextMatcher, _ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matcher.mayMatch(UnsafeRawBufferPointer($0)) }
  }

  @Test func `no text that matches is dismissed`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("NeedleTests: seed \(seed)")
    var random = SeededRandom(seed: seed)
    var dismissed = 0
    var matched = 0
    for _ in 0..<3_000 {
      let pattern = (0...Int.random(in: 0...3, using: &random)).map { _ in
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
        let isFound = matcher.matches(text)
        if isFound { matched += 1 }
        if mayMatch(matcher, text) { continue }
        dismissed += 1
        #expect(!isFound, "\(pattern) in \(text), literal \(isLiteral), case \(rule)")
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

  @Test func `what is turned round, or has no such run, dismisses nothing`() throws {
    for (pattern, isInverted) in [("noon", true), ("[ab]", false), ("", false)] {
      let matcher = try TextMatcher(
        [pattern], isLiteral: false, caseRule: .smart, isInverted: isInverted)
      #expect(!matcher.canReject && mayMatch(matcher, "zzz"))
    }
    let several = try TextMatcher(
      ["noon", "[ab]"], isLiteral: false, caseRule: .smart, isInverted: false)
    #expect(!several.canReject)
  }
}
