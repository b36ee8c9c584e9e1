import ChatCore
import ChatTerminal
import Testing

/// Every Enter ends a line for good: entered lines are said as they were entered,
/// once, in order, whenever the turn comes and goes.
@Suite struct EnteredLineTests {
  private static let longest = 8

  private enum Step: CaseIterable {
    case type, enter, turnComes, turnGoes
  }

  /// A console and what is to be true of it.
  private struct Talk {
    var console: Console
    var hasTurn = false
    var said: [String] = []
    var entered: [String] = []
    var current = ""
    var expected: [String] = []
    var path: [Step] = []

    init() {
      console = Console(
        ConsoleSettings(isInteractive: true, columns: 40, rows: 12, party: .server))
      console.setPrompt(TurnTests.waiting)
    }

    mutating func take(_ step: Step) {
      path.append(step)
      switch step {
      case .type:
        // Another letter for each key, so that no two texts are alike.
        let letter = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(path.count)))
        press(letter)
        current += letter
      case .enter:
        press("\r")
        if !current.isEmpty { entered.append(current) }
        current = ""
        if hasTurn, !entered.isEmpty { expected.append(entered.removeFirst()) }
      case .turnComes, .turnGoes:
        hasTurn = step == .turnComes
        console.setPrompt(hasTurn ? Session.prompt : TurnTests.waiting)
      }
    }

    private mutating func press(_ keys: String) {
      console.input(keys.utf8, at: Instant(milliseconds: 0))
      while let event = console.nextEvent() {
        guard case .line(let line) = event else { continue }
        if line.isEmpty {
          console.keepLine(notice: nil)
        } else if hasTurn {
          said.append(line)
          console.acceptLine()
        } else {
          console.keepLine(notice: nil, isEnded: true)
        }
      }
    }

    var isRight: Bool {
      let left = (entered + (current.isEmpty ? [] : [current])).joined(separator: "\n")
      return said == expected && console.draft == left
    }
  }

  @Test func everyLineIsSaidAsItWasEnteredOnceInOrder() {
    var wrong: [Talk] = []
    func go(on talk: Talk) {
      guard talk.path.count < Self.longest, wrong.isEmpty else { return }
      for step in Step.allCases {
        var next = talk
        next.take(step)
        if !next.isRight { wrong.append(next) }
        go(on: next)
      }
    }
    go(on: Talk())
    #expect(wrong.isEmpty, "\(wrong.map { ($0.path, $0.said, $0.expected, $0.console.draft) })")
  }

  private func session() -> Session {
    var session = Session(prompt: TurnTests.waiting)
    session.answer = .keepEnded("It is not your turn.")
    return session
  }

  @Test func anEnterBehindLinesThatWaitEndsWhatWasTyped() {
    var session = session()
    session.type("one\rtwo")
    session.answer = .accept
    session.console.setPrompt(Session.prompt)
    session.type("\r")
    session.console.setPrompt(TurnTests.waiting)
    session.answer = .keepEnded(nil)
    session.type("three\r")
    #expect(session.console.draft == "two\nthree")
  }

  /// Up looks for another line, and says nothing of one that waits.
  @Test(arguments: ["\u{1b}[A\r", "\u{10}\r", "\u{12}old\r\r"])
  func anEarlierLineGoesBehindThoseThatWait(keys: String) {
    var session = session()
    session.console.remember("older")
    session.type("one\rtwo\r")
    session.type(keys)
    #expect(session.console.draft == "one\ntwo\nolder")
    session.type("three\r")
    #expect(session.console.draft == "one\ntwo\nolder\nthree")
  }

  @Test(arguments: ["\u{1b}[A\u{1b}[B", "\u{1b}[A\u{3}", "\u{12}old\u{7}", "\u{1b}[A\u{15}"])
  func whoGivesUpLookingHasTheLinesThatWait(keys: String) {
    var session = session()
    session.console.remember("older")
    session.type("one\rtwo\r" + keys)
    #expect(session.console.draft == "one\ntwo")
    session.type("three\r")
    #expect(session.console.draft == "one\ntwo\nthree")
  }

  @Test func linesThatWaitAreLeftWhileAnotherIsLookedFor() {
    var session = session()
    session.console.remember("older")
    session.type("one\r\u{1b}[A")
    #expect(session.console.draft == "one\nolder")
  }

  @Test func aTabBehindALineThatWaitsCompletesACommand() {
    var session = session()
    session.type("one\r\\wh\t\r")
    #expect(session.lines == ["one", "\\who"])
  }

  @Test func aClientIsOfferedNoCommandThatItHasNot() {
    #expect(Command.names(for: .server) == Command.names)
    #expect(
      Command.names(for: .client) == Command.names.filter { $0 != "\\draft" && $0 != "\\detach" })
    var client = Console(
      ConsoleSettings(isInteractive: true, columns: 40, rows: 12, party: .client))
    client.input("\\d\t".utf8, at: Instant(milliseconds: 0))
    #expect(client.nextEvent() == nil)
    #expect(client.draft == "\\d")
  }

  /// What the first of several lines is refused for is no reason to add to the last.
  @Test func aRefusedLineBeforeOthersTakesNothingOfWhatFollows() {
    var session = session()
    session.type("one\rtwo\r")
    session.answer = .keep("Too long.")
    session.type("\r")
    session.type("three\r")
    #expect(session.console.draft == "one\ntwo\nthree")
  }

  @Test func whatNobodyAskedForBeginsALineToo() {
    var session = session()
    session.type("one\r")
    session.console.input("two".utf8, at: session.now)
    #expect(String(decoding: session.console.takeDraft(), as: UTF8.self) == "one\ntwo")
  }
}
