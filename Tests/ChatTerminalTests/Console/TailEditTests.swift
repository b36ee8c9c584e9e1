import ChatCore
import ChatTerminal
import Seeded
import Testing

/// Keys at the end of the line, which are drawn without the rest of it.
@Suite struct TailEditTests {
  /// What one key has the terminal told.
  private func written(_ key: String, after text: String, columns: Int = 40) -> String {
    var session = Session(columns: columns)
    session.type(text)
    session.console.input(Array(key.utf8), at: session.now)
    session.handleEvents()
    return String(decoding: session.console.takeOutput().standardOutput, as: UTF8.self)
  }

  @Test func aLetterIsWrittenAlone() {
    #expect(written("o", after: "hell") == "o")
    #expect(written("o", after: "") == "o")
    #expect(written(" there", after: "hell日o") == " there")
  }

  @Test func aBackspaceTakesOneCharacterOff() {
    #expect(written("\u{7f}", after: "hello") == "\u{8}\u{1b}[K")
    #expect(written("\u{7f}", after: "h") == "\u{8}\u{1b}[K")
    #expect(written("\u{7f}\u{7f}x", after: "hello") == "\u{8}\u{8}\u{1b}[Kx")
    #expect(written("xy\u{7f}\u{7f}z", after: "hello") == "z")
  }

  @Test func theRowsOwnEndIsDrawnAnew() {
    // Prompt and text fill 39 columns of 40, and the cursor the last one.
    let full = String(repeating: "x", count: 31)
    #expect(written("x", after: full.dropLast() + "") == "x")
    #expect(written("x", after: full).contains("\u{1b}[2K"))
    #expect(written("\u{7f}", after: full + "x").contains("\u{1b}[2K"))
  }

  @Test(arguments: ["é", "日", "\u{301}", "\u{1b}[D", "\u{12}", "\u{15}", "\u{1f}"])
  func whateverElseIsDrawnAnew(key: String) {
    #expect(written(key, after: "hello").contains("\u{1b}[2K"))
  }

  @Test func aLetterThatFindsALineIsNotPutAtItsEnd() {
    // The search finds "ab" where "a" stood.
    #expect(written("b", after: "ab\ra\u{12}").contains("\u{1b}[2K"))
  }

  @Test(arguments: ["abcde", "abcde\u{7f}\u{7f}"])
  func aTerminalThatDrawsMoreColumnsBreaksNoRow(typed: String) {
    // By our table they take 30 of 40 columns, on this screen all of them.
    var session = Session()
    session.screen.drawsAmbiguousWide = true
    session.type("привет как дела это я ")
    for key in typed { session.type(String(key)) }
    session.receive("one")
    session.receive("two")
    #expect(session.screen.text.dropLast() == ["tatyana> one", "tatyana> two"])
    #expect(session.screen.cursorRow == 2)
    TerminalConsoleTests.expectTidy(session)
  }

  private static let keys = [
    "a", "b", " ", "xyz", "e", "é", "\u{301}", "日", "👨‍👩‍👧", "🇩", "🇫🇷", "❤\u{fe0f}", "\u{600}",
    "0123456789", "\u{7f}", "\u{7f}", "\u{7f}", "\u{7f}\u{7f}a", "ab\u{7f}c",
    "\u{1b}[D", "\u{1b}[C", "\u{1b}[H", "\u{1b}[F", "\u{1b}[3~", "\u{15}", "\u{b}", "\u{1f}",
    "\u{12}", "\u{1b}[A", "\r", "\u{1b}[200~one\ntwo\u{1b}[201~",
  ]
  private static let seeds = [1, 2, 3, 4, UInt64.random(in: 5...(.max))]

  /// The same keys on two consoles, of which one is made to draw everything
  /// anew: whatever comes after, the screens are the same.
  @Test(arguments: seeds, Screen.Taste.allCases)
  func theScreenIsAsIfDrawnAnew(seed: UInt64, taste: Screen.Taste) {
    var random = SeededRandom(seed: seed)
    let columns = Int.random(in: 12...40, using: &random)
    var sessions = [true, false].map { _ in
      var session = Session(columns: columns, maximumLength: 70, usesColor: true)
      session.screen.taste = taste
      return session
    }
    var isWaiting = false
    var shortWrites = 0
    for step in 0..<2_000 {
      let choice = Int.random(in: 0..<40, using: &random)
      let key = Self.keys.randomElement(using: &random) ?? "a"
      let size = (Int.random(in: 12...40, using: &random), Int.random(in: 8...14, using: &random))
      if choice == 1 { isWaiting.toggle() }
      for index in sessions.indices {
        switch choice {
        case 0: sessions[index].receive("m\(step)")
        case 1:
          sessions[index].console.setPrompt(isWaiting ? TurnTests.waiting : Session.prompt)
          sessions[index].flush()
        case 2: sessions[index].resize(size.0, size.1)
        default:
          sessions[index].console.input(Array(key.utf8), at: sessions[index].now)
          sessions[index].handleEvents()
          if index == 1 {
            let prompt = isWaiting ? TurnTests.waiting : Session.prompt
            sessions[index].console.setPrompt(.none)
            sessions[index].console.setPrompt(prompt)
          }
          let written = sessions[index].flush()
          if index == 0, (1...3).contains(written) { shortWrites += 1 }
        }
      }
      let screens = sessions.map(\.screen)
      guard screens[0].text == screens[1].text, screens[0].history == screens[1].history,
        screens[0].cursorRow == screens[1].cursorRow,
        screens[0].cursorColumn == screens[1].cursorColumn
      else {
        Issue.record(
          """
          seed \(seed), step \(step), choice \(choice), key \(key.debugDescription)
          screen \(screens[0].history) \(screens[0].cursorRow) \(screens[0].cursorColumn)
          anew   \(screens[1].history) \(screens[1].cursorRow) \(screens[1].cursorColumn)
          """)
        return
      }
    }
    for session in sessions { TerminalConsoleTests.expectTidy(session) }
    // The shortcut was taken, or this has shown nothing.
    #expect(shortWrites > 100)
  }
}
