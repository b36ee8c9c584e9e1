import ChatCore
import ChatPosix

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
  /// Pastes in brackets, and reports of the window's focus, xterm's 1004; keys
  /// as bytes.
  static let begin = TerminalMode.keysAsBytes + "\u{1b}[?2004h\u{1b}[?1004h"
  static let end = "\u{1b}[?2004l\u{1b}[?1004l" + TerminalMode.keysAsBytes
  static let bell = "\u{07}"
  /// CR too, should the terminal be set not to add it.
  static let newRow = "\r\n"
}

/// How text looks in colour. Only the 16 colours every terminal has, none that
/// vanishes on a light or a dark background, and none with a meaning that the
/// text beside it has not.
public enum Style: Hashable, Sendable {
  case plain
  /// For what is said about the conversation rather than in it.
  case dim
  case heading
  case warning
  /// What was searched for.
  case match
  case speaker(Party)

  /// SGR parameters (ECMA-48 8.3.117); `nil` for the terminal's own colours.
  private var parameters: String? {
    switch self {
    case .plain: nil
    case .dim: "2"
    case .heading: "1"
    case .warning: "33"
    case .match: "1;31"
    case .speaker(.client): "36"
    case .speaker(.server): "32"
    }
  }

  static let reset = "\u{1b}[0m"

  var start: String { parameters.map { "\u{1b}[\($0)m" } ?? "" }

  /// `text` in this style, and plain again after it.
  public func applied(to text: String, usesColor: Bool) -> String {
    guard usesColor, parameters != nil, !text.isEmpty else { return text }
    return start + text + Self.reset
  }
}
