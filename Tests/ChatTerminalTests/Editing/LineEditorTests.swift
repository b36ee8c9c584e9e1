import ChatCore
import ChatTerminal
import Testing

@Suite struct LineEditorTests {
  /// An editor after the keys that a terminal writes as `input`; lines that
  /// are entered are accepted.
  private func editor(_ input: String, lines: [String] = []) -> LineEditor {
    var editor = LineEditor()
    for line in lines {
      editor.replaceLine(with: line)
      editor.accept(keepingInHistory: true)
    }
    var decoder = KeyDecoder()
    for key in decoder.decode(input.utf8, at: Instant(milliseconds: 0)) {
      if editor.handle(key) == .enter { editor.accept(keepingInHistory: true) }
    }
    return editor
  }

  /// The line with a bar where the cursor is.
  private func line(_ input: String, lines: [String] = []) -> String {
    let buffer = editor(input, lines: lines).buffer
    return String(buffer.characters[..<buffer.cursor]) + "|"
      + String(buffer.characters[buffer.cursor...])
  }

  static let left = "\u{1b}[D"
  static let right = "\u{1b}[C"
  static let up = "\u{1b}[A"
  static let down = "\u{1b}[B"

  @Test func characters() {
    #expect(line("ab\(Self.left)X") == "aX|b")
    #expect(line("\(Self.left)a\(Self.right)") == "a|")
    #expect(line("é\u{7f}") == "|")
    #expect(line("e\u{301}\u{7f}") == "|")
    #expect(line("a👨‍👩‍👧b\(Self.left)Y") == "a👨‍👩‍👧Y|b")
    #expect(line("a👨‍👩‍👧b\(Self.left)\u{7f}") == "a|b")
    #expect(line("c👍🏽d\(Self.left)\(Self.left)X") == "cX|👍🏽d")
    #expect(line("ab\(Self.left)\(Self.left)\u{4}") == "|b")
    #expect(line("ab\u{4}") == "ab|")
    #expect(line("\u{7f}a") == "a|")
    #expect(line("ab\(Self.left)\u{1b}[3~") == "a|")
  }

  @Test func motions() {
    #expect(line("one two\u{1}X") == "X|one two")
    #expect(line("one two\u{1b}[HX\u{1b}[FY") == "Xone twoY|")
    #expect(line("one two \u{1b}bX") == "one X|two ")
    #expect(line("one two\u{1b}[1;5D\u{1b}[1;5DX\u{1b}[1;5CY") == "XoneY| two")
    #expect(line("日本 語\u{1b}b\u{1b}b\u{1b}fX") == "日本X| 語")
    #expect(line("abc\u{2}\u{2}\u{6}X\u{5}Y") == "abXcY|")
  }

  @Test func killsAndYanks() {
    #expect(line("one two\u{17}") == "one |")
    #expect(line("one two\u{17}\u{17}\u{19}\u{19}") == "one twoone two|")
    #expect(line("one two\u{1}\u{b}\u{19}X") == "one twoX|")
    #expect(line("one two\u{1b}b\u{15}") == "|two")
    #expect(line("one two\u{1b}b\u{15}\u{5}\u{19}") == "twoone |")
    #expect(line("one two\u{1}\u{1b}d\u{1b}d\u{19}") == "one two|")
    // Something between two kills: the second stands alone.
    #expect(line("one two\u{17}x\u{17}\u{19}") == "one x|")
    #expect(line("one two\u{1b}\u{7f}") == "one |")
    #expect(line("one two\u{1}\u{1b}[3;5~") == "| two")
  }

  @Test func transposes() {
    #expect(line("ab\u{14}") == "ba|")
    #expect(line("abc\(Self.left)\u{14}") == "acb|")
    #expect(line("é👨‍👩‍👧\u{14}") == "👨‍👩‍👧é|")
    #expect(line("a\u{14}") == "a|")
    #expect(line("ab\u{1}\u{14}") == "|ab")
  }

  @Test func undoes() {
    #expect(line("abc\u{1f}") == "|")
    #expect(line("one two\u{17}\u{1f}") == "one two|")
    #expect(line("one two\u{17}\u{1f}\u{1f}") == "|")
    #expect(line("ab\u{7f}\u{7f}\u{1f}") == "ab|")
    #expect(line("ab\u{1}cd\u{1f}") == "|ab")
    #expect(line("ab\u{14}\u{1f}") == "ab|")
    #expect(line("a\u{1b}[200~b\nc\u{1b}[201~d\u{1f}\u{1f}") == "a|")
    #expect(line("\u{1f}a") == "a|")
    // A line that was taken is not undone.
    #expect(line("abc\r\u{1f}") == "|")
  }

