extension Screen {
  public mutating func resize(columns newColumns: Int, height newHeight: Int) {
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

  /// Breaks all lines again, with the cursor staying on its character.
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
