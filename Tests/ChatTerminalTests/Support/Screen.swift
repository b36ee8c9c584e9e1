/// A terminal: a grid of cells that interprets what the console writes and
/// nothing else. What it does not know is put down in ``unknown``, so that a
/// new sequence cannot go untested.
struct Screen {
  struct Cell: Hashable {
    /// Empty in the second column of a wide character.
    var text = " "
    var isWritten = false
  }

  struct Row: Hashable {
    var cells: [Cell] = []
    /// The terminal went on in the next row by itself.
    var wraps = false

    var text: String {
      var end = cells.count
      while end > 0, !cells[end - 1].isWritten { end -= 1 }
      return cells[..<end].map(\.text).joined()
    }
  }

  /// How a terminal counts the columns of a cluster.
  enum Taste: CaseIterable {
    /// As our estimate: kitty, VTE.
    case clusters
    /// Every scalar by itself, as wcwidth does: xterm, and tmux in part.
    case scalars
  }

  private(set) var columns: Int
  private(set) var height: Int
  var taste = Taste.clusters
  /// Cyrillic takes two columns, as where the language is Chinese or Japanese
  /// (UAX #11, "Ambiguous").
  var drawsAmbiguousWide = false
  var reflows = true
  private(set) var scrollback: [Row] = []
  private(set) var rows: [Row]
  private(set) var cursorRow = 0
  private(set) var cursorColumn = 0
  /// The last column is filled and the next character wraps.
  private var wrapIsPending = false
  private var saved = (row: 0, column: 0, pending: false)
  private(set) var wraps = true
  private(set) var bracketsPastes = false
  private(set) var updateDepth = 0
  private(set) var bells = 0
  private(set) var styledText: [String: String] = [:]
  private var style = "0"
  private(set) var unknown: [String] = []

  init(columns: Int, height: Int) {
    self.columns = columns
    self.height = height
    rows = Array(repeating: Row(), count: height)
  }

  /// What is to be seen, without the blank rows at the bottom.
  var text: [String] {
    var seen = rows.map(\.text)
    while seen.last == "" { seen.removeLast() }
    return seen
  }

  /// Everything ever printed, rows that the terminal broke joined again.
  var history: [String] {
    var lines: [String] = []
    var joins = false
    for row in scrollback + rows {
      if joins { lines[lines.count - 1] += row.text } else { lines.append(row.text) }
      joins = row.wraps
    }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  // MARK: Writing

  mutating func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while let first = rest.first {
      if first == 0x1b {
        escape(&rest)
      } else {
        // A mark after a sequence joins what is on the screen, not its letter.
        let text = rest.prefix { $0 != 0x1b }
        rest = rest[text.endIndex...]
        for character in String(decoding: text, as: UTF8.self) { interpret(character) }
      }
    }
  }

