import Harness
import Testing

/// What arrives while a line is half typed.
@Suite struct DraftTests {
  @Test("a message comes above a half-typed line")
  func messageAboveDraft() throws {
    try Room.run { room in
      try room.tmux.type("hello wor")
      try room.tmux.shows(["SERVER> hello wor"], column: 17, row: 0)
      try room.say("one")
      try room.tmux.shows(["tatyana> one", "SERVER> hello wor"], column: 17, row: 1)
      try room.tmux.type("ld")
      try room.enter(sends: "hello world")
      try room.tmux.shows(
        ["tatyana> one", "SERVER> hello world", "SERVER> "], column: 8, row: 2)
    }
  }

  @Test("the cursor stays in the middle of the line")
  func cursorInTheMiddle() throws {
    try Room.run { room in
      try room.tmux.type("hello world")
      try room.tmux.press("Left", "Left", "Left", "Left", "Left")
      try room.tmux.shows(["SERVER> hello world"], column: 14, row: 0)
      try room.say("one")
      try room.tmux.shows(["tatyana> one", "SERVER> hello world"], column: 14, row: 1)
      try room.tmux.type("new ")
      try room.enter(sends: "hello new world")
    }
  }

  @Test("60 keys while messages arrive all the time")
  func keysAmongMessages() throws {
    try Room.run { room in
      let text = String((0..<60).map { Character(UnicodeScalar(UInt8(97 + $0 % 26))) })
      for (place, key) in text.enumerated() {
        try room.tmux.type(String(key))
        if place % 2 == 1 { room.peer.say("message \(place / 2)") }
      }
      let draft = Draft(text)
      let messages = (0..<30).map { "tatyana> message \($0)" }
      let rows = Array((messages + draft.rows(columns: 40)).suffix(12))
      try room.tmux.shows(rows, column: 28, row: 11)
      #expect(try room.tmux.everything(joined: false) == messages + draft.rows(columns: 40) + [""])
      try room.enter(sends: text)
    }
  }

  @Test("earlier lines are looked at while a message arrives, and the draft comes back")
  func historyKeepsDraft() throws {
    try Room.run { room in
      try room.tmux.type("first")
      try room.enter(sends: "first")
      try room.tmux.type("second")
      try room.enter(sends: "second")
      try room.tmux.type("draft")
      try room.tmux.press("Up", "Up")
      let said = ["SERVER> first", "SERVER> second"]
      try room.tmux.shows(said + ["SERVER> first"], column: 13, row: 2)
      try room.say("one")
      try room.tmux.shows(said + ["tatyana> one", "SERVER> first"], column: 13, row: 3)
      try room.tmux.press("Down", "Down")
      try room.tmux.shows(said + ["tatyana> one", "SERVER> draft"], column: 13, row: 3)
      try room.enter(sends: "draft")
    }
  }

  @Test("a message arrives during a search")
  func messageDuringSearch() throws {
    try Room.run { room in
      try room.tmux.type("alpha beta")
      try room.enter(sends: "alpha beta")
      try room.tmux.type("gamma")
      try room.enter(sends: "gamma")
      try room.tmux.press("C-r")
      try room.tmux.type("bet")
      let said = ["SERVER> alpha beta", "SERVER> gamma"]
      try room.tmux.shows(said + ["(search) bet: alpha beta"], column: 24, row: 2)
      try room.say("one")
      try room.tmux.shows(
        said + ["tatyana> one", "(search) bet: alpha beta"], column: 24, row: 3)
      try room.enter(sends: "alpha beta")
      try room.tmux.shows(
        said + ["tatyana> one", "SERVER> alpha beta", "SERVER> "], column: 8, row: 4)
    }
  }
}
