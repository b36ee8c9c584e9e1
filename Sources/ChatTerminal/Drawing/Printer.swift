import ChatCore

/// The one way in which anything gets above the line that is being typed: rows
/// that no terminal breaks again, each but the first behind blanks.
///
/// Pure. What comes out is whole as long as the screen is as wide as it was
/// said to be: made narrower, a terminal breaks rows again by itself.
struct Printer {
  let columns: Int
  let usesColor: Bool

  /// One thing to be shown.
  struct Entry {
    /// Goes before everything, dim.
    var time: String?
    /// Whose words they are, with the mark after the name.
    var label = ""
    var labelStyle = Style.plain
    /// Safe for a terminal; at least one.
    var lines: [String]
    var textStyle = Style.plain
  }

  /// The rows of `entry`, without line breaks.
  func rows(of entry: Entry) -> [String] {
    let breaker = RowBreaker(columns: columns) { CharacterWidth(of: $0).maximum }
    let label = TextSanitizer.escaped(entry.label)
    let time = entry.time.map { TextSanitizer.escapedOnOneLine($0) + " " } ?? ""
    var rows: [String] = []
    var used = CharacterWidth(of: time + label).maximum
    let hang = breaker.hang(under: used)
    let blanks = String(repeating: " ", count: hang)
    var head =
      Style.dim.applied(to: time, usesColor: usesColor)
      + entry.labelStyle.applied(to: label, usesColor: usesColor)
    if used > columns {
      // A name wider than the screen.
      let broken = breaker.rows(of: time + label, lead: 0, hang: hang)
      for row in broken {
        head = (rows.isEmpty ? "" : blanks) + row
        rows.append(head)
      }
      rows.removeLast()
      used = CharacterWidth(of: head).maximum
    }
    for line in entry.lines {
      for row in breaker.rows(of: line, lead: used, hang: hang) {
        rows.append(head + entry.textStyle.applied(to: row, usesColor: usesColor))
        head = blanks
      }
      used = hang
    }
    return rows
  }

  /// A notice.
  func rows(of notice: Notice, as look: Notice.Look) -> [String] {
    var entry = Entry(lines: TextSanitizer.escapedLines(notice.text))
    switch look {
    case .plain: break
    case .faint: entry.textStyle = .dim
    case .remark:
      entry.textStyle = .dim
      if !usesColor { entry.label = Notice.mark }
    }
    return rows(of: entry)
  }
}
