import Testing

@testable import ChatCore

/// What is not seen passes only where it does something.
struct UnseenTests {
  /// What draws nothing by itself, told by ranges of Unicode 16 and not by the code
  /// under test: Default_Ignorable_Code_Point, and the blanks that are none by class.
  private static let unseen: [ClosedRange<UInt32>] = [
    0xad...0xad, 0x34f...0x34f, 0x61c...0x61c, 0x115f...0x1160, 0x17b4...0x17b5, 0x180b...0x180f,
    0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0x2800...0x2800, 0x3164...0x3164,
    0xfe00...0xfe0f, 0xfeff...0xfeff, 0xffa0...0xffa0, 0xfff0...0xfffb, 0x16fe4...0x16fe4,
    0x1bca0...0x1bca3, 0x1d159...0x1d159, 0x1d173...0x1d17a, 0x13430...0x13442,
    0xe0000...0xe0fff,
    // Stackers and joiners, which only change what is around them.
    0x1039...0x1039, 0x17d2...0x17d2, 0x1a60...0x1a60, 0x2d7f...0x2d7f, 0x10a3f...0x10a3f,
    0x1107f...0x1107f, 0x11133...0x11133, 0x113d0...0x113d0, 0x11a47...0x11a47,
    0x11a99...0x11a99, 0x11d45...0x11d45, 0x11d97...0x11d97, 0x11f42...0x11f42,
    0x1bc9d...0x1bc9d,
  ]

  private static func passes(_ text: String, _ scalar: Unicode.Scalar) -> Bool {
    TextSanitizer.escaped(text).unicodeScalars.contains(scalar)
  }

  /// Every scalar there is, after a letter, before one, between two, doubled and
  /// many times: what is not seen is shown by name.
  @Test func nothingUnseenPassesBesideALetter() {
    for scalar in Self.unseen.joined().compactMap(Unicode.Scalar.init) {
      let many = String(String.UnicodeScalarView(repeatElement(scalar, count: 20)))
      for text in [
        "k\(scalar)", "\(scalar)k", "k\(scalar)k", "k\(scalar)\(scalar)k", "\(scalar)",
        "\(scalar)\(scalar)", many, "k" + many + "k", "е\(scalar)е", "é\(scalar)é", "1\(scalar)2",
        "> \(scalar)", "日\u{301}\(scalar)k",
      ] where Self.passes(text, scalar) {
        Issue.record("U+\(String(scalar.value, radix: 16)) in \(text.debugDescription)")
        return
      }
    }
  }

  /// Whatever else passes raw draws something, as far as the standard library knows.
  @Test func whatPassesBesideALetterIsSeen() {
    var wrong: [String] = []
    for value in UInt32(0x80)...0x10ffff {
      guard let scalar = Unicode.Scalar(value), Self.passes("k\(scalar)k", scalar) else { continue }
      let properties = scalar.properties
      let isUnseen =
        properties.isDefaultIgnorableCodePoint || properties.isVariationSelector
        || properties.isJoinControl || properties.isBidiControl
        || properties.isNoncharacterCodePoint
        || Self.unseen.contains { $0.contains(value) }
      if isUnseen { wrong.append(String(value, radix: 16)) }
    }
    #expect(wrong == [])
  }

  @Test(arguments: [
    "👨‍👩‍👧", "👩🏽‍❤️‍💋‍👨🏽", "🏳️‍🌈", "🏴‍☠️", "👁️‍🗨️", "❤️‍🔥", "❤️", "❤\u{fe0e}", "1️⃣", "#️⃣", "🇫🇷", "👍🏽", "☎️",
    "👍\u{fe0f}", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👩🏿‍🚀 ok",
    "می\u{200c}خواهم", "علی‌رضا", "کتاب\u{200c}ها را", "مُح\u{200d}مد",
    "क्\u{200d}षमा", "क्\u{200c}ष", "ශ්\u{200d}රී", "മോഹന്\u{200d}", "র\u{200d}্যাব", "বিপ্লব", "മലയാളം",
    "葛\u{e0100}城", "\u{2229}\u{fe00}", "神\u{fe00}", "、\u{fe01}", "ᠮ\u{180b}ᠣ", "ᠠ\u{180f}",
    "မြန်မာ", "က္က", "ក្ក", "⠓⠑⠀⠺", "⠀⠀⢀⣀", "⣀⠀⠀",
  ])
  func whatDoesSomethingPasses(_ text: String) {
    for text in [text, "k" + text, text + "k", text + " " + text] {
      #expect(TextSanitizer.escaped(text).unicodeScalars.elementsEqual(text.unicodeScalars))
    }
  }

  @Test(arguments: [
    ("👍\u{200d}k", "\u{200d}"), ("k\u{200d}👍", "\u{200d}"), ("🇫\u{200d}🇷", "\u{200d}"),
    ("👍\u{200d}\u{200d}👍", "\u{200d}"), ("👍\u{200c}👍", "\u{200c}"), ("1\u{200d}2", "\u{200d}"),
    ("ب\u{200c}k", "\u{200c}"), ("k\u{200c}ب", "\u{200c}"), ("ب\u{200c}", "\u{200c}"),
    ("ب\u{200c}\u{200c}ب", "\u{200c}"), ("क\u{200d}ख", "\u{200d}"), ("क\u{200d}", "\u{200d}"),
    ("日\u{200d}本", "\u{200d}"), ("д\u{200c}д", "\u{200c}"),
    ("1\u{fe0f}", "\u{fe0f}"), ("❤\u{fe0f}\u{fe0f}k", "\u{fe0f}"),
    ("🤣\u{fe0f}\u{fe0f}", "\u{fe0f}"),
    ("🧀\u{fe0f}", "\u{fe0f}"), ("👍\u{fe00}", "\u{fe00}"), ("α\u{fe00}", "\u{fe00}"),
    ("日\u{fe0f}", "\u{fe0f}"), ("한\u{e0100}", "\u{e0100}"), ("日k\u{e0100}", "\u{e0100}"),
    ("日\u{180b}", "\u{180b}"), ("⠀⠀", "\u{2800}"), ("⠓ ⠀k", "\u{2800}"),
  ])
  func whatDoesNothingIsNamed(_ text: String, _ scalar: Unicode.Scalar) {
    let shown = TextSanitizer.escaped(text)
    #expect(shown.contains("\\u{\(String(scalar.value, radix: 16))}"))
    #expect(shown.unicodeScalars.filter { $0 == scalar }.count < 2)
    #expect(TextSanitizer.escaped(shown) == shown)
  }

  /// JSON is shown on terminals too.
  @Test func whatDoesNothingIsAnEscapeOfJSON() {
    var object = JSONObject()
    object["text"] = .string("k\u{200d}k👨\u{200d}👩k\u{fe0f}")
    var output = ""
    object.write(isPretty: false, into: &output)
    #expect(output == #"{"text":"k\u200dk👨\#u{200d}👩k\ufe0f"}"#)
  }

  /// The editor draws a line character by character.
  @Test(arguments: ["می\u{200c}خواهم", "👨‍👩‍👧", "क्\u{200d}षमा", "1️⃣", "a\u{301}"])
  func aLineOfOnesOwnIsDrawnInPieces(_ text: String) {
    let drawn = text.map(TextSanitizer.escapedPiece).joined()
    #expect(drawn.unicodeScalars.elementsEqual(text.unicodeScalars))
    #expect(TextSanitizer.escapedPiece("\u{1b}") == "\\x1b")
  }
}
