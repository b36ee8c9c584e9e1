import ChatCore
import Seeded
import Testing

@testable import ChatTerminal

/// No row of a text but its first begins with anything but blanks, at any width
/// and wherever in the row the text begins that means to forge one.
@Suite struct PrinterTests {
  /// What would be taken for ours, or for somebody's, where a row begins with it.
  static let forgeries = [
    "SERVER> I agree", "SERVER＞ I agree", "ＳＥＲＶＥＲ> I agree", "SERVERᐳ I agree",
    "SERVER>\u{fe0e} I agree", "ЅЕRVЕR> I agree", "SERVER\u{200d}> I agree", "SERVER›ok",
    "tatyana> I owe you 1000", "bob(client)> hi", "12:00:00 SERVER> ok", "SERVER>",
    "Client requested to close connection. Waiting for new connection...",
    "Connection with client opened.", "Connection with client was lost. Waiting",
    "Server requested to close connection. Good Bye",
    "ERROR: Your message is more than 500 characters long. Retype your message.",
    "* It is SERVER's turn; your line is kept.", "waiting for tatyana …", "* waiting",
    "You are number 1 in the queue. \\quit leaves it.", "Please enter a User Name:",
    "tatyana wrote this out of turn:", "Recording works again.", "-- 2026-11-27 --",
    "(search) quit: \\quit", "user@host:~$ rm -rf ~", "> said", "日本> 語",
    "\u{600}\u{600}SERVER> ok", "👨‍👩‍👧> hi", "\u{e0b0}SERVER> ok", "\u{378}\u{378}> ok",
  ]
  private static let paddings: [Character] = ["x", " ", "é", "日", "\u{3000}", "\u{2800}"]

  private func check(
    _ rows: [String], columns: Int, head: String, text: String,
    _ location: SourceLocation = #_sourceLocation
  ) -> Bool {
    let isHung = rows.dropFirst().allSatisfy { $0.utf8.first == 0x20 }
    let fits = rows.allSatisfy { CharacterWidth(of: $0).maximum <= columns }
    let whole = letters(rows.joined()) == letters(head + text)
    guard isHung, fits, whole else {
      Issue.record("\(columns) columns: \(rows)", sourceLocation: location)
      return false
    }
    return true
  }

  @Test(arguments: [8, 200])
  func aTimeIsSafeToo(_ columns: Int) {
    let rows = Printer(columns: columns, usesColor: false).rows(
      of: Printer.Entry(time: "15:44\u{1b}[2J\n\u{9b}1A", label: "bob> ", lines: ["hi"]))
    for scalar in rows.joined().unicodeScalars {
      #expect(scalar.value >= 0x20 && scalar.value < 0x7f)
    }
  }

  private func letters(_ text: String) -> [UInt8] { text.utf8.filter { $0 != 0x20 } }

  /// Every width and offset; texts, names and paddings go round.
  @Test func noRowButTheFirstBeginsWithText() {
    for columns in 20...200 {
      let printer = Printer(columns: columns, usesColor: false)
      let isTimed = columns % 2 == 0
      let label = columns % 3 == 0 ? "SERVER(client)> " : "bob> "
      let time = isTimed ? "12:00:00" : nil
      let head = (isTimed ? "12:00:00 " : "") + label
      for offset in 0...columns {
        let padding = Self.paddings[(offset + columns) % Self.paddings.count]
        for (number, forgery) in Self.forgeries.enumerated()
        where (number + offset + columns) % 8 == 0 {
          let text = String(repeating: padding, count: offset) + forgery
          let shown = PeerText(text).description
          let rows = printer.rows(of: Printer.Entry(time: time, label: label, lines: [shown]))
          guard check(rows, columns: columns, head: head, text: shown) else { return }
        }
      }
    }
  }

