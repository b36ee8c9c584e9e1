import ChatCore
import Testing
import Transcript

@testable import History

/// A word is found however a person spells it, in every script: the message, and
/// what somebody types who looks for it.
@Suite struct SearchScriptTests {
  private static let pairs: [(script: String, said: String, asked: [String])] = [
    ("Latin", "un Café à Zürich", ["cafe", "CAFÉ", "zurich", "a", "Cafe\u{301}", "ｃａｆｅ"]),
    ("Greek", "ὁ ἄνθρωπος λέγει", ["ανθρωπος", "ΑΝΘΡΩΠΟΣ", "άνθρωπος", "λεγει", "ανθρωποσ"]),
    ("Cyrillic", "наша Ёлка й ї", ["елка", "ёлка", "ЁЛКА", "и", "і"]),
    ("Hebrew", "אמר שָׁלוֹם לכולם", ["שלום", "שָׁלוֹם"]),
    ("Arabic", "قال مُحَمَّدٌ شيئا كـتـاب", ["محمد", "كتاب", "مُحَمَّد"]),
    ("Vietnamese", "tiếng Việt ở Đà Nẵng", ["tieng", "VIET", "da nang", "đà", "nẵng", "o"]),
    ("Turkish", "İstanbul'da ılık çığ", ["istanbul", "ISTANBUL", "ilik", "ılık", "cig", "ÇIĞ"]),
    ("German", "die Straße nach Köln", ["strasse", "STRASSE", "straße", "koln", "STRAẞE"]),
    ("Polish", "Zażółć gęślą jaźń w Łodzi", ["zazolc", "gesla", "jazn", "lodzi", "łodzi"]),
    ("Nordic", "smørrebrød på Ærø, Þór", ["smorrebrod", "pa", "aero", "thor", "Ærø"]),
    ("Thai", "ฉันรักประเทศไทยมาก", ["ไทย", "ประเทศไทย", "รัก", "มาก"]),
    ("Devanagari", "मेरी हिन्दी अच्छी है", ["हिन्दी", "है", "हिन्*"]),
    ("Chinese", "我住在東京都新宿区", ["東京", "新宿", "区", "京都"]),
    ("Kana", "ｶﾞｷﾞ ひらがな カタカナ", ["ガギ", "がな", "カタカナ", "ｶﾀｶﾅ"]),
    ("Hangul", "한국어를 공부해요", ["한국어", "국어", "공부", "\u{1112}\u{1161}\u{11ab}국"]),
    ("Khmer", "ខ្ញុំស្រឡាញ់ភាសាខ្មែរ", ["ភាសា", "ខ្មែរ"]),
    ("Lao and Burmese", "ພາສາລາວ မြန်မာစာ", ["ລາວ", "မြန်မာ"]),
    ("emoji", "done 👍🏽❤️ 👩‍👩‍👧 🇫🇷", ["👍", "👍🏽", "❤", "❤️", "👧", "🇫🇷"]),
    ("ligatures", "the ﬁle № ⑤ x²", ["file", "no", "5", "x2"]),
  ]

  @Test(arguments: pairs.indices)
  func `a word is found in its script`(_ index: Int) throws {
    let (script, said, asked) = Self.pairs[index]
    let fixture = try Fixture()
    let run = try fixture.run(started: "2026-03-01T14:00:00")
    let one = try fixture.open(run: run, at: "2026-03-01T14:02:03", port: 5)
    for pair in Self.pairs { try fixture.say(one, at: "2026-03-01T14:02:04", .client, pair.said) }
    for words in asked {
      let found = try fixture.history("search", words, "-o", "tsv", "--from", "client")
      let texts = found.output.split(separator: "\n").map { $0.split(separator: "\t").last ?? "" }
      #expect(texts.contains { $0 == said }, "\(script): \(words): \(found.errors)")
      // A word of one script is not found by accident in another.
      if words.unicodeScalars.count > 2 { #expect(texts.count == 1, "\(script): \(words)") }
    }
  }

  /// Indexed or not, the same is found.
  @Test(arguments: pairs.indices)
  func `a word is found before it is indexed`(_ index: Int) throws {
    let (script, said, asked) = Self.pairs[index]
    let fixture = try Fixture()
    let run = try fixture.run(started: "2026-03-01T14:00:00")
    let one = try fixture.open(run: run, at: "2026-03-01T14:02:03", port: 5)
    try fixture.say(one, at: "2026-03-01T14:02:04", .client, said)
    let reader = Archive(try Connection.forReading(fixture.path))
    for words in asked {
      let query = try #require(SearchQuery(words))
      let found = try reader.unindexed(query, EventFilter(), past: 0, newestFirst: true)
      #expect(found.count == 1, "\(script): \(words)")
    }
  }

  @Test(arguments: [
    (["lin"], "'lin*'"), (["Lin", "feed"], "'Lin*' 'feed*'"), (["lin feed*"], nil),
    (["LIN", "fe*"], "'LIN*' 'fe*'"), (["liné"], nil), (["line"], nil), (["lin*"], nil),
    (["елк"], "'елк*'"), (["zzz"], nil), (["lin", "zzz"], nil),
    (["o'cl"], #"'o'\''cl*'"#),
    (["--", "-tw"], "-- '-tw*'"), (["--", "tw", "-o'"], #"-- 'tw*' '-o'\''*'"#),
  ])
  func `no match hints at longer words where there are some`(
    _ words: [String], _ hint: String?
  ) throws {
    let fixture = try Fixture()
    let run = try fixture.run(started: "2026-03-01T14:00:00")
    let one = try fixture.open(run: run, at: "2026-03-01T14:02:03", port: 5)
    for text in ["a line feeds", "ёлка", "two o'clock"] {
      try fixture.say(one, at: "2026-03-01T14:02:04", .client, text)
    }
    let found = try Fixture.history(["search", "--database", fixture.path] + words)
    let hints = found.errors.split(separator: "\n").filter { $0.contains("begin so") }
    let sentence = "chatserve: longer words begin so; to find them: history search "
    #expect(hints == (hint.map { [sentence[...] + $0] } ?? []), "\(words)")
    let quiet = try Fixture.history(["search", "-q", "--database", fixture.path] + words)
    #expect(quiet.errors.isEmpty)
  }
}
