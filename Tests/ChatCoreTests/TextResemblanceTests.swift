import ChatCore
import Testing

struct TextResemblanceTests {
  @Test(arguments: [
    "SERVER", "server", "Server", "SERVÉR", "S\u{301}ERVER", "ＳＥＲＶＥＲ", "𝐒𝐄𝐑𝐕𝐄𝐑", "𝓼𝓮𝓻𝓿𝓮𝓻", "𝕊𝔼ℝ𝕍𝔼ℝ",
    "ЅЕRVЕR", "5ERVER", "S3RV3R", "SER\u{200d}VER", "ꜱᴇʀᴠᴇʀ", "ⓢⓔⓡⓥⓔⓡ", "🅂🄴🅁🅅🄴🅁", "SΕRVΕR",
    "ᏚᎬᎡᏙᎬᎡ",
    "şęŕvêr", "$ERVER", "𝟻ERVER", "ŠĒŘVĖŔ", "ЅЁRVЕR", "𝚂𝙴𝚁𝚅𝙴𝚁",
  ])
  func looksLikeServer(_ name: String) throws {
    let server = try Handle("SERVER")
    let handle = try Handle(name)
    #expect(handle.looksLike(server))
    #expect(server.looksLike(handle))
  }

  @Test(arguments: [
    "tatyana", "mike", "SERVE", "SERVERS", "SEVER", "сервер", "服务器", "OBSERVER", "👨‍👩‍👧",
  ])
  func doesNotLookLikeServer(_ name: String) throws {
    #expect(try !Handle(name).looksLike(try Handle("SERVER")))
  }

  @Test(arguments: [
    ("bob", "b0b"), ("bill", "biII"), ("bill", "b1ll"), ("modern", "modem"), ("wow", "vvow"),
    ("ада", "ada"), ("Οmega", "Omega"), ("İda", "ida"), ("ada", "ａｄａ"), ("Ada", "ΑdΑ"),
  ])
  func looksLike(_ one: String, _ other: String) throws {
    // д looks like no Latin letter: a pair that must differ, so that the
    // others prove something.
    #expect(try Handle(one).looksLike(try Handle(other)) == (one != "ада"))
  }
}
