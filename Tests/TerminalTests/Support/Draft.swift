/// A line of one column per character behind its prompt, as it has to look.
struct Draft {
  let text: String

  init(_ text: String) {
    self.text = text
  }

  /// The prompt and the text, broken where rows are full. The cursor after a
  /// full row is in the next.
  func rows(columns: Int) -> [String] {
    let all = Array("SERVER> " + text)
    return stride(from: 0, through: all.count, by: columns).map {
      Picture.trimmed(String(all[$0..<min($0 + columns, all.count)]))
    }
  }

  /// Where the cursor is after so many characters of the text; from 0.
  func cursor(after count: Int? = nil, columns: Int) -> (column: Int, row: Int) {
    let place = 8 + (count ?? text.count)
    return (place % columns, place / columns)
  }
}
