extension EditBuffer {
  /// Where the word at or before the cursor begins. Words are what white space
  /// parts, as Ctrl-W has them in a terminal's line discipline.
  var wordStart: Int {
    var place = cursor
    while place > 0, characters[place - 1].isWhitespace { place -= 1 }
    while place > 0, !characters[place - 1].isWhitespace { place -= 1 }
    return place
  }

  /// Where the word at or after the cursor ends.
  var wordEnd: Int {
    var place = cursor
    while place < characters.count, characters[place].isWhitespace { place += 1 }
    while place < characters.count, !characters[place].isWhitespace { place += 1 }
    return place
  }
}
