import ChatTerminal
import Seeded
import Testing

@Suite struct EditBufferTests {
  @Test func clustersFormAsScalarsArrive() {
    var buffer = EditBuffer()
    for scalar in "e\u{301}🇫🇷👨‍👩‍👧".unicodeScalars { buffer.insert(String(scalar)) }
    #expect(buffer.characters == ["e\u{301}", "🇫🇷", "👨‍👩‍👧"])
    #expect(buffer.cursor == 3)
  }

  @Test func aScalarMayJoinWhatFollows() {
    var buffer = EditBuffer("a🇫")
    buffer.move(to: 1)
    buffer.insert("🇩")
    #expect(buffer.characters == ["a", "🇩🇫"])
    #expect(buffer.cursor == 2)
    // As if both halves had come at once.
    buffer.insert("🇪")
    #expect(buffer.characters == ["a", "🇩🇪", "🇫"])
    #expect(buffer.cursor == 2)
    buffer.insert("x")
    #expect(buffer.characters == ["a", "🇩🇪", "x", "🇫"])
  }

  @Test func removingJoinsWhatWasApart() {
    var buffer = EditBuffer("ab\u{301}")
    buffer.remove(0..<1)
    #expect(buffer.characters == ["b\u{301}"])
    buffer = EditBuffer("🇫🇷x🇩🇪")
    buffer.remove(1..<2)
    #expect(buffer.characters == ["🇫🇷", "🇩🇪"])
    #expect(buffer.cursor == 1)
  }

  /// The characters are those of the text as a whole after any edits.
  @Test(arguments: [1, 2, 3, UInt64.random(in: 4...(.max))])
  func segmentationIsThatOfTheWholeText(seed: UInt64) {
    let pieces = [
      "a", "e", "words", "\r", "\u{301}", "🇫", "🇷", "🇩", "👨", "\u{200d}", "👩", "👍", "🏽", "❤",
      "\u{fe0f}", "日",
      "ᄀ", "ᅡ", "ᆨ", "\n", "क", "्", "ष", "ि", " ", "\u{600}", "🇫🇷", "👨‍👩‍👧",
    ]
    var random = SeededRandom(seed: seed)
    var buffer = EditBuffer()
    for _ in 0..<3000 {
      let count = buffer.characters.count
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5: buffer.insert(pieces.randomElement(using: &random) ?? "")
      case 5..<8: buffer.move(to: Int.random(in: -1...count + 1, using: &random))
      default:
        let first = Int.random(in: 0...count, using: &random)
        buffer.remove(first..<min(count, first + Int.random(in: 0...3, using: &random)))
      }
      let text = buffer.text
      #expect(buffer.characters == Array(text), "seed \(seed)")
      #expect(buffer.byteCount == text.utf8.count, "seed \(seed)")
      #expect((0...buffer.characters.count).contains(buffer.cursor), "seed \(seed)")
    }
  }
}