  private mutating func interpret(_ character: Character) {
    switch character {
    case "\r\n":
      cursorColumn = 0
      lineFeed()
    case "\r":
      cursorColumn = 0
      wrapIsPending = false
    case "\n":
      // OPOST and ONLCR are left on.
      cursorColumn = 0
      lineFeed()
    case "\u{7}": bells += 1
    case "\u{8}":
      cursorColumn = max(0, cursorColumn - 1)
      wrapIsPending = false
    default:
      if character.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
        unknown.append(String(character))
      }
      put(character)
    }
  }

  private mutating func escape(_ rest: inout ArraySlice<UInt8>) {
    let all = rest
    rest.removeFirst()
    guard let kind = rest.popFirst() else { return unknown.append("ESC at the end") }
    switch kind {
    case UInt8(ascii: "7"): saved = (cursorRow, cursorColumn, wrapIsPending)
    case UInt8(ascii: "8"): (cursorRow, cursorColumn, wrapIsPending) = saved
    case UInt8(ascii: "["):
      let parameters = rest.prefix { !(0x40...0x7e).contains($0) }
      rest = rest[parameters.endIndex...]
      guard let final = rest.popFirst() else { return unknown.append("CSI at the end") }
      control(String(decoding: parameters, as: UTF8.self), Character(UnicodeScalar(final)))
    default: unknown.append(String(decoding: all.prefix(4), as: UTF8.self))
    }
    if cursorRow >= height { unknown.append("cursor below the screen") }
  }

  private mutating func control(_ parameters: String, _ final: Character) {
    let number = Int(parameters.prefix { $0.isNumber }) ?? 1
    switch (final, parameters) {
    case ("A", _): (cursorRow, wrapIsPending) = (max(0, cursorRow - number), false)
    case ("B", _): (cursorRow, wrapIsPending) = (min(height - 1, cursorRow + number), false)
    case ("H", _):
      (cursorRow, cursorColumn, wrapIsPending) = (min(height, number) - 1, 0, false)
    case ("K", "2"): rows[cursorRow] = Row()
    case ("K", ""):
      if wrapIsPending { unknown.append("CSI K on a full row") }
      rows[cursorRow].cells.removeLast(max(0, rows[cursorRow].cells.count - cursorColumn))
    case ("m", _): style = parameters
    case ("h", "?7"): wraps = true
    case ("l", "?7"): wraps = false
    case ("h", "?2004"): bracketsPastes = true
    case ("l", "?2004"): bracketsPastes = false
    case ("h", "?2026"): updateDepth += 1
    case ("l", "?2026"): updateDepth -= 1
    // The cursor is never hidden, but is shown again after a crash.
    case ("h", "?25"): break
    default: unknown.append(parameters + String(final))
    }
  }

  private mutating func lineFeed() {
    wrapIsPending = false
    if cursorRow < height - 1 {
      cursorRow += 1
    } else {
      scrollback.append(rows.removeFirst())
      rows.append(Row())
    }
  }

  private mutating func put(_ character: Character) {
    switch taste {
    case .clusters:
      let isWide =
        drawsAmbiguousWide
        && character.unicodeScalars.allSatisfy { (0x400...0x4ff).contains($0.value) }
      put(String(character), columns: isWide ? 2 : Width.clusterColumns(character))
    case .scalars:
      for scalar in character.unicodeScalars {
        put(String(scalar), columns: Width.scalarColumns(scalar))
      }
    }
  }

  private mutating func put(_ text: String, columns width: Int) {
    if width == 0 {
      let place = wrapIsPending ? cursorColumn : cursorColumn - 1
      if place >= 0, place < rows[cursorRow].cells.count {
        rows[cursorRow].cells[place].text += text
      }
      return
    }
    if wraps, wrapIsPending || cursorColumn + width > columns {
      rows[cursorRow].wraps = true
      lineFeed()
      cursorColumn = 0
    }
    wrapIsPending = false
    // At the margin, without wrapping, everything lands on the last cells.
    cursorColumn = max(0, min(cursorColumn, columns - width))
    while rows[cursorRow].cells.count < min(columns, cursorColumn + width) {
      rows[cursorRow].cells.append(Cell())
    }
    rows[cursorRow].cells[cursorColumn] = Cell(text: text, isWritten: true)
    for extra in cursorColumn + 1..<max(cursorColumn + 1, min(columns, cursorColumn + width)) {
      rows[cursorRow].cells[extra] = Cell(text: "", isWritten: true)
    }
    styledText[style, default: ""] += text
    cursorColumn += width
    if cursorColumn >= columns {
      cursorColumn = columns - 1
      wrapIsPending = true
    }
  }

  // MARK: Resizing

  mutating func resize(columns newColumns: Int, height newHeight: Int) {
    if reflows, newColumns != columns { reflow(newColumns) }
    columns = newColumns
    if !reflows {
      for place in rows.indices { rows[place].cells = Array(rows[place].cells.prefix(newColumns)) }
      cursorColumn = min(cursorColumn, newColumns - 1)
    }
    wrapIsPending = false
    // Blank rows at the bottom go first, then rows at the top.
    while rows.count > newHeight {
      if cursorRow < rows.count - 1, rows[rows.count - 1].cells.isEmpty {
        rows.removeLast()
      } else {
        scrollback.append(rows.removeFirst())
        cursorRow = max(0, cursorRow - 1)
      }
    }
    while rows.count < newHeight { rows.append(Row()) }
    height = newHeight
  }

  /// Breaks all lines anew, as VTE and tmux do, with the cursor staying on its
  /// character.
  private mutating func reflow(_ newColumns: Int) {
    var lines: [Row] = []
    var cursorLine = 0
    var cursorOffset = 0
    var joins = false
    for (place, row) in (scrollback + rows).enumerated() {
      if !joins { lines.append(Row()) }
      if place == scrollback.count + cursorRow {
        cursorLine = lines.count - 1
        cursorOffset = lines[lines.count - 1].cells.count + cursorColumn + (wrapIsPending ? 1 : 0)
      }
      lines[lines.count - 1].cells += row.cells
      joins = row.wraps
    }
    var broken: [Row] = []
    var cursor = 0
    for (place, line) in lines.enumerated() {
      let first = broken.count
      var row = Row()
      var starts = [0]
      for (offset, cell) in line.cells.enumerated() {
        let isWide = offset + 1 < line.cells.count && line.cells[offset + 1].text.isEmpty
        if row.cells.count + (isWide ? 2 : 1) > newColumns, !cell.text.isEmpty {
          row.wraps = true
          broken.append(row)
          row = Row()
          starts.append(offset)
        }
        row.cells.append(cell)
      }
      broken.append(row)
      if place == cursorLine {
        let index = starts.lastIndex { $0 <= max(0, min(cursorOffset, line.cells.count - 1)) } ?? 0
        cursor = first + index
        cursorColumn = min(newColumns - 1, max(0, cursorOffset - starts[index]))
      }
    }
    while broken.count > height, broken.count - 1 > cursor, broken[broken.count - 1].cells.isEmpty {
      broken.removeLast()
    }
    let above = max(0, broken.count - height)
    scrollback = Array(broken[..<above])
    rows = Array(broken[above...])
    while rows.count < height { rows.append(Row()) }
    cursorRow = max(0, cursor - above)
  }
}
