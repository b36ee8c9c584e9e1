import Seeded
import Testing

@testable import ChatCore

/// What is taken for plain by its bytes is what all the rules would leave as it
/// is.
@Suite struct PlainTextTests {
  private static let plain = (UInt32(0x80)...0x10ffff).filter(TextSanitizer.isPlain)
    .compactMap(Unicode.Scalar.init)

  private static func isPlain(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { TextSanitizer.isPlain($0) }
  }

  private static func escaped(_ text: String) -> String {
    Escaper(namesBreaks: true).escape(text[...])
  }

  /// Scalar by scalar: strings are equal that look the same.
  private static func isSame(_ one: String, _ other: String) -> Bool {
    one.unicodeScalars.elementsEqual(other.unicodeScalars)
  }

  @Test func everyScalarByItselfAndTwice() {
    #expect(Self.plain.count > 30_000)
    for scalar in Self.plain {
      let text = "\(scalar)a\(scalar)\(scalar)"
      guard Self.isPlain(text), Self.isSame(Self.escaped(text), text),
        Self.isSame(JSONText.escaped(text), text),
        scalar.properties.generalCategory != .unassigned
      else {
        Issue.record("U+\(String(scalar.value, radix: 16))")
        return
      }
    }
  }

  @Test func anyOfThemBesideAnyOther() {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    let ascii = (UInt32(0x20)..<0x7f).compactMap(Unicode.Scalar.init)
    for _ in 0..<20_000 {
      let scalars = (0..<Int.random(in: 1...20, using: &random)).compactMap { _ in
        (Bool.random(using: &random) ? Self.plain : ascii).randomElement(using: &random)
      }
      let text = String(String.UnicodeScalarView(scalars))
      guard Self.isPlain(text), Self.isSame(Self.escaped(text), text) else {
        Issue.record("\(text.debugDescription), seed \(seed)")
        return
      }
    }
  }

  /// All the others are left to the rules, wherever they are.
  @Test func noOtherScalarPasses() {
    for value in UInt32(0)...0x10ffff where !(0x20..<0x7f).contains(value) {
      guard let scalar = Unicode.Scalar(value), !TextSanitizer.isPlain(value) else { continue }
      guard !Self.isPlain("\(scalar)"), !Self.isPlain("é\(scalar)日") else {
        Issue.record("U+\(String(value, radix: 16))")
        return
      }
    }
  }
}
