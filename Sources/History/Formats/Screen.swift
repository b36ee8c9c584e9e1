import ChatCore

/// What a format has to know of a terminal.
struct Screen: Sendable {
  /// Columns; `nil` when long lines are left to the terminal.
  var columns: Int?
  /// How many columns a character takes.
  var width: @Sendable (Character) -> Int
  /// How many it takes at most, on any terminal.
  var greatestWidth: @Sendable (Character) -> Int

  init(
    columns: Int?, width: @escaping @Sendable (Character) -> Int,
    greatestWidth: (@Sendable (Character) -> Int)? = nil
  ) {
    self.columns = columns
    self.width = width
    self.greatestWidth = greatestWidth ?? width
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

  /// `lead` and the lines behind it, in rows that no terminal breaks again, each
  /// but the first behind blanks.
  func rows(_ lines: [String], lead: String) -> [String] {
    guard let columns else { return lines }
    let breaker = RowBreaker(columns: columns, width: greatestWidth)
    var used = lead.reduce(0) { $0 + greatestWidth($1) }
    let hang = breaker.hang(under: used)
    let blanks = String(repeating: " ", count: hang)
    var rows: [String] = []
    for line in lines {
      for row in breaker.rows(of: line, lead: used, hang: hang) {
        rows.append((rows.isEmpty ? "" : blanks) + row)
      }
      used = hang
    }
    return rows
  }
}

extension Screen {
  /// The terminal that output goes to.
  init(_ environment: HistoryEnvironment) {
    self.init(
      columns: environment.columns, width: environment.width,
      greatestWidth: environment.greatestWidth)
  }
}
