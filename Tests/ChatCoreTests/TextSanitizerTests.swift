import Testing

@testable import ChatCore

/// Where Unicode has what this file is about; all planes would take seconds.
private let scalars: [Unicode.Scalar] = {
  let blocks: [ClosedRange<UInt32>] = [
    0...0x33ff, 0xa000...0xabff, 0xd7b0...0xd7ff, 0xf800...0xffff, 0x11000...0x11fff,
    0x13000...0x134ff, 0x1bc00...0x1bcff, 0x1d000...0x1d2ff, 0x1f000...0x1faff, 0xe0000...0xe0fff,
  ]
  let planeEnds = (0...16).flatMap { [$0 << 16 | 0xfffe, $0 << 16 | 0xffff] }
  let values = Set(blocks.joined()).union(planeEnds.map(UInt32.init))
  return values.sorted().compactMap(Unicode.Scalar.init)
}()

private func every(_ test: (Unicode.Scalar) -> Bool) -> [Unicode.Scalar] { scalars.filter(test) }

struct TextSanitizerTests {
  @Test func plainTextStaysAsItIs() {
    for text in [
      "", "hi", "a\\b", "naïve", "e\u{301}", "שלום", "नमस्ते", "👨‍👩‍👧", "❤️", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "한국어",
      "ᄒ\u{1161}ᆫ", "می\u{200c}خواهم", "٣\u{600}٤", "葛\u{e0100}",
    ] {
      #expect(TextSanitizer.escaped(text).unicodeScalars.elementsEqual(text.unicodeScalars))
      #expect(TextSanitizer.escapedOnOneLine(text) == text)
      #expect(TextSanitizer.escapedLines(text) == [text])
    }
  }

  @Test func everyControlIsEscaped() {
    let controls = every { $0.properties.generalCategory == .control }
    #expect(controls.count == 65)
    for scalar in controls {
      let hex = String(scalar.value, radix: 16)
      let expected = "a\\x" + (hex.count == 1 ? "0" : "") + hex + "b"
      #expect(TextSanitizer.escaped("a\(scalar)b") == expected)
      #expect(TextSanitizer.mustEscape(scalar))
    }
  }

