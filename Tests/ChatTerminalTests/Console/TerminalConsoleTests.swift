import ChatCore
import ChatTerminal
import Harness
import Testing

/// What is to be seen on the screen while somebody types and others talk.
@Suite struct TerminalConsoleTests {
  static let family = "👨‍👩‍👧"
  static let left = "\u{1b}[D"
  static let home = "\u{1b}[H"

  /// Nothing was written that the screen does not know, and every mode that
  /// was changed for a redraw was changed back.
  static func expectTidy(_ session: Session, _ location: SourceLocation = #_sourceLocation) {
    #expect(session.screen.unknown == [], sourceLocation: location)
    #expect(session.screen.wraps, sourceLocation: location)
    #expect(session.screen.updateDepth == 0, sourceLocation: location)
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
    #expect(session.screen.visible.dropLast() == ["tatyana> one", "tatyana> two"])
    #expect(session.screen.cursorRow == 2)
    TerminalConsoleTests.expectTidy(session)
  }

  @Test func aMessageGoesAboveAHalfTypedLine() {
    var session = Session()
    #expect(session.screen.bracketsPastes)
    session.type("hel")
    session.receive("hi")
    #expect(session.screen.visible == ["tatyana> hi", "SERVER> hel"])
    #expect(session.screen.cursorRow == 1)
    #expect(session.screen.cursorColumn == 11)
    session.type("lo\r")
    #expect(session.lines == ["hello"])
    #expect(session.screen.visible == ["tatyana> hi", "SERVER> hello", "SERVER> "])
    Self.expectTidy(session)
  }

  @Test func aMessageLeavesTheCursorInTheMiddle() {
    var session = Session()
    session.type("hello\(Self.left)\(Self.left)")
    session.receive("hi")
    #expect(session.screen.cursorRow == 1)
    #expect(session.screen.cursorColumn == 11)
    session.type("X")
    #expect(session.screen.visible == ["tatyana> hi", "SERVER> helXlo"])
    Self.expectTidy(session)
  }

