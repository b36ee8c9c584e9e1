import ChatCore
import ChatTerminal
import Testing

/// What is to be seen on the screen while somebody types and others talk.
@Suite struct TerminalConsoleTests {
  @Test func aMessageGoesAboveAHalfTypedLine() {
    var session = Session()
    session.type("hel")
    session.receive("hi")
    #expect(session.screen.text == ["tatyana> hi", "SERVER> hel"])
    #expect(session.screen.cursorRow == 1)
    #expect(session.screen.cursorColumn == 11)
    session.type("lo\r")
    #expect(session.lines == ["hello"])
    #expect(session.screen.text == ["tatyana> hi", "SERVER> hello", "SERVER> "])
    #expect(session.screen.unknown == [])
    #expect(session.screen.wraps)
    #expect(session.screen.bracketsPastes)
    #expect(session.screen.updateDepth == 0)
  }
}
