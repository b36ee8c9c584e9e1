/// A screen as tmux has it at one moment. Equal only byte for byte: `é` is not
/// `e` with an accent after it.
struct Picture: Equatable, CustomStringConvertible {
  /// Without blanks at their ends, and without blank rows at the bottom.
  var rows: [String]
  /// From 0.
  var column: Int
  var row: Int

  /// All rows as one, without the blanks before those that go on.
  var words: String {
    rows.map { String($0.drop(while: \.isWhitespace)) }.joined(separator: " ")
  }

  init(_ rows: [String], column: Int, row: Int) {
    self.rows = rows
    self.column = column
    self.row = row
  }

  /// What `capture-pane -p ; display-message -p '#{cursor_x},#{cursor_y}'`
  /// printed; `nil` when it is something else.
  init?(captured text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.popLast() == "", let place = lines.popLast() else { return nil }
    let numbers = place.split(separator: ",").compactMap { Int($0) }
    guard numbers.count == 2 else { return nil }
    while lines.last == "" { lines.removeLast() }
    self.init(lines.map(Self.trimmed), column: numbers[0], row: numbers[1])
  }

  static func trimmed(_ row: String) -> String {
    String(row.reversed().drop { $0 == " " }.reversed())
  }

  static func == (one: Self, other: Self) -> Bool {
    one.rows.map { Array($0.utf8) } == other.rows.map { Array($0.utf8) }
      && one.column == other.column && one.row == other.row
  }

  var description: String {
    let shown = rows.map { "  |\($0)|" }.joined(separator: "\n")
    return "\(shown)\n  cursor \(column),\(row)"
  }
}
