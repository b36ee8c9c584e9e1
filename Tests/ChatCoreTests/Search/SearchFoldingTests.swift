import ChatCore
import Seeded
import Testing

@Suite struct SearchFoldingTests {
  @Test(arguments: [
    ("Hello, World", "hello, world"), ("", ""), ("already plain 1", "already plain 1"),
    // Latin
    ("Café Zoë", "cafe zoe"), ("e\u{301}", "e"), ("Łódź ŁÓDŹ", "lodz lodz"),
    ("zażółć gęślą", "zazolc gesla"),
    ("Straße STRASSE STRAẞE", "strasse strasse strasse"), ("Søren Øre", "soren ore"),
    ("Đặng đường", "dang duong"),
    ("Tiếng Việt", "tieng viet"), ("Nguye\u{302}\u{303}n", "nguyen"), ("İstanbul", "istanbul"),
    ("ISPARTA ısparta", "isparta isparta"), ("Œuvre Æsop", "oeuvre aesop"), ("Þór", "thor"),
    ("ﬁne", "fine"),
    ("so\u{ad}ft zero\u{200b}width", "soft zerowidth"), ("non\u{a0}breaking", "non breaking"),
    // Greek, Cyrillic
    ("άνθρωπος ΆΝΘΡΩΠΟΣ", "ανθρωποσ ανθρωποσ"), ("ᾳ ᾼ ῷ", "α α ω"), ("ёлка Ёлка", "елка елка"),
    ("йод", "иод"),
    // Hebrew, Arabic
    ("שָׁלוֹם", "שלום"), ("שׁוֹפָר", "שופר"), ("مُحَمَّدٌ", "محمد"),
    ("أإآٱا", "ااآٱا".replacing("آ", with: "ا")),
    ("مـــحمد", "محمد"), ("ﻻ", "لا"), ("می\u{200c}خواهم", "میخواهم"),
    // Thai, Devanagari and other scripts whose marks are letters
    (
      "ภาษาไทย น้ำ",
      "ภาษาไทย น\u{e49}\u{e4d}\u{e32}".replacing("\u{e49}\u{e4d}", with: "\u{e4d}\u{e49}")
    ),
    ("ที่", "ที่"), ("กุ\u{e48}", "กุ\u{e48}"), ("ก\u{e48}\u{e38}", "ก\u{e38}\u{e48}"), ("हिन्दी", "हिन्दी"),
    ("\u{958}लम", "क\u{93c}लम"), ("क्\u{200d}ष", "क्ष"), ("ශ්\u{200d}රී", "ශ්රී"), ("தமிழ்", "தமிழ்"),
    // Han, kana, Hangul
    ("日本語", "日本語"), ("豈 ⼀ ㍻ ㎏", "豈 一 平成 kg"), ("ｱﾌﾟﾘ ガキ ｶﾞｷ", "アプリ ガキ ガキ"),
    ("か\u{3099}は\u{309a}", "がぱ"),
    ("ヷ ヴ ゞ", "ヷ ヴ ゞ"), ("ワ\u{3099} ウ\u{3099} ゝ\u{3099} う\u{3099}", "ヷ ヴ ゞ ゔ"),
    ("ひらがな ヒラガナ", "ひらがな ヒラガナ"),
    ("한국어", "한국어"), ("\u{1112}\u{1161}\u{11ab}국", "한국"), ("하\u{11ab}", "한"), ("ＡＢＣ１２３", "abc123"),
    // Emoji
    ("👨‍👩‍👧 ❤️ 👍🏽 🇫🇷 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🈚", "👨‍👩‍👧 ❤️ 👍🏽 🇫🇷 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🈚"), ("🏳️‍🌈 ❤️‍🔥", "🏳️‍🌈 ❤️‍🔥"),
    // Marks on nothing, and a heap of them
    ("\u{301}", ""), ("Z\u{301}\u{302}\u{303}\u{489}algo", "zalgo"), ("\0a\u{1b}B", "\0a\u{1b}b"),
  ])
  func folds(_ text: String, _ folded: String) {
    // By scalars: String's == takes canonical equivalents for the same.
    #expect(Array(SearchFolding.fold(text).unicodeScalars) == Array(folded.unicodeScalars))
  }

  @Test(arguments: [
    ("カ", "ガ"), ("か", "カ"), ("하", "한"), ("कि", "कु"), ("กา", "กี"), ("日", "曰"), ("o", "0"), ("и", "i"),
    ("ה", "ח"),
  ])
  func `keeps apart what are different words`(_ one: String, _ other: String) {
    #expect(SearchFolding.fold(one) != SearchFolding.fold(other))
  }

  @Test func `agrees with ICU on texts`() {
    for sample in SearchFoldingSamples.texts {
      let folded = SearchFolding.fold(sample.text)
      #expect(
        Array(folded.unicodeScalars) == Array(sample.folded.unicodeScalars), "\(sample.text)")
    }
  }

  /// Every scalar, alone: what the folding changes is what ICU changes, and
  /// folding again changes nothing more.
  @Test func `agrees with ICU on every scalar`() {
    var checksums: [UInt32: UInt32] = [:]
    for value in UInt32(0x80)...0x10ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = String(scalar)
      let folded = SearchFolding.fold(text)
      if Self.areSame(folded, text) { continue }
      if !Self.areSame(SearchFolding.fold(folded), folded) {
        Issue.record("U+\(String(value, radix: 16)) folds twice")
      }
      checksums[value >> 12] = (text + folded + "\n").utf8.reduce(
        checksums[value >> 12] ?? 0x811c_9dc5
      ) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }
    #expect(checksums == SearchFoldingSamples.checksums)
  }

  @Test func `folding twice is folding once`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededRandom(seed: seed)
    let blocks: [ClosedRange<UInt32>] = [
      0x20...0x17f, 0x300...0x36f, 0x370...0x52f, 0x591...0x6ff, 0x900...0xdff, 0xe00...0xfff,
      0x1100...0x11ff, 0x1e00...0x1fff, 0x2000...0x206f, 0x3041...0x30ff, 0x3131...0x318e,
      0xac00...0xd7a3, 0xfe00...0xfe0f, 0xff61...0xffdc, 0x1f300...0x1f6ff,
    ]
    for _ in 0..<20_000 {
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        let block = blocks[Int.random(in: 0..<blocks.count, using: &generator)]
        if let scalar = Unicode.Scalar(UInt32.random(in: block, using: &generator)) {
          text.append(scalar)
        }
      }
      let once = SearchFolding.fold(String(text))
      guard Self.areSame(SearchFolding.fold(once), once) else {
        Issue.record("seed \(seed): \(text.map { String($0.value, radix: 16) })")
        return
      }
    }
  }

  @Test func `a beginning of a word is the beginning of the folded word`() {
    for word in ["straßenbahn", "ŁÓDŹ", "ёлка", "한국어", "ガキ", "Tiếng", "שָׁלוֹם", "ﬁnal", "น้ำ"] {
      let folded = SearchFolding.fold(word)
      for end in word.indices {
        let beginning = SearchFolding.fold(String(word[..<end]))
        #expect(folded.unicodeScalars.starts(with: beginning.unicodeScalars), "\(word)")
      }
    }
  }

  private static func areSame(_ one: String, _ other: String) -> Bool {
    one.utf8.elementsEqual(other.utf8)
  }
}
