import Glibc
import Harness
import Testing

/// Keys that end something, and bytes that are no key yet.
@Suite struct KeyTests {
  @Test("Ctrl-C clears the line, and on an empty one ends the program")
  func interrupt() throws {
    try Room.run { room in
      try room.tmux.type("not this")
      try room.tmux.press("C-c")
      try room.tmux.shows(["SERVER> "], column: 8, row: 0)
      try room.say("one")
      try room.tmux.shows(["tatyana> one", "SERVER> "], column: 8, row: 1)
      try room.tmux.press("C-c")
      try room.peer.waitForGoodbye("stopped")
      try room.expectEnd(status: 0)
      try room.tmux.shows(
        ["tatyana> one", "Server requested to close connection.", "", "exit 0"], column: 0, row: 4)
    }
  }

  @Test("Ctrl-D erases a character, and on an empty line says goodbye")
  func endOfInput() throws {
    try Room.run { room in
      try room.tmux.type("abc")
      try room.tmux.press("Left", "Left", "C-d")
      try room.tmux.shows(["SERVER> ac"], column: 9, row: 0)
      try room.tmux.press("C-d", "BSpace")
      try room.tmux.shows(["SERVER> "], column: 8, row: 0)
      try room.tmux.press("C-d")
      try room.peer.waitForGoodbye("user")
      try room.tmux.shows(
        [
          "Server requested to close connection.", "    Waiting for new connection...",
        ], column: 0, row: 3)
      kill(try room.listener(), SIGTERM)
      try room.expectEnd(status: 0)
    }
  }

  @Test("an ESC alone holds nothing up and eats no letter")
  func loneEscape() throws {
    try Room.run { room in
      try room.tmux.type("abc")
      try room.tmux.shows(["SERVER> abc"], column: 11, row: 0)
      try room.tmux.type([0x1b])
      // What is said later is shown later: then the ESC was read, and is a key
      // of its own once that is 100 ms ago.
      try room.say("message 1")
      let read = Deadline.now
      var count = 1
      repeat {
        count += 1
        try room.say("message \(count)")
      } while Deadline.now - read < 300
      try room.tmux.type("def")
      let picture = try room.tmux.wait(for: "abcdef") { $0.rows.last == "SERVER> abcdef" }
      #expect(picture.column == 14)
      try room.enter(sends: "abcdef")
    }
  }

  @Test("half a character holds nothing up, and the other half completes it")
  func halfCharacter() throws {
    try Room.run { room in
      try room.tmux.type(Array("caf".utf8) + [0xc3])
      try room.say("one")
      try room.tmux.shows(["tatyana> one", "SERVER> caf"], column: 11, row: 1)
      try room.tmux.type([0xa9])
      try room.tmux.shows(["tatyana> one", "SERVER> caf\u{e9}"], column: 12, row: 1)
      try room.enter(sends: "caf\u{e9}")
    }
  }

  @Test("bytes that are no UTF-8 become replacement characters")
  func invalidBytes() throws {
    try Room.run { room in
      try room.tmux.type(Array("a".utf8) + [0xff, 0xfe] + Array("b".utf8))
      try room.tmux.shows(["SERVER> a\u{fffd}\u{fffd}b"], column: 12, row: 0)
      try room.enter(sends: "a\u{fffd}\u{fffd}b")
    }
  }

  @Test("the C locale changes nothing")
  func cLocale() throws {
    try Room.run(RoomPlan(environment: "LC_ALL=C LANG=C")) { room in
      try room.tmux.type("\u{e9}日xy")
      try room.tmux.shows(["SERVER> \u{e9}日xy"], column: 13, row: 0)
      try room.say("\u{e9}日")
      try room.tmux.shows(["tatyana> \u{e9}日", "SERVER> \u{e9}日xy"], column: 13, row: 1)
      try room.enter(sends: "\u{e9}日xy")
    }
  }
}
