import ChatCore
import ChatTerminal
import Harness
import Testing

/// The screen changes its size under a half-typed line.
@Suite struct ResizeTests {
  static let words = (1...12).map { "word" + ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: " ")

  @Test func narrowerLeavesNoStaleRows() {
    var session = Session()
    session.receive("before")
    session.type(Self.words)
    session.resize(25)
    #expect(session.screen.visible.first == "tatyana> before")
    #expect(session.screen.visible.dropFirst().joined() == "SERVER> " + Self.words)
    TerminalConsoleTests.expectTidy(session)
  }

  @Test func widerLosesNoMessage() {
    var session = Session(columns: 25)
    session.receive("before")
    session.type(Self.words)
    session.receive("at 25")
    session.resize(60)
    session.receive("at 60")
    #expect(
      session.screen.visible[..<3] == ["tatyana> before", "tatyana> at 25", "tatyana> at 60"])
    #expect(session.screen.visible.dropFirst(3).joined() == "SERVER> " + Self.words)
  }

  @Test(arguments: ["", "\u{1b}[H", "\u{1b}b\u{1b}b\u{1b}b\u{1b}b\u{1b}b"], [0, 20])
  func thereAndBackWithMessages(motion: String, before: Int) {
    var session = Session()
    var messages: [String] = []
    func say(_ text: String) {
      messages.append("tatyana> " + text)
      session.receive(text)
    }
    for number in 0..<before { say("n\(number)") }
    session.type(Self.words + motion)
    for columns in [25, 33, 28, 60, 40] {
      session.resize(columns)
      say("at \(columns)")
    }
    #expect(Array(session.screen.lines.prefix(messages.count)) == messages)
    #expect(session.screen.lines.dropFirst(messages.count).joined() == "SERVER> " + Self.words)
    TerminalConsoleTests.expectTidy(session)
  }

  /// Several sizes before the program hears of the first.
  @Test func quickResizesAreOne() {
    var session = Session()
    session.receive("before")
    session.type(Self.words)
    for columns in [25, 60, 31, 22, 50, 27] {
      session.screen.resize(columns: columns, height: 12)
    }
    for columns in [25, 60, 31, 22, 50, 27] { session.console.resized(columns: columns, rows: 12) }
    session.flush()
    #expect(session.screen.visible.first == "tatyana> before")
    #expect(session.screen.visible.dropFirst().joined() == "SERVER> " + Self.words)
  }

  @Test func aTerminalThatDoesNotReflowLosesNoMessage() {
    var session = Session(reflows: false)
    for number in 0..<20 { session.receive("n\(number)") }
    session.type(Self.words)
    for columns in [25, 33, 28, 60, 40] {
      session.resize(columns)
      session.receive("at \(columns)")
    }
    let messages =
      (0..<20).map { "tatyana> n\($0)" } + [25, 33, 28, 60, 40].map { "tatyana> at \($0)" }
    #expect(Array(session.screen.lines.prefix(25)) == messages)
    #expect(session.screen.lines.dropFirst(25).joined() == "SERVER> " + Self.words)
    TerminalConsoleTests.expectTidy(session)
  }

  @Test func lowerAndHigher() {
    var session = Session()
    for number in 0..<20 { session.receive("n\(number)") }
    session.type("draft")
    session.resize(40, 5)
    #expect(session.screen.visible.last == "SERVER> draft")
    session.receive("low")
    session.resize(40, 20)
    session.receive("high")
    #expect(
      session.screen.lines
        == (0..<20).map { "tatyana> n\($0)" } + ["tatyana> low", "tatyana> high", "SERVER> draft"])
  }

  @Test func aSizeOfNothingMeansTheUsual() {
    var session = Session()
    session.screen.resize(columns: 80, height: 24)
    session.console.resized(columns: 0, rows: 0)
    session.flush()
    session.type(String(repeating: "x", count: 60))
    #expect(session.screen.visible == ["SERVER> " + String(repeating: "x", count: 60)])
  }

  @Test func whoReflows() {
    func reflows(_ variables: [String: String]) -> Bool {
      ConsoleSettings.reflows { variables[$0] }
    }
    #expect(reflows(["TERM": "xterm-256color"]))
    #expect(!reflows(["TERM": "xterm", "XTERM_VERSION": "XTerm(379)"]))
    #expect(!reflows(["TERM": "screen", "STY": "1.pts"]))
    #expect(reflows(["TERM": "screen", "TMUX": "/tmp/tmux", "XTERM_VERSION": "XTerm(379)"]))
    #expect(!reflows(["TERM": "linux"]))
  }
}