  @Test func sixtyKeysWhileMessagesArrive() {
    var session = Session()
    for number in 0..<60 {
      session.type(String(number % 10))
      if number % 5 == 0 { session.receive("tick \(number)") }
    }
    session.type("\r")
    let digits = String(repeating: "0123456789", count: 6)
    #expect(session.lines == [digits])
    #expect(
      session.screen.lines
        == (0..<12).map { "tatyana> tick \($0 * 5)" } + [
          "SERVER> " + digits.prefix(32), "        " + digits.dropFirst(32), "SERVER> ",
        ])
    Self.expectTidy(session)
  }

  @Test(arguments: ["resume\u{301}", "résumé", "日本語", "a\(family)b🇫🇷c👍🏽d", "क्षि"])
  func clustersAreDrawnAsTyped(text: String) {
    var session = Session()
    for scalar in text.unicodeScalars { session.type(String(scalar)) }
    session.receive("hi")
    #expect(session.screen.visible == ["tatyana> hi", "SERVER> " + text])
    session.type("\r")
    #expect(session.lines == [text])
  }

  @Test func aFamilyIsOneCharacterToEdit() {
    var session = Session()
    session.type("a\(Self.family)b\(Self.left)Y")
    #expect(session.screen.visible == ["SERVER> a\(Self.family)Yb"])
    #expect(session.screen.cursorColumn == 12)
    session.type("\u{7f}\u{7f}")
    #expect(session.screen.visible == ["SERVER> ab"])
  }

  @Test func wideTextMeetsTheMargin() {
    for blanks in 28...33 {
      var session = Session()
      let text = String(repeating: "x", count: blanks) + "日本"
      session.type(text)
      session.receive("hi")
      #expect(session.screen.visible.dropFirst().joined() == "SERVER> " + text)
      session.type("!")
      #expect(session.screen.visible.dropFirst().joined() == "SERVER> " + text + "!")
      Self.expectTidy(session)
    }
  }

  @Test func aLineExactlyAsWideAsTheScreen() {
    var session = Session()
    let text = String(repeating: "x", count: 32)
    session.type(text)
    #expect(session.screen.visible == ["SERVER> " + text])
    #expect(session.screen.cursorRow == 1)
    #expect(session.screen.cursorColumn == 0)
    session.receive("hi")
    #expect(session.screen.visible == ["tatyana> hi", "SERVER> " + text])
    session.type(Self.left)
    #expect(session.screen.cursorRow == 1)
    #expect(session.screen.cursorColumn == 39)
    session.type("\r")
    #expect(session.lines == [text])
    #expect(session.screen.visible == ["tatyana> hi", "SERVER> " + text, "SERVER> "])
  }

  @Test(arguments: Screen.Taste.allCases)
  func familiesWrapOnAnyTerminal(taste: Screen.Taste) {
    var session = Session()
    session.screen.taste = taste
    let letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    session.type(String(repeating: Self.family, count: 3) + letters)
    session.type(Self.home + "\u{1b}[CY")
    session.receive("hi")
    session.type("\u{1b}[FZ")
    let text = Self.family + "Y" + Self.family + Self.family + letters + "Z"
    #expect(session.screen.visible.first == "tatyana> hi")
    #expect(session.screen.visible.dropFirst().joined() == "SERVER> " + text)
    session.type("\r")
    #expect(session.lines == [text])
    #expect(
      Session.withoutBlanks(session.screen.lines.dropFirst().joined())
        == Session.withoutBlanks("SERVER> " + text + "SERVER> "))
    Self.expectTidy(session)
  }

  @Test func aMessageMeetsALineOfThreeRows() {
    let text = String((0..<100).map { Character(UnicodeScalar(UInt8(0x30 + $0 % 10))) })
    for motion in ["", Self.home] {
      var session = Session()
      session.type(text + motion)
      session.receive("one")
      session.receive("two")
      #expect(session.screen.visible[..<2] == ["tatyana> one", "tatyana> two"])
      #expect(session.screen.visible.dropFirst(2).joined() == "SERVER> " + text)
      #expect(session.screen.cursorRow == (motion.isEmpty ? 4 : 2))
      Self.expectTidy(session)
    }
  }

  @Test func aLineTallerThanTheScreenIsDrawnAsAWindow() {
    var session = Session()
    session.receive("before")
    let text = String((0..<560).map { Character(UnicodeScalar(UInt8(0x61 + $0 % 26))) })
    session.type(text)
    // The prompt makes it 568 columns and the counter a row more: the window
    // is around the cursor.
    #expect(session.screen.visible.count <= 12)
    #expect((text + " 60 too many").hasSuffix(session.screen.visible.suffix(3).joined()))
    session.receive("meanwhile")
    #expect(session.screen.visible.count <= 12)
    session.type("\u{15}ok")
    #expect(session.screen.visible.last == "SERVER> ok")
    #expect(session.screen.lines.filter { $0 == "tatyana> meanwhile" }.count == 1)
    #expect(session.screen.lines.filter { $0 == "tatyana> before" }.count == 1)
    session.type("\r")
    #expect(session.lines == ["ok"])
    Self.expectTidy(session)
  }

  @Test func theWindowFollowsTheCursor() {
    var session = Session(columns: 10, height: 4)
    session.type(String(repeating: "a", count: 40) + String(repeating: "b", count: 40))
    #expect(session.screen.visible.allSatisfy { !$0.contains("a") })
    session.type(Self.home)
    #expect(session.screen.visible.first == "SERVER> aa")
    #expect(session.screen.cursorRow == 0)
    #expect(session.screen.cursorColumn == 8)
    Self.expectTidy(session)
  }

  @Test func ctrlCClearsTheLineThenInterrupts() {
    var session = Session()
    session.type("draft\u{3}")
    #expect(session.events == [])
    #expect(session.screen.visible == ["SERVER> "])
    session.type("\u{1b}[A")
    #expect(session.screen.visible == ["SERVER> draft"])
    session.type("\u{3}\u{3}")
    #expect(session.events == [.interrupt])
  }

  @Test func ctrlDDeletesThenEnds() {
    var session = Session()
    session.type("ab\u{1}\u{4}\u{4}\u{4}")
    #expect(session.events == [.endOfInput])
    session.console.endOfInput()
    session.handleEvents()
    #expect(session.events == [.endOfInput, .endOfInput])
  }

  @Test func historyWhileAMessageArrives() {
    var session = Session()
    session.type("one\rtwo\rdra")
    session.type("\u{1b}[A")
    session.receive("hi")
    session.type("\u{1b}[A")
    #expect(session.screen.visible.last == "SERVER> one")
    session.type("\u{1b}[B\u{1b}[Bft")
    #expect(
      session.screen.visible == ["SERVER> one", "SERVER> two", "tatyana> hi", "SERVER> draft"])
  }

  @Test func searchWhileAMessageArrives() {
    var session = Session()
    session.type("hello\rother\r\u{12}hel")
    session.receive("hi")
    #expect(
      session.screen.visible == [
        "SERVER> hello", "SERVER> other", "tatyana> hi", "(search) hel: hello",
      ])
    session.type("zz")
    #expect(session.screen.visible.last == "(not found) helzz: ")
    session.type("\u{7f}\u{7f}\u{5}!")
    #expect(session.screen.visible.last == "SERVER> hello!")
    Self.expectTidy(session)
  }

  @Test func aPastedLineBreakStaysInTheMessage() {
    var session = Session()
    session.type("say: \u{1b}[200~line one\rline two\r\nthree\n\u{1b}[201~")
    #expect(session.screen.visible == ["SERVER> say: line one", "    line two", "    three"])
    #expect(session.lines == [])
    session.receive("hi")
    session.type("\r")
    #expect(session.lines == ["say: line one\nline two\nthree"])
    #expect(
      session.screen.visible == [
        "tatyana> hi", "SERVER> say: line one", "        line two", "        three", "SERVER> ",
      ])
    Self.expectTidy(session)
  }

  @Test func aPasteWhoseEndIsLostSwallowsNoKeys() {
    var session = Session()
    session.type("\u{1b}[200~pasted")
    #expect(session.screen.visible == ["SERVER> "])
    #expect(session.console.deadline == Instant(milliseconds: 2000))
    session.pass(milliseconds: 1000)
    #expect(session.screen.visible == ["SERVER> pasted"])
    session.type("!\r")
    #expect(session.lines == ["pasted!"])
  }

  @Test func aLoneEscapeAndAPartialScalarHoldNothingUp() {
    var session = Session()
    session.type("abc\u{1b}")
    session.receive("one")
    session.pass(milliseconds: 150)
    session.type("def")
    session.type(bytes: [0xc3])
    session.receive("two")
    #expect(session.screen.visible == ["tatyana> one", "tatyana> two", "SERVER> abcdef"])
    session.type(bytes: [0xa9, 0xff, 0xfe])
    #expect(session.screen.visible.last == "SERVER> abcdefé\u{fffd}\u{fffd}")
  }

  @Test func aBurstIsOneRedraw() {
    var session = Session()
    let before = session.writeCount
    let burst = String(repeating: "é\(Self.family)x", count: 1200)
    session.type(burst)
    #expect(session.writeCount == before + 1)
    #expect(session.console.draft == burst)
  }

  @Test func manyThingsAtOnceAreOneRedraw() {
    var session = Session()
    let before = session.writeCount
    for number in 0..<100 {
      session.console.printMessage(PeerText("\(number)"), from: "a", party: .client)
    }
    session.console.ringBell()
    session.type("x")
    #expect(session.writeCount == before + 1)
    #expect(session.screen.bells == 1)
    #expect(session.screen.lines.count == 101)
  }

  @Test func linesInOneReadAreTakenOneByOne() {
    var session = Session()
    session.type("one\rtwo\rthr")
    #expect(session.lines == ["one", "two"])
    #expect(session.screen.visible == ["SERVER> one", "SERVER> two", "SERVER> thr"])
  }
}
