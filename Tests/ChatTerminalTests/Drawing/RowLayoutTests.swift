import ChatCore
import ChatTerminal
import Testing

@Suite struct RowLayoutTests {
  private func layout(_ text: String, cursor: Int? = nil, columns: Int, prompt: String = "> ")
    -> RowLayout
  {
    var line = InputLine()
    line.prompt = prompt
    line.characters = Array(text)
    line.cursor = cursor ?? line.characters.count
    return RowLayout(line, columns: columns, usesColor: false)
  }

  private func rows(_ layout: RowLayout) -> [String] { layout.rows.map { $0.head + $0.tail } }

  @Test func aFullRowGivesTheCursorAPlace() {
    let exact = layout("abcdefgh", columns: 10)
    #expect(rows(exact) == ["> abcdefgh", ""])
    #expect(exact.cursorRow == 1)
    let short = layout("abcdefg", columns: 10)
    #expect(rows(short) == ["> abcdefg"])
    #expect(short.rows[0].headCount == 9)
  }

  @Test func aWideCharacterDoesNotStraddleTheMargin() {
    #expect(rows(layout("abcdefg日x", columns: 10)) == ["> abcdefg", "日x"])
    #expect(rows(layout("abcdef日x", columns: 10)) == ["> abcdef日", "x"])
  }

  @Test func rowsBreakWhereTheTextCanBeNoWider() {
    let family = layout("👨‍👩‍👧👨‍👩‍👧", columns: 10)
    #expect(rows(family) == ["> 👨‍👩‍👧", "👨‍👩‍👧"])
    #expect(family.rows[0].columns == 4)
  }

  @Test func theCursorParts() {
    let middle = layout("abcdef", cursor: 3, columns: 20)
    #expect(middle.rows[0].head == "> abc")
    #expect(middle.rows[0].tail == "def")
    #expect(middle.rows[0].headCount == 5)
  }

  @Test func lineBreaksIndent() {
    let broken = layout("one\ntwo", cursor: 3, columns: 20)
    #expect(rows(broken) == ["> one", "    two"])
    #expect(broken.cursorRow == 0)
    #expect(rows(layout("one\n", columns: 20)) == ["> one", "    "])
    #expect(layout("one\n", columns: 20).cursorRow == 1)
  }

  @Test func aLineBreakAfterAFullRowMakesNoBlankRow() {
    #expect(rows(layout("abcdefgh\nx", columns: 10)) == ["> abcdefgh", "    x"])
  }

  @Test func controlsAreVisible() {
    #expect(rows(layout("a\u{202e}b\tc", columns: 40)) == ["> a\\u{202e}b\\tc"])
  }

  @Test func coloursOpenAndCloseOnEachRow() {
    var line = InputLine()
    line.prompt = "abcdef> "
    line.promptStyle = .speaker(.server)
    line.characters = Array("x")
    line.cursor = 1
    line.suffix = "9 left"
    let layout = RowLayout(line, columns: 5, usesColor: true)
    #expect(
      rows(layout) == [
        "\u{1b}[32mabcde\u{1b}[0m", "\u{1b}[32mf> \u{1b}[0mx", " \u{1b}[2m9 le\u{1b}[0m",
        "\u{1b}[2mft\u{1b}[0m",
      ])
    #expect(layout.cursorRow == 1)
  }

  @Test(arguments: 1...9) func anyWidthHoldsEverything(columns: Int) {
    let text = "ab日👨‍👩‍👧c\u{301}🇫🇷x\nyz"
    let layout = layout(text, columns: columns)
    let joined = rows(layout).joined().filter { $0 != " " }
    #expect(joined == ">" + text.filter { $0 != "\n" })
  }
}
