/// Everything this module ever writes to a terminal besides text, CR and LF.
/// All of it is understood, or ignored whole, by xterm, VTE, tmux, screen and
/// the Linux console (ECMA-48; xterm's ctlseqs; console_codes(4)).
enum ControlSequence {
  /// CUU: up, stopping at the top.
  static func up(_ rows: Int) -> String { rows > 0 ? "\u{1b}[" + String(rows) + "A" : "" }
  /// CUD: down, stopping at the bottom.
  static func down(_ rows: Int) -> String { rows > 0 ? "\u{1b}[" + String(rows) + "B" : "" }
  /// CUP to the first column of a row, counted from 1.
  static func row(_ row: Int) -> String { "\u{1b}[\(row);1H" }
  /// EL 2: the whole row. EL 0 after a full row would erase its last cell, and
  /// ED makes tmux push what it erases into the scrollback.
  static let eraseRow = "\u{1b}[2K"
  /// EL 0: from the cursor on, where the row is not full.
  static let eraseToEnd = "\u{1b}[K"
  /// DECSC and DECRC: keep the cursor's place, go back to it.
  static let saveCursor = "\u{1b}7"
  static let restoreCursor = "\u{1b}8"
  /// DECAWM: without it a row that turns out wider than we thought does not
  /// become two.
  static let wrapOff = "\u{1b}[?7l"
  static let wrapOn = "\u{1b}[?7h"
  /// Synchronized update: nothing half drawn is shown.
  static let beginUpdate = "\u{1b}[?2026h"
  static let endUpdate = "\u{1b}[?2026l"
  static let pasteBracketsOn = "\u{1b}[?2004h"
  static let pasteBracketsOff = "\u{1b}[?2004l"
  static let bell = "\u{07}"
  /// CR too, should the terminal be set not to add it.
  static let newRow = "\r\n"
}
