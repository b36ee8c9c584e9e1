import Harness
import Testing

/// Much text at once.
@Suite struct PasteTests {
  @Test("three pasted lines are one message")
  func threeLines() throws {
    try Room.run { room in
      try room.tmux.paste("line one\nline two\nline three", brackets: true)
      let rows = ["SERVER> line one", "    line two", "    line three"]
      try room.tmux.shows(rows, column: 14, row: 2)
      try room.say("one")
      try room.tmux.shows(["tatyana> one"] + rows, column: 14, row: 3)
      try room.enter(sends: "line one\nline two\nline three")
      let said = ["SERVER> line one", "        line two", "        line three"]
      try room.tmux.shows(["tatyana> one"] + said + ["SERVER> "], column: 8, row: 4)
    }
  }

  /// Processor time, since the machine may have other things to do, and many
  /// times what the editor needs.
  static let processorSeconds = 2.0

  @Test("3600 characters, pasted or as a burst of keys", arguments: [true, false])
  func muchText(brackets: Bool) throws {
    try Room.run { room in
      let conversation = try room.conversation()
      let before = try ProcessorTime.seconds(conversation)
      try room.tmux.paste(
        String(repeating: "a日e\u{301}👍🏽", count: 900), brackets: brackets)
      try room.tmux.wait(for: "3100 too many") {
        $0.rows.last?.hasSuffix("3100 too many") == true
      }
      #expect(try ProcessorTime.seconds(conversation) - before < Self.processorSeconds)
      try room.tmux.press("C-u")
      try room.tmux.shows(["SERVER> "], column: 8, row: 0)
      try room.tmux.type("ok")
      try room.enter(sends: "ok")
    }
  }
}
