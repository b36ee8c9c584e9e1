/// What a format has to know of a terminal.
struct Screen: Sendable {
  /// Columns; `nil` when long lines are left to the terminal.
  var columns: Int?
  /// How many columns a character takes.
  var width: @Sendable (Character) -> Int

  init(columns: Int?, width: @escaping @Sendable (Character) -> Int) {
    self.columns = columns
    self.width = width
  }

  func width(of text: String) -> Int { text.reduce(0) { $0 + width($1) } }

  /// `text` with spaces after it up to `columns`; longer text stays whole.
  func padded(_ text: String, to columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - width(of: text)))
  }

  /// `text` with spaces before it up to `columns`; longer text stays whole.
  func aligned(_ text: String, to columns: Int) -> String {
    String(repeating: " ", count: max(0, columns - width(of: text))) + text
  }

  /// `text` when it takes no more than `columns`; else its beginning and `…`.
  func cut(_ text: String, to columns: Int) -> String {
    if width(of: text) <= columns { return text }
    let mark: Character = "…"
    var room = columns - width(mark)
    let beginning = text.prefix { character in
      room -= width(character)
      return room >= 0
    }
    return String(beginning) + String(mark)
  }

  /// `text` in rows that fit beside `indent` columns, broken at spaces where
  /// there are some; nothing is left out but the space at a break.
  func rows(_ text: String, indent: Int) -> [String] {
    // Narrower than this, wrapping would make a column of fragments.
    guard let columns, columns - indent >= 8 else { return [text] }
    let room = columns - indent
    var rows: [String] = []
    var row = ""
    var used = 0
    // The last space of the row, and the columns before it.
    var space: (index: String.Index, used: Int)?
    for character in text {
      let cells = width(character)
      if used + cells > room, !row.isEmpty {
        if character == " " {
          rows.append(row)
          (row, used, space) = ("", 0, nil)
          continue
        }
        if let at = space {
          let rest = String(row[row.index(after: at.index)...])
          rows.append(String(row[..<at.index]))
          (row, used) = (rest, used - at.used - 1)
        } else {
          rows.append(row)
          (row, used) = ("", 0)
        }
        space = nil
      }
      row.append(character)
      if character == " " { space = (row.index(before: row.endIndex), used) }
      used += cells
    }
    rows.append(row)
    return rows
  }
}
