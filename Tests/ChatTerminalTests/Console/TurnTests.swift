import ChatCore
import ChatTerminal
import Harness
import Testing

/// Whose turn it is, and what becomes of a line that cannot be taken.
@Suite struct TurnTests {
  static let waiting = Prompt.waiting("waiting for tatyana …", then: "SERVER> ")

  @Test func waitingStandsInThePromptsPlace() {
    let session = Session(prompt: Self.waiting)
    #expect(session.screen.visible == ["* waiting for tatyana … "])
    #expect(session.screen.cursorColumn == 24)
  }

  /// The message brings the turn; what was typed ahead stays where it is.
  @Test func theTurnMovesNoTypedCharacter() {
    var session = Session(prompt: Self.waiting)
    for number in 0..<20 { session.receive("\(number)") }
    session.type("typed \u{1b}[D")
    #expect(session.screen.visible.suffix(2) == ["* waiting for tatyana …", "        typed "])
    let before = session.screen
    session.console.printMessage(PeerText("hi"), from: "tatyana", party: .client)
    session.console.setPrompt(Session.prompt)
    session.flush()
    #expect(session.screen.visible.suffix(2) == ["tatyana> hi", "SERVER> typed "])
    #expect(session.screen.cursorRow == before.cursorRow)
    #expect(session.screen.cursorColumn == before.cursorColumn)
    #expect(session.screen.rows[11].cells[8...] == before.rows[11].cells[8...])
    TerminalConsoleTests.expectTidy(session)
  }

