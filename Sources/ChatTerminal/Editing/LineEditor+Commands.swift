extension LineEditor {
  mutating func control(_ letter: Character) -> Event? {
    switch letter {
    case "a": return move(to: 0)
    case "b": return move(to: buffer.cursor - 1)
    case "c":
      if buffer.isEmpty { return .interrupt }
      accept(keepingInHistory: true)
    case "d":
      if buffer.isEmpty { return .endOfInput }
      return erase(buffer.cursor..<buffer.cursor + 1)
    case "e": return move(to: buffer.characters.count)
    case "f": return move(to: buffer.cursor + 1)
    case "k": return kill(buffer.cursor..<buffer.characters.count, .after)
    case "l": return .clearScreen
    case "n": return showNewer()
    case "p": return showOlder()
    case "r": search = HistorySearch(original: buffer)
    case "t": return transpose()
    case "u": return kill(0..<buffer.cursor, .before)
    case "w": return kill(buffer.wordStart..<buffer.cursor, .before)
    case "y": return insert(killed.text, .other)
    case "z": return .suspend
    case "_":
      guard let earlier = undo.undo() else { return .refused }
      buffer = earlier
    default: break
    }
    return nil
  }

  mutating func alt(_ letter: Character) -> Event? {
    switch letter {
    case "b": return move(to: buffer.wordStart)
    case "d": return kill(buffer.cursor..<buffer.wordEnd, .after)
    case "f": return move(to: buffer.wordEnd)
    default: return nil
    }
  }

  mutating func special(_ key: SpecialKey, byWord: Bool) -> Event? {
    switch key {
    case .up: return showOlder()
    case .down: return showNewer()
    case .left: return move(to: byWord ? buffer.wordStart : buffer.cursor - 1)
    case .right: return move(to: byWord ? buffer.wordEnd : buffer.cursor + 1)
    case .home: return move(to: 0)
    case .end: return move(to: buffer.characters.count)
    case .delete:
      if byWord { return kill(buffer.cursor..<buffer.wordEnd, .after) }
      return erase(buffer.cursor..<buffer.cursor + 1)
    }
  }

  /// Completes a command, as far as only one way leads on. A tab in anything
  /// else is text, as it is where a terminal pastes without brackets.
  mutating func complete() -> Event? {
    // Lines that were entered and wait are no part of it.
    let ended = buffer.characters.lastIndex(of: EditBuffer.lineEnd)
    let word = String(buffer.characters[(ended.map { $0 + 1 } ?? 0)...])
    guard buffer.isAtEnd, word.isEmpty || word.hasPrefix("\\") && !word.hasPrefix("\\\\") else {
      return insert("\t", .typing)
    }
    let found = commands.filter { $0.hasPrefix(word) }
    guard let first = found.first else { return .refused }
    let common = found.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    if common.utf8.count > max(word.utf8.count, 1) {
      return insert(String(common.dropFirst(word.count)), .other)
    }
    return found.count == 1 ? nil : .completions(found)
  }

  mutating func insert(_ text: String, _ kind: UndoHistory.Kind) -> Event? {
    if buffer.byteCount + text.utf8.count > Self.maximumByteCount { return .refused }
    if text.isEmpty { return nil }
    undo.willEdit(buffer, kind)
    buffer.insert(text)
    return nil
  }

  /// Removes one character; a place beyond either end holds none.
  mutating func erase(_ range: Range<Int>) -> Event? {
    guard range.lowerBound >= 0, range.upperBound <= buffer.characters.count else { return nil }
    undo.willEdit(buffer, .erasing)
    buffer.remove(range)
    return nil
  }

  mutating func kill(_ range: Range<Int>, _ side: KillBuffer.Side) -> Event? {
    if range.isEmpty { return nil }
    undo.willEdit(buffer, .other)
    killed.kill(String(buffer.characters[range]), side)
    buffer.remove(range)
    return nil
  }

  private mutating func move(to place: Int) -> Event? {
    undo.interrupt()
    buffer.move(to: place)
    return nil
  }

  /// Swaps the character before the cursor with the one under it; at the end
  /// of the line, the last two.
  private mutating func transpose() -> Event? {
    let second = buffer.isAtEnd ? buffer.cursor - 1 : buffer.cursor
    guard second >= 1 else { return .refused }
    undo.willEdit(buffer, .other)
    let swapped = String([buffer.characters[second], buffer.characters[second - 1]])
    buffer.replace(second - 1..<second + 1, with: swapped)
    return nil
  }

  private mutating func showOlder() -> Event? {
    guard let line = history.older(than: buffer.text) else { return .refused }
    show(line)
    return nil
  }

  private mutating func showNewer() -> Event? {
    guard let line = history.newer() else { return .refused }
    show(line)
    return nil
  }

  private mutating func show(_ line: String) {
    undo.willEdit(buffer, .other)
    buffer = EditBuffer(line)
  }
}

extension String {
  /// What two texts begin with.
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
