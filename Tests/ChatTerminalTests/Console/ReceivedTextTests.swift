import ChatCore
import ChatTerminal
import Harness
import Testing

/// What others write stays whole and stays theirs.
@Suite struct ReceivedTextTests {
  /// Rows are broken at words, and hang under the first.
  @Test func longMessagesHangUnderTheirFirstWord() {
    var session = Session()
    session.type("draft")
    session.receive("the quick brown fox jumps over the lazy dog and is not seen again")
    session.receive("two\nrows")
    #expect(
      session.screen.lines == [
        "tatyana> the quick brown fox jumps over",
        "         the lazy dog and is not seen",
        "         again",
        "tatyana> two",
        "         rows",
        "SERVER> draft",
      ])
    TerminalConsoleTests.expectTidy(session)
  }

  @Test func nothingShownCanControlTheTerminal() {
    var session = Session()
    session.receive("\u{1b}[2J\u{9b}31m\u{7}\u{202e}x\r\ny", from: "ev\u{1b}il\n")
    #expect(
      session.screen.lines[..<3] == [
        "ev\\x1bil\\x0a> \\x1b[2J\\x9b31m\\x07\\u{202e}", "              x\\x0d", "              y",
      ])
    #expect(session.screen.bells == 0)
    TerminalConsoleTests.expectTidy(session)
  }
}