  @Test func enterOutOfTurnKeepsTheLineAndSaysWhy() {
    var session = Session(prompt: Self.waiting)
    session.answer = .keep("It is not your turn.")
    session.type("early\r")
    #expect(
      session.screen.visible == [
        "* It is not your turn.", "* waiting for tatyana …", "        early",
      ])
    // Once is enough, until something else was said.
    session.type("\r")
    #expect(session.screen.bells == 1)
    session.receive("hi")
    session.type("\r")
    #expect(session.screen.lines.filter { $0 == "* It is not your turn." }.count == 2)
    session.answer = .accept
    session.console.setPrompt(Session.prompt)
    session.type("!\r")
    #expect(session.lines == ["early", "early", "early", "early!"])
    #expect(session.screen.visible.suffix(2) == ["SERVER> early!", "SERVER> "])
    TerminalConsoleTests.expectTidy(session)
  }

  /// What is typed behind a line that was entered out of turn is another one.
  @Test(arguments: [
    "second\rthird\r", "second\r|third\r", "s|e|cond|\r|third|\r",
    // The window's focus comes and goes between.
    "second\r|\u{1b}[O\u{1b}[I|third\r", "second\r\u{1b}[I|\u{1b}[Othird\r",
  ])
  func twoLinesEnteredOutOfTurnStayTwo(keys: String) {
    var session = Session(prompt: Self.waiting)
    session.answer = .keepEnded("It is not your turn.")
    for part in keys.split(separator: "|") { session.type(String(part)) }
    #expect(
      session.screen.visible == [
        "* It is not your turn.", "* waiting for tatyana …", "        second", "    third",
      ])
    #expect(session.console.draft == "second\nthird")
    session.lines = []
    session.answer = .accept
    session.console.setPrompt(Session.prompt)
    session.type("\r")
    #expect(session.lines == ["second"])
    #expect(session.screen.visible.suffix(2) == ["SERVER> second", "SERVER> third"])
    // It was ended too.
    session.type("fourth\r")
    #expect(session.lines == ["second", "third"])
    session.type("!\r\u{1b}[A\u{1b}[A")
    // Its Enter ended the fourth as well: what follows is another.
    #expect(session.lines == ["second", "third", "fourth"])
    #expect(session.screen.visible.last == "SERVER> third")
    TerminalConsoleTests.expectTidy(session)
  }

  @Test func aCommandBehindALineThatWaitsActsAtOnce() {
    var session = Session(prompt: Self.waiting)
    session.answer = .keepEnded("It is not your turn.")
    session.type("second\r")
    session.answer = .drop
    session.type("\\who\r")
    #expect(session.lines == ["second", "\\who"])
    #expect(session.console.draft == "second")
    session.answer = .accept
    session.type("third\r\r")
    #expect(session.lines == ["second", "\\who", "second", "third"])
  }

  /// Any key that edits means the line that was kept.
  @Test func aKeptLineCanBeMended() {
    for keys in ["\u{7f}d!", "\u{1b}[D\u{1b}[C!"] {
      var session = Session(prompt: Self.waiting)
      session.answer = .keepEnded("It is not your turn.")
      session.type("second\r" + keys)
      #expect(session.console.draft == "second!")
    }
  }

  @Test func theRoomThatIsLeftIsThatOfTheLastLine() {
    var session = Session(columns: 600, prompt: Self.waiting)
    session.answer = .keepEnded(nil)
    session.type(String(repeating: "x", count: 460) + "\r")
    #expect(session.screen.visible.last?.hasSuffix("x 40 left") == true)
    session.type("y")
    #expect(session.screen.visible.last == "    y")
  }

  @Test func aRefusedMessageStaysToBeMended() {
    var session = Session()
    session.answer = .keep("ERROR: too long.")
    session.type("abc\u{1b}[D\r")
    #expect(session.screen.visible == ["* ERROR: too long.", "SERVER> abc"])
    session.answer = .accept
    session.type("\u{7f}\r")
    #expect(session.lines == ["abc", "ac"])
  }

  @Test func noEventComesWhileALineWaits() {
    var session = Session()
    session.console.input("one\rtwo\r".utf8, at: session.now)
    #expect(session.console.nextEvent() == .line("one"))
    #expect(session.console.nextEvent() == nil)
    #expect(!session.console.wantsInput)
    session.console.dropLine()
    #expect(session.console.nextEvent() == .line("two"))
    session.console.acceptLine(showing: "\\quit", time: "12:00")
    #expect(session.console.nextEvent() == nil)
    #expect(session.console.wantsInput)
    session.flush()
    #expect(session.screen.visible == ["12:00 SERVER> \\quit", "SERVER> "])
  }

  @Test func roomLeftIsShownNearTheEnd() {
    var session = Session(columns: 600)
    session.type(String(repeating: "x", count: 450))
    #expect(session.screen.visible.first?.hasSuffix("x") == true)
    session.type("é")
    #expect(session.screen.visible.first?.hasSuffix("xé 49 left") == true)
    #expect(session.screen.cursorColumn == 459)
    session.type(String(repeating: "x", count: 50))
    #expect(session.screen.visible.first?.hasSuffix("x 1 too many") == true)
    session.type("\r")
    #expect(session.screen.visible.first?.hasSuffix("x") == true)
    TerminalConsoleTests.expectTidy(session)
  }

  @Test func aQuestionIsNoConversation() {
    var session = Session(prompt: .ask("Please enter a User Name:"))
    session.type("bob\r")
    session.console.setPrompt(.speak("bob> "))
    session.flush()
    #expect(session.screen.visible == ["Please enter a User Name:bob", "bob> "])
    session.type("\u{1b}[A")
    #expect(session.screen.visible.last == "bob> ")
  }

  /// A line that the conversation does not have is found by Up where the program
  /// says so.
  @Test func aDroppedLineIsRememberedWhereThatIsMeant() {
    for prompt in [Session.prompt, Self.waiting, .ask("Stop? ")] {
      for isMeant in [false, true] {
        var session = Session(prompt: prompt)
        session.console.input("\\who\r".utf8, at: session.now)
        #expect(session.console.nextEvent() == .line("\\who"))
        session.console.dropLine(remembering: isMeant)
        #expect(session.console.typedLines == (isMeant ? ["\\who"] : []))
        #expect(session.console.takeTypedLines() == (isMeant ? ["\\who"] : []))
      }
    }
  }

  @Test func theDraftIsCarriedOver() {
    var session = Session()
    session.type("unsent")
    let draft = session.console.draft
    session.type("\u{3}")
    #expect(session.screen.visible == ["SERVER> "])
    session.console.draft = draft
    session.flush()
    #expect(session.screen.visible == ["SERVER> unsent"])
    session.type("!\r")
    #expect(session.lines == ["unsent!"])
  }

  @Test func withoutAPromptNothingIsDrawnUntilSomethingIsTyped() {
    var session = Session(prompt: .none)
    session.console.print("Listening.", to: .notice)
    session.flush()
    #expect(session.screen.visible == ["Listening."])
    #expect(session.screen.cursorRow == 1)
    session.type("x")
    #expect(session.screen.visible == ["Listening.", "x"])
  }

  @Test func coloursOnlyWhenAskedFor() {
    var plain = Session(prompt: Self.waiting)
    plain.receive("hi")
    plain.type("x")
    #expect(Array(plain.screen.styledText.keys) == ["0"])

    var coloured = Session(prompt: Self.waiting, usesColor: true)
    coloured.console.printMessage(PeerText("hi"), from: "tatyana", party: .client, time: "12:00")
    coloured.flush()
    coloured.console.setPrompt(Session.prompt)
    coloured.flush()
    #expect(coloured.screen.styledText["2"]?.contains("waiting for tatyana …") == true)
    #expect(coloured.screen.styledText["2"]?.contains("12:00") == true)
    #expect(coloured.screen.styledText["36"] == "tatyana> ")
    #expect(coloured.screen.styledText["32"] == "SERVER> ")
    TerminalConsoleTests.expectTidy(coloured)
  }
}
