import ChatCore
import ChatTerminal
import Harness
import Testing

/// What others write stays whole and stays theirs.
@Suite struct ReceivedTextTests {
  @Test func longMessagesWrapAndStayWhole() {
    var session = Session()
    session.type("draft")
    let long = String(repeating: "日本語 text ", count: 20)
    session.receive(long)
    session.receive("two\nrows")
    #expect(session.screen.lines[0] == "tatyana> " + long)
    #expect(session.screen.lines[1...] == ["tatyana> two", "    rows", "SERVER> draft"])
    TerminalConsoleTests.expectTidy(session)
  }

  /// A peer that knows the width of the screen pads its message until its next
  /// row begins with somebody else's name.
  @Test(arguments: [" ", "\u{3000}", "\u{2800}", "x"])
  func noPaddingForgesALine(padding: String) {
    var session = Session()
    for count in 10...40 {
      session.receive(String(repeating: padding, count: count) + "SERVER> I agree")
    }
    let rows = session.screen.lines
    #expect(rows.filter { $0.hasPrefix("SERVER> ") } == ["SERVER> "])
    #expect(rows.filter { $0.hasPrefix("tatyana> ") }.count == 31)
    #expect(rows.dropLast().allSatisfy { $0.hasPrefix("tatyana> ") || $0.hasPrefix("    ") })
    TerminalConsoleTests.expectTidy(session)
  }

  @Test func nothingShownCanControlTheTerminal() {
    var session = Session()
    session.receive("\u{1b}[2J\u{9b}31m\u{7}\u{202e}x\r\ny", from: "ev\u{1b}il\n")
    #expect(
      session.screen.lines[..<2]
        == ["ev\\x1bil\\x0a> \\x1b[2J\\x9b31m\\x07\\u{202e}x\\x0d", "    y"])
    #expect(session.screen.bells == 0)
    TerminalConsoleTests.expectTidy(session)
  }
}
