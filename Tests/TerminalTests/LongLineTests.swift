import Harness
import Testing

/// Lines that take several rows, or more than the screen has.
@Suite struct LongLineTests {
  @Test("100 characters in three rows, with a message at the start and at the end")
  func threeRows() throws {
    try Room.run { room in
      let text = (0..<10).map { "\($0)123456789" }.joined()
      let rows = Draft(text).rows(columns: 40)
      try room.tmux.type(text)
      try room.tmux.shows(rows, column: 28, row: 2)
      try room.tmux.press("Home")
      try room.tmux.shows(rows, column: 8, row: 0)
      try room.say("one")
      try room.tmux.shows(["tatyana> one"] + rows, column: 8, row: 1)
      try room.tmux.press("End")
      try room.tmux.shows(["tatyana> one"] + rows, column: 28, row: 3)
      try room.say("two")
      try room.tmux.shows(["tatyana> one", "tatyana> two"] + rows, column: 28, row: 4)
      try room.enter(sends: text)
    }
  }

  @Test("560 characters on twelve rows, a message, and the line killed")
  func tallerThanTheScreen() throws {
    try Room.run { room in
      let text = (0..<56).map { "\($0 % 10)abcdefghi" }.joined()
      var rows = Draft(text).rows(columns: 40)
      rows[rows.count - 1] += " 60 too many"
      try room.tmux.type(text)
      try room.tmux.shows(Array(rows.suffix(12)), column: 8, row: 11)
      room.peer.say("one")
      try room.peer.waitUntilRecorded()
      try room.tmux.wait(for: "the message in the scrollback") { _ in
        (try? room.tmux.everything().contains("tatyana> one")) == true
      }
      try room.tmux.shows(Array(rows.suffix(12)), column: 8, row: 11)
      try room.tmux.press("C-u")
      try room.tmux.type("ok")
      try room.tmux.shows(["SERVER> ok"], column: 10, row: 0)
      #expect(
        try room.tmux.everything().filter { !$0.isEmpty } == ["tatyana> one", "SERVER> ok"])
      try room.enter(sends: "ok")
    }
  }
}