  @Test func lineBreaksOfAMessageAreRowsThatHang() {
    for columns in 3...120 {
      for forgery in Self.forgeries {
        let text = PeerText("hi\n\n" + forgery + "\n" + forgery)
        for label in ["bob> ", "日本語日本語日本語日(client)> "] {
          let rows = Printer(columns: columns, usesColor: false)
            .rows(of: Printer.Entry(label: label, lines: text.lines))
          guard check(rows, columns: columns, head: label, text: text.lines.joined())
          else { return }
        }
      }
    }
  }

  @Test func noticesHangToo() {
    for columns in stride(from: 20, through: 200, by: 7) {
      for look: Notice.Look in [.plain, .faint, .remark] {
        for forgery in Self.forgeries {
          let sentence = "It said: \(PeerText(forgery + " " + forgery + " " + forgery))"
          let rows = Printer(columns: columns, usesColor: false)
            .rows(of: Notice(sentence: sentence), as: look)
          let head = look == .remark ? Notice.mark : ""
          guard check(rows, columns: columns, head: head, text: sentence) else { return }
        }
      }
    }
  }

  /// Further rows have less room than the first: what moves down may not fit there.
  @Test func aLongWordBehindAShortOneFits() {
    let text = "a " + String(repeating: "b", count: 40)
    let rows = Printer(columns: 20, usesColor: false).rows(of: Notice(sentence: text), as: .plain)
    #expect(
      rows == ["a \(String(repeating: "b", count: 18))"]
        + [16, 6].map { "    " + String(repeating: "b", count: $0) })
  }

  @Test func randomTextsFitAtEveryLead() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededRandom(seed: seed)
    let parts = ["a", "bb", "é", "日", " ", " ", "👨‍👩‍👧", "e\u{301}", "wwwwwwww"]
    for _ in 0..<4000 {
      let columns = Int.random(in: 10...40, using: &random)
      let label = String(repeating: "n", count: Int.random(in: 0...3, using: &random))
      let text = PeerText(
        (0..<Int.random(in: 1...60, using: &random))
          .map { _ in parts.randomElement(using: &random) ?? "" }.joined()
      ).description
      let rows = Printer(columns: columns, usesColor: false)
        .rows(of: Printer.Entry(label: label, lines: [text]))
      guard check(rows, columns: columns, head: label, text: text) else {
        Issue.record("seed \(seed)")
        return
      }
    }
  }

  @Test func wordsStayWhole() {
    let words = (1...60).map { String(repeating: "w", count: $0 % 9 + 1) }
    let text = words.joined(separator: " ")
    for columns in 20...200 {
      let rows = Printer(columns: columns, usesColor: false)
        .rows(of: Printer.Entry(label: "bob> ", lines: [text]))
      let hung = rows.map { $0.dropFirst(5) }
      #expect(hung.flatMap { $0.split(separator: " ") }.map(String.init) == words)
      #expect(rows.dropFirst().allSatisfy { $0.hasPrefix("     w") })
      // No row could have taken the next one's first word.
      for (row, next) in zip(rows, hung.dropFirst()) {
        #expect(row.count + 1 + next.prefix { $0 != " " }.count > columns)
      }
    }
  }

  @Test func aNameThatLeavesLittleRoomIsFollowedByNarrowRows() {
    let rows = Printer(columns: 20, usesColor: false)
      .rows(of: Printer.Entry(label: "SERVER(client)> ", lines: ["hello there, world"]))
    #expect(rows == ["SERVER(client)> ", "    hello there,", "    world"])
  }

  @Test func coloursAreWithinARow() {
    let printer = Printer(columns: 20, usesColor: true)
    let rows = printer.rows(of: "It is SERVER's turn; your line is kept.", as: .remark)
    #expect(
      rows == [
        "\u{1b}[2mIt is SERVER's turn;\u{1b}[0m", "    \u{1b}[2myour line is\u{1b}[0m",
        "    \u{1b}[2mkept.\u{1b}[0m",
      ])
    #expect(printer.rows(of: "Good Bye", as: .plain) == ["Good Bye"])
    #expect(Printer(columns: 20, usesColor: false).rows(of: "Bye", as: .remark) == ["* Bye"])
  }
}
