/// Where a line ended before a key, to tell what the key did to it.
struct LineEnd {
  private let count: Int
  private let last: Character?
  /// The cursor stood at the end, and the line itself was to be seen.
  private let isAtCursor: Bool

  init(_ editor: LineEditor) {
    count = editor.buffer.characters.count
    last = editor.buffer.characters.last
    isAtCursor = editor.buffer.isAtEnd && editor.search == nil
  }

  /// What `key` put at the end, where that is printable ASCII and it did nothing
  /// else; `editor` is as the key left it.
  ///
  /// As many characters more as there are bytes: none joined another.
  func typed(by key: Key, _ editor: LineEditor) -> String.UTF8View? {
    guard case .text(let text) = key, isAtCursor, LineEnd(editor).isAtCursor,
      editor.buffer.characters.count == count + text.utf8.count,
      let byte = text.utf8.last, editor.buffer.characters.last?.printableASCII == byte,
      text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) })
    else { return nil }
    return text.utf8
  }

  /// Whether `key` took a printable ASCII character off the end and did nothing
  /// else.
  func isShortened(by key: Key, _ editor: LineEditor) -> Bool {
    guard case .backspace = key, isAtCursor, LineEnd(editor).isAtCursor else { return false }
    return last?.printableASCII != nil && editor.buffer.characters.count == count - 1
  }
}