  @Test func leafsThroughHistoryAndKeepsTheDraft() {
    let lines = ["one", "two", "two"]
    #expect(line(Self.up, lines: lines) == "two|")
    #expect(line(Self.up + Self.up, lines: lines) == "one|")
    #expect(line(Self.up + Self.up + Self.up, lines: lines) == "one|")
    #expect(
      line("dra" + Self.up + Self.up + Self.down + Self.down + "ft", lines: lines) == "draft|")
    #expect(line("x" + Self.down, lines: lines) == "x|")
    #expect(line("\u{10}\u{10}\u{e}", lines: lines) == "two|")
    #expect(line(Self.up + "!\r" + Self.up, lines: lines) == "two!|")
    // Undo brings back the draft, too.
    #expect(line("dra" + Self.up + "\u{1f}", lines: lines) == "dra|")
  }

  @Test func searchesHistory() {
    let lines = ["hello world", "other", "hello there"]
    #expect(line("\u{12}hell", lines: lines) == "hello there|")
    #expect(line("\u{12}hell\u{12}", lines: lines) == "hello world|")
    #expect(line("\u{12}hell\u{12}\u{12}", lines: lines) == "hello world|")
    #expect(line("\u{12}wor\u{5}!", lines: lines) == "hello world!|")
    #expect(line("\u{12}otx\u{7f}", lines: lines) == "other|")
    #expect(line("draft\u{12}oth\u{7}", lines: lines) == "draft|")
    #expect(line("draft\u{12}oth\u{3}", lines: lines) == "draft|")
    #expect(line("draft\u{12}nothing", lines: lines) == "draft|")
    #expect(line("draft\u{12}oth\(Self.left)\u{1f}", lines: lines) == "draft|")
    #expect(editor("\u{12}oth\r", lines: lines).history.lines.last == "other")
    let search = editor("\u{12}zz", lines: lines).searchState
    #expect(search?.query == "zz")
    #expect(search?.failed == true)
  }

  @Test func interruptClearsAndKeepsTheLine() {
    var editor = LineEditor()
    #expect(editor.handle(.control("c")) == .interrupt)
    #expect(editor.handle(.text("draft")) == nil)
    #expect(editor.handle(.control("c")) == nil)
    #expect(editor.buffer.isEmpty)
    #expect(editor.handle(.special(.up, byWord: false)) == nil)
    #expect(editor.buffer.text == "draft")
  }

  @Test func endOfInputOnlyOnAnEmptyLine() {
    var editor = LineEditor()
    #expect(editor.handle(.control("d")) == .endOfInput)
    #expect(editor.handle(.text("x")) == nil)
    #expect(editor.handle(.control("d")) == nil)
    #expect(editor.handle(.control("z")) == .suspend)
    #expect(editor.handle(.control("l")) == .clearScreen)
  }

  @Test func aLineIsBounded() {
    var editor = LineEditor()
    let long = String(repeating: "a", count: LineEditor.maximumByteCount)
    #expect(editor.handle(.paste(long)) == nil)
    #expect(editor.handle(.text("b")) == .refused)
    #expect(editor.handle(.control("y")) == nil)
    #expect(editor.buffer.characters.count == LineEditor.maximumByteCount)
  }

  @Test func historyIsBounded() {
    var history = InputHistory()
    for number in 0...InputHistory.maximumCount { history.append("\(number)") }
    #expect(history.lines.count == InputHistory.maximumCount)
    #expect(history.lines.first == "1")
  }
}

@Suite struct CompletionTests {
  private static let commands = ["\\clear", "\\help", "\\history", "\\quit", "\\who"]

  @Test(
    arguments: [
      ("\\q", "\\quit", nil), ("\\h", "\\h", ["\\help", "\\history"]), ("\\hi", "\\history", nil),
      ("\\quit", "\\quit", nil), ("\\", "\\", commands), ("", "", commands),
    ] as [(String, String, [String]?)])
  func aTabCompletesACommand(typed: String, line: String, choice: [String]?) {
    var editor = LineEditor(commands: Self.commands)
    _ = editor.handle(.text(typed))
    #expect(editor.handle(.tab) == choice.map { .completions($0) })
    #expect(editor.buffer.text == line)
  }

  @Test func nothingCompletesWhatIsNoCommand() {
    var editor = LineEditor(commands: Self.commands)
    _ = editor.handle(.text("\\x"))
    #expect(editor.handle(.tab) == .refused)
    #expect(editor.buffer.text == "\\x")
  }

  /// What a terminal without brackets pastes may hold tabs.
  @Test(arguments: ["a", "\\\\q", "a \\q"])
  func aTabInTextIsText(typed: String) {
    var editor = LineEditor(commands: Self.commands)
    _ = editor.handle(.text(typed))
    #expect(editor.handle(.tab) == nil)
    _ = editor.handle(.text("b"))
    #expect(editor.buffer.text == typed + "\tb")
  }

  @Test func aLineIsBrokenWithoutBeingSent() {
    var editor = LineEditor()
    _ = editor.handle(.text("one"))
    #expect(editor.handle(.lineBreak) == nil)
    _ = editor.handle(.text("two"))
    #expect(editor.buffer.text == "one\ntwo")
  }

  @Test func whatIsCompletedCanBeUndone() {
    var editor = LineEditor(commands: Self.commands)
    _ = editor.handle(.text("\\q"))
    _ = editor.handle(.tab)
    _ = editor.handle(.control("_"))
    #expect(editor.buffer.text == "\\q")
  }
}
