import ChatCore
import Testing

struct TextResemblanceTests {
  @Test(arguments: [
    // Case, accents, width and style.
    "SERVER", "server", "Server", "SERVÉR", "S\u{301}ERVER", "şęŕvêr", "ŠĒŘVĖŔ", "Ș̈ERVER",
    "SE\u{20dd}RVER",
    "ＳＥＲＶＥＲ", "ｓｅｒｖｅｒ", "𝐒𝐄𝐑𝐕𝐄𝐑", "𝓼𝓮𝓻𝓿𝓮𝓻", "𝕊𝔼ℝ𝕍𝔼ℝ", "𝚂𝙴𝚁𝚅𝙴𝚁", "𝖲𝖤𝖱𝖵𝖤𝖱", "𝕾𝕰𝕽𝖁𝕰𝕽", "𝔰𝔢𝔯𝔳𝔢𝔯",
    "𝑆𝐸𝑅𝑉𝐸𝑅", "SℰℛVℰℛ", "𝒮ℰℛ𝒱ℰℛ",
    "ⓢⓔⓡⓥⓔⓡ", "ⓈⒺⓇⓋⒺⓇ", "🅂🄴🅁🅅🄴🅁", "🆂🅴🆁🆅🅴🆁", "🅢🅔🅡🅥🅔🅡", "⒮⒠⒭⒱⒠⒭", "🇸🇪🇷🇻🇪🇷",
    // Small capitals, superscripts, modifier letters, Roman numerals.
    "ꜱᴇʀᴠᴇʀ", "sᴇʀᴠᴇʀ", "ˢᴱᴿⱽᴱᴿ", "ˢᵉʳᵛᵉʳ", "ₛₑᵣᵥₑᵣ", "SERⅤER", "serⅴer", "ſerver", "ꞨERVER",
    "ʂɛɾʋɛɾ",
    // Reversed, turned and open letters.
    "ƧERVER", "ƨERVER", "SƎRVƎR", "sɘrvɘr", "sǝrvǝr", "səɹʌəɹ", "SEЯVEЯ", "SƐRVƐR", "sɜrvɜr",
    "SEʁVEʁ", "ƩERVER",
    // Other alphabets, whole or in part.
    "ЅЕRVЕR", "ЅЁRVЕR", "SЭRVЭR", "SЄRVЄR", "SΕRVΕR", "SΣRVΣR", "sεrvεr", "serνer", "ᏚᎬᎡᏙᎬᎡ",
    "ꮪꭼꭱꮩꭼꭱ",
    "ꓢꓰꓣꓦꓰꓣ", "SⲈRVⲈR", "sⲉrvⲉr", "ՏERVER", "ᔕᗴᖇᐯᗴᖇ", "ᔕEᖇᐯEᖇ", "丂乇尺√乇尺", "丂乇尺ᐯ乇尺", "SER∨ER",
    "S∑RV∑R",
    "ЅERVER", "𐐠ERVER", "SERѵER", "seгver", "SERꓦER", "𖼺ERVER", "SERᏙER",
    "SΞRVΞR", "ЅЗЯѴЗЯ", "ᏕᏋᏒᏉᏋᏒ", "ᎦᎬᎡᏙᎬᎡ", "ꌗꍟꋪꃴꍟꋪ", "𐌔𐌄𐌓𐌖𐌄𐌓", "₴ɆⱤVɆⱤ", "SꞒRVꞒR", "SЕᏒ٧ЕᏒ",
    // Digits and signs in place of letters.
    "⑤ERVER", "➎ERVER", "§ERVER", "SE®VE®", "SE℟℣E℟", "S∃RV∃R", "S∈RV∈R", "SER⋁ER", "SER\\/ER",
    "SER∖∕ER",
    "@SERVER", "$SERVER", "$ERVER!", "@$3RV3R|", "(SERVER)", "[SERVER]", "\"SERVER\"", "«SERVER»",
    "5ERVER", "S3RV3R", "$ERVER", "𝟻ERVER", "S€RV€R", "S℮RV℮R", "５ERVER", "S³RVER", "$3RV3R!",
    // Signs beside the letters, and what is not seen.
    "SERVER.", "SERVER>", "SERVER:", "<SERVER>", "SERVERʹ", "SERVER'", "SERVERʼ", "SERVER·",
    "SERVER…", "SERVER︕",
    "SERVER!", "SERVER|", "|SERVER|", "SERVERǀ", "SERVER∣", "_SERVER_", "SER-VER", "SER.VER",
    "SER·VER", "SERVER✓", "SERVER👍",
    "SER\u{200d}VER", "SER\u{200c}VER", "SERVER\u{fe0f}", "S\u{fe00}ERVER", "SERVER\u{e0100}",
    "S\u{489}ERVER",
  ])
  func looksLikeServer(_ name: String) throws {
    let server = try Handle("SERVER")
    let handle = try Handle(name)
    #expect(handle.looksLike(server))
    #expect(server.looksLike(handle))
    let shown = TextSanitizer.escapedOnOneLine(name)
    #expect(DisplayName.of(handle, .client, besides: server) == "\(shown)(client)")
  }

