/// Draws an input line at the bottom of what was printed, and takes it away
/// again. Pure: it returns what to write and remembers what is on the screen.
public struct InputLinePainter: Sendable {
  private struct Shown: Sendable {
    /// Columns of each character of each row, as most terminals count them.
    var rows: [[Int]]
    var cursorRow: Int
    /// Characters before the cursor on its row.
    var cursorPlace: Int
    /// The screen was resized since: row breaks may be elsewhere.
    var wasResized = false
  }

  /// Whether the terminal breaks long rows again when it is resized.
  public let reflows: Bool
  private var shown: Shown?

  public init(reflows: Bool) {
    self.reflows = reflows
  }

  public var isShown: Bool { shown != nil }

  /// Erases the line; the cursor ends up where its first row began. The size
  /// is that of the screen as it is now, at least 1 by 1.
  public mutating func hide(columns: Int, height: Int) -> String {
    guard let shown else { return "" }
    self.shown = nil
    if shown.wasResized {
      return eraseDownwards(from: rowsAboveCursor(shown, columns: columns), height: height)
    }
    let last = shown.rows.count - 1
    return ControlSequence.down(last - shown.cursorRow)
      + String(repeating: "\r" + ControlSequence.eraseRow + ControlSequence.up(1), count: last)
      + "\r" + ControlSequence.eraseRow
  }

  /// Draws the line from the cursor on, which is at the start of a blank row.
  /// A line taller than the screen is drawn as a window around its cursor.
  public mutating func show(_ layout: RowLayout, height: Int) -> String {
    var first = 0
    let count = min(layout.rows.count, max(1, height))
    if layout.rows.count > count {
      first = min(max(0, layout.cursorRow - count / 2), layout.rows.count - count)
    }
    let rows = layout.rows[first..<first + count]
    let cursorRow = layout.cursorRow - first
    shown = Shown(
      rows: rows.map(\.widths), cursorRow: cursorRow,
      cursorPlace: layout.rows[layout.cursorRow].headCount)

    // Room is made first: nothing may scroll between saving the cursor's place
    // and going back to it.
    var drawn = String(repeating: "\n", count: count - 1) + ControlSequence.up(count - 1) + "\r"
    drawn += ControlSequence.wrapOff
    for (place, row) in rows.enumerated() {
      if place > 0 { drawn += ControlSequence.newRow }
      drawn += row.head
      if place == cursorRow { drawn += ControlSequence.saveCursor }
      drawn += row.tail
    }
    return drawn + ControlSequence.restoreCursor + ControlSequence.wrapOn
  }

  /// Takes note that the terminal has moved things in its own way.
  public mutating func resized() {
    shown?.wasResized = true
  }

  /// Takes note that somebody else wrote to the screen: what was shown is not
  /// ours to erase any more.
  public mutating func forget() {
    shown = nil
  }

  /// Where the cursor is now, counted from the line's first row. Rows are hard
  /// broken, so a wider screen joins nothing and a narrower one splits each
  /// row by itself, if the terminal does that at all.
  private func rowsAboveCursor(_ shown: Shown, columns: Int) -> Int {
    guard reflows else { return shown.cursorRow }
    let above = shown.rows[..<shown.cursorRow].reduce(0) { sum, row in
      sum + Self.breaks(in: row, before: row.count, columns: columns) + 1
    }
    return above
      + Self.breaks(
        in: shown.rows[shown.cursorRow], before: shown.cursorPlace, columns: columns)
  }

  /// How often a terminal breaks a row until it has drawn the character at
  /// `place`. A cursor behind the last character stays on that one's row, also
  /// when it is full.
  private static func breaks(in row: [Int], before place: Int, columns: Int) -> Int {
    var count = 0
    var filled = 0
    for width in row.prefix(place + 1) {
      if filled > 0, filled + width > columns {
        count += 1
        filled = 0
      }
      filled += width
    }
    return count
  }

  /// After a resize the rows that were drawn are a guess. What is above may be
  /// messages; below there is nothing of anybody's.
  private func eraseDownwards(from above: Int, height: Int) -> String {
    ControlSequence.up(above) + "\r" + ControlSequence.saveCursor
      + String(
        repeating: ControlSequence.eraseRow + ControlSequence.down(1), count: max(1, height))
      + ControlSequence.restoreCursor
  }
}
