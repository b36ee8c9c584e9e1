import ChatCore
import ChatPosix
import ChatTerminal
import Harness
import Testing

/// The terminal is taken, given back, and taken again.
@Suite struct TakeOverTests {
  @Test func suspendGivesACleanTerminal() {
    var session = Session()
    session.receive("hi")
    session.type(String(repeating: "long ", count: 20))
    session.type("\u{1a}")
    #expect(session.events == [.suspend])
    session.console.suspend()
    session.flush()
    #expect(session.screen.visible == ["tatyana> hi"])
    #expect(session.screen.cursorRow == 1)
    #expect(session.screen.cursorColumn == 0)
    #expect(!session.screen.bracketsPastes)
    session.screen.write(Array("$ fg\n".utf8))
    session.console.resume()
    session.flush()
    #expect(session.screen.bracketsPastes)
    #expect(session.screen.visible[..<2] == ["tatyana> hi", "$ fg"])
    #expect(
      session.screen.visible.dropFirst(2).joined() == "SERVER> "
        + String(repeating: "long ", count: 20)
    )
    TerminalConsoleTests.expectTidy(session)
  }

  /// SIGSTOP gives no warning: what the shell wrote since is not erased.
  @Test func resumeWithoutSuspend() {
    var session = Session()
    session.type("draft")
    session.screen.write(Array("\n[1]+  Stopped\n$ fg\n".utf8))
    session.console.resume()
    session.flush()
    #expect(
      session.screen.visible == ["SERVER> draft", "[1]+  Stopped", "$ fg", "", "SERVER> draft"])
  }

  /// Nor does a shell write where `kill` stops and continues it: the cursor is on the line.
  @Test func resumeWhereNobodyWrote() {
    var session = Session()
    session.type("draft")
    session.console.resume()
    session.receive("hi")
    session.flush()
    #expect(session.screen.visible == ["SERVER> draft", "tatyana> hi", "SERVER> draft"])
    TerminalConsoleTests.expectTidy(session)
  }

  @Test func finishLeavesTheConversation() {
    var session = Session()
    session.type("hello\rhalf")
    session.console.print("Good Bye")
    session.console.finish()
    session.console.print("after")
    session.flush()
    #expect(session.screen.visible == ["SERVER> hello", "Good Bye", "after"])
    #expect(!session.screen.bracketsPastes)
    #expect(session.screen.cursorColumn == 0)
    #expect(!session.console.hasOutput)
    TerminalConsoleTests.expectTidy(session)
  }

  /// The conversation ended between two of the lines of one read.
  @Test(arguments: [
    ("one\rtwo\rthree\rfour", "two\nthree\nfour"), ("one\rtwo2\u{7f}\rx", "two\nx"), ("one", "one"),
    ("one\r", ""),
  ])
  func whatWasTypedAndNotAskedForIsKept(typed: String, kept: String) {
    var session = Session()
    session.console.input(Array(typed.utf8), at: session.now)
    while let event = session.console.nextEvent() {
      #expect(event == .line("one"))
      session.console.acceptLine()
      break
    }
    #expect(session.console.hasInput == (kept.count > 3))
    #expect(session.console.takeDraft() == Array(kept.utf8))
    #expect(!session.console.hasInput)
  }

  @Test func clearScreenKeepsMessagesInTheScrollback() {
    var session = Session()
    for number in 0..<5 { session.receive("n\(number)") }
    session.type("draft\u{c}")
    #expect(session.screen.visible == ["SERVER> draft"])
    session.receive("hi")
    #expect(session.screen.visible == ["tatyana> hi", "SERVER> draft"])
    #expect(
      session.screen.lines.filter { $0 != "" }
        == (0..<5).map { "tatyana> n\($0)" } + ["tatyana> hi", "SERVER> draft"])
    TerminalConsoleTests.expectTidy(session)
  }

  /// What is written after a crash undoes whatever a redraw was amid.
  @Test func theResetSequenceUndoesEveryMode() {
    var session = Session()
    session.screen.write(Array("\u{1b}[?2026h\u{1b}[?7l".utf8))
    session.screen.write(Array(TerminalMode.resetSequence.utf8))
    #expect(session.screen.wraps)
    #expect(!session.screen.bracketsPastes)
    #expect(session.screen.updateDepth == 0)
    #expect(session.screen.unknown == [])
  }
}
