import ChatCore
import ChatTerminal
import Harness
import Seeded
import Testing

/// Keys, messages and resizes in any order. The text is checked against a
/// model that does everything the slow way, the screen against what was said.
@Suite struct RandomScheduleTests {
  /// A line as a string and a cursor.
  private struct Model {
    var before = ""
    var after = ""
    var text: String { before + after }

    /// Joins what the halves make together, the cursor after it.
    mutating func rejoin() {
      let whole = Array(before + after)
      let place = min(before.count, whole.count)
      before = String(whole[..<place])
      after = String(whole[place...])
    }

    mutating func press(_ key: String) {
      // What is typed in a row is one text, whatever it joins on its way.
      if key.first != "\u{1b}", key != "\u{7f}", key != "\u{15}", key != "\u{b}" {
        before += key
        return
      }
      rejoin()
      switch key {
      case "\u{1b}[D": if let moved = before.popLast() { after = String(moved) + after }
      case "\u{1b}[C": if !after.isEmpty { before.append(after.removeFirst()) }
      case "\u{1b}[H": (before, after) = ("", before + after)
      case "\u{1b}[F": (before, after) = (before + after, "")
      case "\u{7f}": _ = before.popLast()
      case "\u{1b}[3~": if !after.isEmpty { after.removeFirst() }
      case "\u{15}": before = ""
      case "\u{b}": after = ""
      default: break
      }
      rejoin()
    }
  }

  private static let keys = [
    "a", "b", "c", " ", "x", "yz", "é", "e", "日", "本", "👨‍👩‍👧", "🇫🇷", "🇩", "👍🏽", "❤\u{fe0f}",
    "1234567890", "\u{1b}[D", "\u{1b}[D", "\u{1b}[C", "\u{1b}[H", "\u{1b}[F", "\u{7f}", "\u{7f}",
    "\u{1b}[3~", "\u{15}", "\u{b}",
  ]

  private struct Schedule {
    var session: Session
    var random: SeededRandom
    var records: [String] = []
    var submitted: [String] = []
    private var model = Model()
    private var messageCount = 0

    init(seed: UInt64, taste: Screen.Taste, reflows: Bool = true) {
      random = SeededRandom(seed: seed)
      session = Session(
        columns: Int.random(in: 20...60, using: &random), height: 12, reflows: reflows)
      session.screen.taste = taste
    }

    var draft: String { model.text }
    var isWaiting = false

    /// The rows of the input line, joined.
    var line: String {
      if !isWaiting { return "SERVER> " + draft }
      return (draft.isEmpty ? "* waiting for tatyana … " : "* waiting for tatyana …        ")
        + draft
    }

    mutating func step() {
      switch Int.random(in: 0..<20, using: &random) {
      case 0:
        messageCount += 1
        let text = "m\(messageCount)"
        records.append("tatyana> " + text)
        session.receive(text)
      case 1:
        submitted.append(model.text)
        records.append("SERVER> " + model.text)
        model = Model()
        session.type("\r")
      case 2:
        isWaiting.toggle()
        session.console.setPrompt(isWaiting ? TurnTests.waiting : Session.prompt)
        session.flush()
      default:
        let key = RandomScheduleTests.keys.randomElement(using: &random) ?? "a"
        // A chunk may end anywhere.
        let bytes = Array(key.utf8)
        let cut = Int.random(in: 0...bytes.count, using: &random)
        session.type(bytes: Array(bytes[..<cut]))
        session.type(bytes: Array(bytes[cut...]))
        model.press(key)
      }
    }
  }

  private static let seeds = [1, 2, 3, 4, UInt64.random(in: 5...(.max))]

  @Test(arguments: seeds, Screen.Taste.allCases)
  func everythingIsSeenOnce(seed: UInt64, taste: Screen.Taste) {
    var schedule = Schedule(seed: seed, taste: taste)
    for step in 0..<600 {
      schedule.step()
      // Rows are broken at blanks, and begin with some.
      let seen = Session.withoutBlanks(schedule.session.screen.lines.joined())
      let said = Session.withoutBlanks(schedule.records.joined() + schedule.line)
      guard schedule.session.console.draft == schedule.draft, seen == said
      else {
        Issue.record(
          """
          seed \(seed), step \(step), columns \(schedule.session.screen.columns)
          draft \(schedule.draft) but \(schedule.session.console.draft)
          screen \(schedule.session.screen.visible)
          """)
        return
      }
    }
    #expect(schedule.session.lines == schedule.submitted, "seed \(seed)")
    TerminalConsoleTests.expectTidy(schedule.session)
  }

  @Test(arguments: seeds, [true, false])
  func noResizeLosesAMessageOrTheLine(seed: UInt64, reflows: Bool) {
    var schedule = Schedule(seed: seed, taste: .clusters, reflows: reflows)
    for step in 0..<400 {
      schedule.step()
      if Int.random(in: 0..<15, using: &schedule.random) == 0 {
        schedule.session.resize(
          Int.random(in: 20...60, using: &schedule.random),
          Int.random(in: 8...14, using: &schedule.random))
      }
      let screen = schedule.session.screen
      let history = screen.lines
      let received = schedule.records.filter { $0.hasPrefix("tatyana> ") }
      guard schedule.session.console.draft == schedule.draft,
        received.allSatisfy({ message in history.contains(message) }),
        screen.visible.joined().hasSuffix(schedule.line)
      else {
        Issue.record(
          """
          seed \(seed), step \(step), columns \(screen.columns)
          lost \(received.filter { !history.contains($0) })
          draft \(schedule.draft) but \(schedule.session.console.draft)
          screen \(screen.visible)
          """)
        return
      }
    }
    #expect(schedule.session.lines == schedule.submitted, "seed \(seed)")
    TerminalConsoleTests.expectTidy(schedule.session)
  }
}