  /// What goes on with what may be taken for no part of the name, or ends as a
  /// name on the screen does.
  @Test(arguments: [
    ("SERVER", "SERVER>x"), ("SERVER", "SERVER한"), ("SERVER", "SERVER＞a"), ("SERVER", "SERVERㆍ"),
    ("SERVER", "SERVERㆍa"), ("SERVER", "server-x"), ("SERVER", "SÉRVER:a"), ("SERVER", "[SERVER]x"),
    ("SERVER", "SERVER日"), ("SERVER", "ЅЕRVЕR.b"), ("me", "me>ok"), ("me", "meー"), ("me", "me゛"),
    ("me", "me(x)"), ("me", "mе:ok"), ("me", "ｍｅ、ok"), ("me", "me|ok"), ("me", "me…x"),
    ("bob", "x>y"), ("bob", "a›b"), ("bob", "a＞b"), ("bob", "aᐳb"), ("bob", "a»b"), ("bob", "a❯b"),
    ("bob", "a▶b"), ("bob", "a⟩b"), ("bob", "a〉b"), ("bob", "a》b"), ("bob", "a≻b"), ("bob", "a➤b"),
    ("bob", "a˃b"), ("bob", "a﹥b"), ("bob", "a→b"), ("bob", "a▸b"), ("bob", "a►b"), ("bob", "日≫"),
    ("bob", "a⪢b"), ("bob", "a❱b"), ("bob", "a🢒b"), ("bob", "a𖼿b"), ("bob", "a⊳b"),
  ])
  func isMarkedForHowItBeginsOrEnds(_ own: String, _ name: String) throws {
    let shown = DisplayName.of(try Handle(name), .client, besides: try Handle(own))
    #expect(shown == TextSanitizer.escapedOnOneLine(name) + "(client)")
  }

  @Test(arguments: [
    ("SERVER", "SERVER2"), ("SERVER", "SERVERS"), ("me", "melanie"), ("me", "me2"),
    ("bob", "bobby"),
    ("bob", "rob-bob"), ("Юля", "Юлия"), ("山田", "山本"), ("bob", "jean-luc"), ("al", "Zoë"),
    ("bob", "O'Neill"), ("bob", "a<b"), ("bob", "«x"), ("bob", "C++"),
  ])
  func isNotMarkedForHowItBegins(_ own: String, _ name: String) throws {
    #expect(DisplayName.of(try Handle(name), .client, besides: try Handle(own)) == name)
  }

  @Test(arguments: ["bob\u{1d159}", "\u{13441}", "\u{16fe4}", "a\u{2800}"])
  func aBlankIsNoName(_ name: String) {
    #expect(throws: HandleError.unprintable) { try Handle(name) }
  }

  @Test(arguments: [
    "tatyana", "mike", "SERVE", "SERVERS", "SEVER", "сервер", "服务器", "OBSERVER", "👨‍👩‍👧", "server1",
    "SERVER2", "SURVER",
    "Sarver", "serve3", "FERVER", "RESERVE", "Сергей", "Юлия", "Ђорђе", "Її", "Σωκράτης", "Ἀθηνᾶ",
    "日本", "山田太郎", "さくら", "サクラ",
    "ｻｸﾗ", "さくらSAKURA", "김철수", "안녕", "金철수K", "ㄅㄆㄇ", "ישראל", "שָׁלוֹם", "محمد", "مُحَمَّد", "علی‌رضا",
    "Zoë", "Søren", "Łukasz", "Đặng",
    "Nguyễn", "Şükrü", "Ísold", "Þór", "Strauß", "Œdipe", "สมชาย", "น้ำ", "अनिल", "क्‍षमा", "বিপ্লব", "ශ්‍රී",
    "മോഹന്‍", "தமிழ்", "გიორგი",
    "Արմեն", "ᏣᎳᎩ", "ꓡꓲꓢꓴ", "ⲁⲛⲟⲕ", "ᠮᠣᠩᠭᠣᠯ", "አበበ", "ខ្មែរ", "မြန်မာ", "བོད", "Ꞌaua", "O'Neill",
    "jean-luc", "x_x", "C++", "***",
    "007", "٣٤٥", "❤️", "👍🏽", "🏳️‍🌈", "1️⃣", "♪♫", "葛\u{e0100}城", "Ωμέγα", "人々", "ラーメン", "²π", "№5", "Ⅷ",
  ])
  func isNoOtherThanItSeems(_ name: String) throws {
    let server = try Handle("SERVER")
    let handle = try Handle(name)
    #expect(!handle.looksLike(server))
    #expect(!handle.isSuspicious)
    #expect(DisplayName.of(handle, .client, besides: server) == name)
  }

