import Harness
import Testing

/// What a person sees as one character is one, however many scalars and
/// columns it has.
@Suite struct CharacterTests {
  @Test("é of one scalar and é of two are one character each, and stay what they are")
  func accents() throws {
    try Room.run { room in
      try room.tmux.type("caf\u{e9} re\u{301}sume\u{301}")
      try room.tmux.press("Left", "Left")
      try room.tmux.type("X")
      try room.tmux.shows(["SERVER> caf\u{e9} re\u{301}suXme\u{301}"], column: 18, row: 0)
      try room.say("one")
      try room.tmux.shows(
        ["tatyana> one", "SERVER> caf\u{e9} re\u{301}suXme\u{301}"], column: 18, row: 1)
      try room.tmux.press("End", "BSpace")
      try room.tmux.shows(["tatyana> one", "SERVER> caf\u{e9} re\u{301}suXm"], column: 19, row: 1)
      try room.enter(sends: "caf\u{e9} re\u{301}suXm")
    }
  }

  @Test("characters of two columns are inserted and erased")
  func wideCharacters() throws {
    try Room.run { room in
      try room.tmux.type("日本語文字")
      try room.tmux.press("Left", "Left")
      try room.tmux.type("漢")
      try room.tmux.shows(["SERVER> 日本語漢文字"], column: 16, row: 0)
      try room.say("一")
      try room.tmux.shows(["tatyana> 一", "SERVER> 日本語漢文字"], column: 16, row: 1)
      try room.tmux.press("BSpace", "BSpace", "DC")
      try room.tmux.shows(["tatyana> 一", "SERVER> 日本字"], column: 12, row: 1)
      try room.enter(sends: "日本字")
    }
  }

  @Test("a wide character where one column is left, and a line exactly as wide as the screen")
  func lastColumn() throws {
    try Room.run { room in
      let letters = String(repeating: "a", count: 31)
      try room.tmux.type(letters + "日")
      try room.tmux.shows(["SERVER> " + letters, "日"], column: 2, row: 1)
      try room.say("one")
      try room.tmux.shows(["tatyana> one", "SERVER> " + letters, "日"], column: 2, row: 2)
      try room.tmux.press("BSpace")
      try room.tmux.shows(["tatyana> one", "SERVER> " + letters], column: 39, row: 1)
      try room.tmux.type("b")
      try room.tmux.shows(["tatyana> one", "SERVER> \(letters)b"], column: 0, row: 2)
      try room.say("two")
      try room.tmux.shows(
        ["tatyana> one", "tatyana> two", "SERVER> \(letters)b"], column: 0, row: 3)
      try room.tmux.type("c")
      try room.tmux.shows(
        ["tatyana> one", "tatyana> two", "SERVER> \(letters)b", "c"], column: 1, row: 3)
      try room.enter(sends: letters + "bc")
    }
  }

  static let family = "👨\u{200d}👩\u{200d}👧"

  /// tmux 3.3a gives the toned thumb four columns.
  @Test("a family, a flag and a toned thumb are moved over and erased whole")
  func emoji() throws {
    try Room.run { room in
      try room.tmux.type("a\(Self.family)b🇫🇷c👍🏽d")
      try room.tmux.press("Home", "Right", "Right")
      try room.tmux.type("Y")
      try room.tmux.shows(["SERVER> a\(Self.family)Yb🇫🇷c👍🏽d"], column: 12, row: 0)
      try room.tmux.press("End", "Left", "Left")
      try room.tmux.type("X")
      let text = "a\(Self.family)Yb🇫🇷cX👍🏽d"
      try room.tmux.shows(["SERVER> " + text], column: 17, row: 0)
      try room.say("one")
      try room.tmux.shows(["tatyana> one", "SERVER> " + text], column: 17, row: 1)
      try room.tmux.press("Right", "BSpace")
      try room.tmux.shows(
        ["tatyana> one", "SERVER> a\(Self.family)Yb🇫🇷cXd"], column: 17, row: 1)
      try room.tmux.press("Left", "Left", "BSpace")
      try room.tmux.shows(["tatyana> one", "SERVER> a\(Self.family)YbcXd"], column: 13, row: 1)
      try room.tmux.press("Left", "Left", "BSpace")
      try room.tmux.shows(["tatyana> one", "SERVER> aYbcXd"], column: 9, row: 1)
      try room.enter(sends: "aYbcXd")
    }
  }

  /// Rows are broken where no terminal can find them wider: at six columns
  /// for a family, though tmux draws it in two.
  @Test("three families and 36 letters in two rows")
  func familiesWrap() throws {
    try Room.run { room in
      let family = Self.family
      let letters = "abcdefghijklmnopqrstuvwxyz0123456789"
      try room.tmux.type(family + family + family + letters)
      try room.tmux.press("Home", "Right")
      try room.tmux.type("Y")
      let first = "SERVER> \(family)Y\(family)\(family)abcdefghijklm"
      try room.tmux.shows([first, "nopqrstuvwxyz0123456789"], column: 11, row: 0)
      try room.say("one")
      try room.tmux.shows(
        ["tatyana> one", first, "nopqrstuvwxyz0123456789"], column: 11, row: 1)
      try room.tmux.press("End")
      try room.tmux.type("Z")
      try room.tmux.shows(
        ["tatyana> one", first, "nopqrstuvwxyz0123456789Z"], column: 24, row: 2)
      try room.enter(sends: "\(family)Y\(family)\(family)\(letters)Z")
    }
  }
}