  @Test func everyFormatCharacterIsEscapedButTheNamedFew() {
    let passing: Set<UInt32> = Set(0x600...0x605).union([
      0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0x110bd, 0x110cd,
    ])
    let formats = every { $0.properties.generalCategory == .format }
    #expect(formats.count > 160)
    for scalar in formats {
      let expected =
        passing.contains(scalar.value)
        ? "a\(scalar)b" : TextSanitizerTests.escape(of: scalar)
      #expect(
        TextSanitizer.escaped("a\(scalar)b").unicodeScalars.elementsEqual(expected.unicodeScalars))
    }
  }

  @Test func bidiControlsAndSeparatorsAreEscaped() {
    let bidi = every { $0.properties.isBidiControl }
    #expect(bidi.count == 12)
    let separators: [Unicode.Scalar] = ["\u{2028}", "\u{2029}"]
    for scalar in bidi + separators {
      #expect(TextSanitizer.escaped("a\(scalar)b") == TextSanitizerTests.escape(of: scalar))
    }
    #expect(TextSanitizer.escaped("\u{202e}") == "\\u{202e}")
  }

  @Test func fillersAndNoncharactersAreEscaped() {
    let nonCharacters = every { $0.properties.isNoncharacterCodePoint }
    #expect(nonCharacters.count == 66)
    let fillers: [Unicode.Scalar] = [
      "\u{ad}", "\u{34f}", "\u{115f}", "\u{1160}", "\u{3164}", "\u{ffa0}", "\u{180e}", "\u{200b}",
      "\u{2060}", "\u{feff}", "\u{fff9}", "\u{fffb}", "\u{e0041}", "\u{e0001}",
    ]
    for scalar in nonCharacters + fillers {
      #expect(TextSanitizer.escaped("a\(scalar)b") == TextSanitizerTests.escape(of: scalar))
    }
  }

  @Test func whatEscapesIsExactlyWhatMustEscape() {
    let wrong = every { scalar in
      if scalar == "\\" { return false }
      let shown = TextSanitizer.escaped("a\(scalar)").unicodeScalars
      let isAllowed = Surroundings().allow(scalar, before: ""[...].unicodeScalars)
      return shown.dropFirst().contains(scalar) == (TextSanitizer.mustEscape(scalar) || !isAllowed)
    }
    #expect(wrong == [])
  }

  @Test func breaks() {
    #expect(TextSanitizer.escaped("a\nb\tc\r") == "a\\x0ab\\x09c\\x0d")
    #expect(TextSanitizer.escapedOnOneLine("a\nb\tc\r") == "a\\nb\\tc\\x0d")
    #expect(TextSanitizer.escapedLines("a\r\nb\n\nc\t") == ["a\\x0d", "b", "", "c\\t"])
    #expect(TextSanitizer.escapedLines("\n") == ["", ""])
    #expect(TextSanitizer.escapedLines("") == [""])
  }

  @Test func tagsPassInFlagsOnly() {
    let england = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"
    #expect(TextSanitizer.escaped("é" + england + "!") == "é" + england + "!")
    #expect(
      TextSanitizer.escaped("\u{1f3f4}\u{e0067}\u{e007f}") == "\u{1f3f4}\\u{e0067}\\u{e007f}")
    #expect(TextSanitizer.escaped(String(england.unicodeScalars.dropFirst())).contains("\\u{"))
  }

  /// Of what is drawn over its base four pass; more are named, and then counted.
  @Test(arguments: [1, 4, 5, 12, 13, 1000])
  func aPileOfMarksIsCut(count: Int) {
    for mark: Unicode.Scalar in ["\u{301}", "\u{20dd}", "\u{11a8}"] {
      let pile = String(String.UnicodeScalarView(repeatElement(mark, count: count)))
      let name = "\\u{\(String(mark.value, radix: 16))}"
      let shown = TextSanitizer.escaped("a" + pile + "b")
      #expect(shown.unicodeScalars.filter { $0 == mark }.count == min(count, 4))
      #expect(
        shown.hasSuffix(
          String(repeating: name, count: max(0, min(count, 12) - 4))
            + (count > 12 ? "\\{+\(count - 12) marks}b" : "b")))
    }
  }

  @Test func signsBesideALetterPileUpNoHigherThanEight() {
    for mark: Unicode.Scalar in ["\u{903}", "\u{93e}"] {
      for count in 1...20 {
        let pile = String(String.UnicodeScalarView(repeatElement(mark, count: count)))
        let shown = TextSanitizer.escaped("a" + pile + "b")
        #expect(shown.unicodeScalars.filter { $0 == mark }.count == min(count, 8))
      }
    }
  }

  /// However marks are mixed, none is drawn on the escape of another, and no
  /// base has more than its four.
  @Test func aPileCannotBeHiddenByMixingMarks() {
    let pile = String(repeating: "\u{301}\u{200d}\u{fe0f}\u{200c}", count: 100)
    let shown = TextSanitizer.escaped("a" + pile)
    #expect(shown.hasSuffix("\\{+391 marks}"))
    #expect(!shown.unicodeScalars.drop { $0 != "\\" }.contains { $0.value > 0x7f })
    for other in ["\u{200d}", "\u{fe0f}", "\u{903}", "\u{202e}", "\u{200c}"] {
      let mixed = (0..<60).map { $0 % 3 == 0 ? other : "\u{301}" }.joined()
      for character in TextSanitizer.escaped("a" + mixed) {
        #expect(character.unicodeScalars.filter { $0 == "\u{301}" }.count <= 4)
      }
    }
  }

  /// What people write keeps all its marks.
  @Test(arguments: [
    "မြွှေ့", "בְּרֵאשִׁ֖ית", "བསྒྲུབས", "e\u{323}\u{302}\u{301}", "กี่", "1\u{fe0f}\u{20e3}",
    "👩🏽\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨🏽",
  ])
  func writtenMarksPass(text: String) {
    #expect(TextSanitizer.escaped(text).unicodeScalars.elementsEqual(text.unicodeScalars))
  }

  private static func escape(of scalar: Unicode.Scalar) -> String {
    let hex = String(scalar.value, radix: 16)
    return scalar.value < 0x100 ? "a\\x\(hex)b" : "a\\u{\(hex)}b"
  }
}
