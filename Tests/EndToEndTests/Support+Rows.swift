import Harness

extension PtyProcess {
  /// What a listener hears: no row at all for one that is empty, nothing for the
  /// blanks at a row's end.
  func rowsRead() -> [String] {
    readAvailable()
    return screen.lines.map { row in
      String(row.reversed().drop { $0 == " " }.reversed())
    }.filter { !$0.isEmpty }
  }
}
