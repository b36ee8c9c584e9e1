import ChatCore
import Harness
import Testing

@testable import ChatTerminal

/// What a peer wrote, on every way to a screen and at twelve widths: no row but
/// a message's first begins with anything but blanks.
@Suite struct ForgedRowTests {
  private static let widths = [20, 23, 31, 40, 47, 60, 72, 80, 100, 127, 160, 200]

  /// The ways.
  enum Path: CaseIterable {
    case live, timed, recalled, unheard, quoted, kept, ended, own
  }

  private static func show(_ text: String, on console: inout Console, by path: Path) {
    let text = PeerText(text)
    switch path {
    case .live: console.printMessage(text, from: "tatyana", party: .client)
    case .timed: console.printMessage(text, from: "tatyana", party: .client, time: "12:00:00")
    case .recalled:
      console.printMessage(
        text, from: "tatyana", party: .client, time: "2026-11-27 12:00:00", to: .notice,
        isRecalled: true)
    case .unheard: console.printMessage(text, from: "tatyana", party: .client, to: .notice)
    case .quoted:
      console.print(
        Notice(sentence: "The server did not take your message: \(text)"), to: .notice,
        as: .remark)
    case .kept: console.keepLine(notice: Notice(sentence: "It said: \(text)"))
    case .ended: console.print(Notice(sentence: "It said: \(text)"), to: .notice)
    case .own: console.acceptLine(showing: text.description)
    }
  }

  /// Forgeries that begin about where the first row ends.
  private static func texts(columns: Int, _ variant: Int) -> [String] {
    PrinterTests.forgeries.enumerated().flatMap { number, forgery in
      let padding = ["x", " ", "ж", "日", "👨‍👩‍👧", "ab "][number % 6]
      return (columns - 24...columns + 2).filter { ($0 + number + variant) % 9 == 0 }.map {
        String(repeating: padding, count: max(0, $0)) + forgery
      }
    }
  }

  /// How a first row of ours may begin.
  private static let beginnings = [
    "tatyana> ", "12:00:00 tatyana>", "2026-11-27 12:00:00", "* The server", "The server",
    "* It said:", "It said:", "SERVER> ",
  ]

  private func expectNoForgedRow(
    _ rows: [String], count: Int, _ comment: Comment,
    _ location: SourceLocation = #_sourceLocation
  ) {
    let starts = rows.filter { !$0.isEmpty && !$0.hasPrefix(" ") }
    let strange = starts.filter { row in !Self.beginnings.contains { row.hasPrefix($0) } }
    #expect(strange == [], comment, sourceLocation: location)
    #expect(starts.count == count, comment, sourceLocation: location)
  }

  @Test(arguments: widths, Path.allCases)
  func onAnEditorsScreen(columns: Int, path: Path) {
    for variant in 0..<8 {
      var session = Session(
        columns: columns, height: 50, prompt: .none, usesColor: variant & 1 == 0)
      session.screen.taste = variant & 2 == 0 ? .clusters : .scalars
      session.screen.drawsAmbiguousWide = variant & 4 == 0
      let texts = Self.texts(columns: columns, variant)
      for text in texts {
        if path == .own { session.console.setPrompt(Session.prompt) }
        Self.show(text, on: &session.console, by: path)
        session.console.setPrompt(.none)
        session.flush()
      }
      let rows = (session.screen.scrollback + session.screen.rows).map(\.text)
      expectNoForgedRow(rows, count: texts.count, "variant \(variant)")
      TerminalConsoleTests.expectTidy(session)
    }
  }

  /// `--plain`, or a dumb terminal: the kernel's line discipline is between.
  @Test(arguments: widths, Path.allCases.filter { $0 != .own })
  func onAPlainTerminal(columns: Int, path: Path) {
    for (variant, taste) in Screen.Taste.allCases.enumerated() {
      var settings = ConsoleSettings(
        isInteractive: false, columns: columns, rows: 0, party: .server)
      settings.noticeColumns = columns
      settings.mergesChannels = true
      var console = Console(settings)
      var screen = Screen(columns: columns, height: 50)
      screen.lineFeedReturns = true
      screen.taste = taste
      let texts = Self.texts(columns: columns, variant)
      for text in texts {
        Self.show(text, on: &console, by: path)
        let output = console.takeOutput()
        #expect(output.standardError == [])
        screen.write(output.standardOutput)
      }
      expectNoForgedRow(
        (screen.scrollback + screen.rows).map(\.text), count: texts.count, "\(taste)")
      #expect(screen.unknown == [])
    }
  }

  /// Notices alone go to a terminal: `chatclient … > file`.
  @Test func wherePlainNoticesAloneHaveAScreen() {
    var settings = ConsoleSettings(isInteractive: false, columns: 0, rows: 0, party: .client)
    settings.noticeColumns = 20
    var console = Console(settings)
    let text = String(repeating: "x", count: 40) + " SERVER> hi"
    console.printMessage(PeerText(text), from: "bob", party: .server, to: .notice)
    console.printMessage(PeerText(text), from: "bob", party: .server)
    let output = console.takeOutput()
    let rows = String(decoding: output.standardError, as: UTF8.self).split(separator: "\n")
    #expect(rows.count == 4)
    #expect(rows.dropFirst().allSatisfy { $0.hasPrefix("     ") })
    #expect(String(decoding: output.standardOutput, as: UTF8.self) == "bob> \(text)\n")
  }
}