  @Test(arguments: [
    // Two scripts that are not written together.
    "tatуana", "Тatyana", "раypal", "Ωmega", "aβc", "DJДима", "bobש", "محمدbob", "สมbob", "さくらД",
    "한さ", "ㄅ한", "김ひ", "अа", "aա", "ⲁa",
    // What is not seen, or changes nothing.
    "b\u{200d}ob", "bob\u{200c}", "bob\u{200d}", "\u{200d}", "\u{200c}bob", "\u{fe0f}",
    "bob\u{fe0f}", "1\u{fe0f}", "b\u{fe00}ob", "Юл\u{200d}ия",
    "日\u{200d}本", "👍\u{200d}", "👍\u{200d}bob", "👍\u{fe0f}\u{fe0f}", "عل\u{200c}\u{200c}ی",
    "علی\u{200c}", "한\u{e0100}", "\u{301}", "\u{301}bob",
    // Drawn as each font likes.
    "bob\u{e000}", "\u{f8ff}", "\u{10fffd}", "bob\u{378}",
  ])
  func isMarkedBesideAnyName(_ name: String) throws {
    let handle = try Handle(name)
    #expect(handle.isSuspicious)
    #expect(
      DisplayName.of(handle, .client, besides: try Handle("SERVER"))
        == TextSanitizer.escapedOnOneLine(name) + "(client)")
  }

  @Test(arguments: [
    ("bob", "b0b"), ("bill", "biII"), ("bill", "b1ll"), ("modern", "modem"), ("wow", "vvow"),
    ("ада", "ada"), ("Οmega", "Omega"), ("İda", "ida"), ("ada", "ａｄａ"), ("Ada", "ΑdΑ"),
    ("Ida", "!da"), ("Сергей", "СЕРГЕЙ"), ("Сергей", "Сeргей"), ("Σωκράτης", "ΣΩΚΡΑΤΗΣ"),
    ("Νίκος", "νικοσ"), ("Zoë", "Zoe"),
    ("Søren", "Soren"), ("Łukasz", "lukasz"), ("한국", "\u{1112}\u{1161}\u{11ab}국"),
    ("が", "か\u{3099}"), ("ガ", "ｶﾞ"),
    ("محمد", "مُحَمَّد"), ("שלום", "שָׁלוֹם"), ("क़लम", "क\u{93c}लम"), ("***", "***"), ("日本", "⽇本"),
  ])
  func looksLike(_ one: String, _ other: String) throws {
    // д looks like no Latin letter: a pair that must differ, so that the
    // others prove something.
    #expect(try Handle(one).looksLike(try Handle(other)) == (one != "ада"))
  }

  @Test(arguments: [
    ("日本", "日木"), ("김철수", "김철호"), ("कि", "कु"), ("กา", "กี"), ("が", "か"), ("ひ", "び"), ("***", "---"),
    ("👍", "👎"), ("007", "008"),
    ("even", "eve"), ("νάνος", "νέος"), ("Юлия", "Юля"), ("אבא", "אמא"),
  ])
  func staysApart(_ one: String, _ other: String) throws {
    #expect(try !Handle(one).looksLike(try Handle(other)))
  }

  @Test(arguments: Party.allCases)
  func `the other side is marked by its role`(_ role: Party) throws {
    let own = try Handle("tatyana")
    for name in ["tatyana", "Tatyana", "tаtyаna", "tatyana."] {
      #expect(DisplayName.of(try Handle(name), role, besides: own) == "\(name)(\(role.rawValue))")
      #expect(DisplayName.of(name, role, besides: "tatyana") == "\(name)(\(role.rawValue))")
    }
    #expect(DisplayName.of(try Handle("mike"), role, besides: own) == "mike")
    #expect(DisplayName.of(try Handle("tatyana"), role, besides: nil) == "tatyana")
    #expect(DisplayName.of("two words", role, besides: own.text) == "two words(\(role.rawValue))")
    #expect(DisplayName.of("\u{1b}[m", role, besides: own.text) == "\\x1b[m(\(role.rawValue))")
  }
}
