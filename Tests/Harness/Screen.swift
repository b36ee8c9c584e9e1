import ChatTerminal

/// What a person sees on a terminal: a grid of cells that interprets what these
/// programs write and nothing else, with everything that scrolled off kept. What
/// it does not know is put down in ``unknown``, so that a new sequence cannot go
/// untested.
public struct Screen: Sendable {
  public struct Cell: Hashable, Sendable {
    /// Empty in the second column of a wide character.
    public var text = " "
    var isWritten = false
  }

  public struct Row: Hashable, Sendable {
    public var cells: [Cell] = []
    /// The terminal went on in the next row by itself.
    var wraps = false

    public var text: String {
      var end = cells.count
      while end > 0, !cells[end - 1].isWritten { end -= 1 }
      return cells[..<end].map(\.text).joined()
    }
  }

  /// How a terminal counts the columns of a cluster.
  public enum Taste: CaseIterable, Sendable {
    /// As our estimate: kitty, VTE.
    case clusters
    /// Every scalar by itself, as wcwidth does: xterm, and tmux in part.
    case scalars
  }

  public internal(set) var columns: Int
  public internal(set) var height: Int
  public var taste = Taste.clusters
  /// Cyrillic takes two columns, as where the language is Chinese or Japanese
  /// (UAX #11, "Ambiguous").
  public var drawsAmbiguousWide = false
  /// Breaks all rows again when the width changes, as VTE and tmux do.
  public var reflows = true
  /// A line feed returns too: there is no kernel between that puts a carriage
  /// return before it (termios(3) ONLCR).
  public var lineFeedReturns = false
  public internal(set) var scrollback: [Row] = []
  /// What is on the screen.
  public internal(set) var rows: [Row]
  public internal(set) var cursorRow = 0
  public internal(set) var cursorColumn = 0
  /// The last column is filled and the next character wraps.
  var wrapIsPending = false
  private var saved = (row: 0, column: 0, pending: false)
  public private(set) var wraps = true
  public private(set) var bracketsPastes = false
  public private(set) var updateDepth = 0
  /// Whether the window's focus is to be reported.
  public private(set) var reportsFocus = false
  /// Every title that the window was given, and what was said beside the text:
  /// OSC 9 and OSC 777.
  public private(set) var titles: [String] = []
  public private(set) var notifications: [String] = []
  /// Titles that were put by, to be had back.
  public private(set) var keptTitles = 0
  public private(set) var bells = 0
  /// What was written in each style, by its parameters.
  public private(set) var styledText: [String: String] = [:]
  private var style = "0"
  /// Bytes of a character or a sequence that is not whole yet.
  private var partial: [UInt8] = []
  /// Sequences that these programs have no business to write.
  public private(set) var unknown: [String] = []

  public init(columns: Int, height: Int) {
    self.columns = columns
    self.height = height
    rows = Array(repeating: Row(), count: height)
  }

  /// What is on the screen now, without the blank rows at the bottom.
  public var visible: [String] {
    var seen = rows.map(\.text)
    while seen.last == "" { seen.removeLast() }
    return seen
  }

  /// Everything ever printed, rows that the terminal broke joined again,
  /// without blank ones at the bottom.
  public var lines: [String] {
    var lines: [String] = []
    var joins = false
    for row in scrollback + rows {
      if joins { lines[lines.count - 1] += row.text } else { lines.append(row.text) }
      joins = row.wraps
    }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  public var text: String { lines.joined(separator: "\n") }

  /// The same with rows that hang under another joined to it by the blank that
  /// was left out there; docs/editor.md.
  public var paragraphs: String {
    var paragraphs: [String] = []
    for line in lines {
      if line.hasPrefix("  "), let last = paragraphs.last, !last.isEmpty {
        paragraphs[paragraphs.count - 1] = last + " " + line.drop { $0 == " " }
      } else {
        paragraphs.append(line)
      }
    }
    return paragraphs.joined(separator: "\n")
  }

  /// The row that the cursor is in.
  public var cursorLine: String { rows[cursorRow].text }

  /// Whether what was written ends with a whole character or sequence.
  public var isWhole: Bool { partial.isEmpty }

  // MARK: Writing

  public mutating func write(_ bytes: [UInt8]) {
    let all = partial + bytes
    var rest = all[...]
    while let first = rest.first {
      // A mark after a sequence joins what is on the screen, not its letter.
      let length =
        first == 0x1b ? Self.sequenceLength(rest) : Self.textLength(rest.prefix { $0 != 0x1b })
      guard length > 0 else { break }
      let piece = rest.prefix(length)
      rest = rest.dropFirst(length)
      if first == 0x1b {
        escape(piece)
      } else {
        for character in String(decoding: piece, as: UTF8.self) { interpret(character) }
      }
    }
    partial = Array(rest)
  }

  /// Bytes of the sequence at the beginning; 0 while it is not whole.
  private static func sequenceLength(_ bytes: ArraySlice<UInt8>) -> Int {
    guard let kind = bytes.dropFirst().first else { return 0 }
    if kind == UInt8(ascii: "]") {
      let end = bytes.firstIndex(of: 0x07)
      return end.map { $0 - bytes.startIndex + 1 } ?? 0
    }
    guard kind == UInt8(ascii: "[") else { return 2 }
    let final = bytes.dropFirst(2).firstIndex { (0x40...0x7e).contains($0) }
    return final.map { $0 - bytes.startIndex + 1 } ?? 0
  }

  /// Bytes of the whole characters in UTF-8; the last may be cut.
  private static func textLength(_ bytes: ArraySlice<UInt8>) -> Int {
    guard let lead = bytes.lastIndex(where: { $0 & 0xc0 != 0x80 }) else { return bytes.count }
    let wanted =
      switch bytes[lead] {
      case 0xc2...0xdf: 2
      case 0xe0...0xef: 3
      case 0xf0...0xf4: 4
      default: 1
      }
    return bytes.endIndex - lead < wanted ? lead - bytes.startIndex : bytes.count
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
      if lineFeedReturns { cursorColumn = 0 }
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

  private mutating func escape(_ sequence: ArraySlice<UInt8>) {
    let text = String(decoding: sequence, as: UTF8.self)
    switch text.dropFirst().first {
    case "]": command(text.dropFirst(2).dropLast())
    case "7": saved = (cursorRow, cursorColumn, wrapIsPending)
    case "8": (cursorRow, cursorColumn, wrapIsPending) = saved
    case "[":
      let body = text.dropFirst(2)
      if let final = body.last { control(String(body.dropLast()), final) }
    default: unknown.append(text)
    }
    if cursorRow >= height { unknown.append("cursor below the screen") }
  }

  private mutating func command(_ text: Substring) {
    let parts = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
    switch (parts.first, parts.last) {
    case ("2", let title?): titles.append(String(title))
    case ("9", let body?), ("777", let body?): notifications.append(String(body))
    default: unknown.append("\u{1b}]\(text)")
    }
  }

  private mutating func control(_ parameters: String, _ final: Character) {
    let number = Int(parameters.prefix { $0.isNumber }) ?? 1
    switch (final, parameters) {
    case ("A", _): (cursorRow, wrapIsPending) = (max(0, cursorRow - number), false)
    case ("B", _): (cursorRow, wrapIsPending) = (min(height - 1, cursorRow + number), false)
    case ("H", _) where !parameters.contains(";") || parameters.hasSuffix(";1"):
      (cursorRow, cursorColumn, wrapIsPending) = (min(height, number) - 1, 0, false)
    case ("K", "2"): rows[cursorRow] = Row()
    case ("K", ""):
      if wrapIsPending { unknown.append("CSI K on a full row") }
      rows[cursorRow].cells.removeLast(max(0, rows[cursorRow].cells.count - cursorColumn))
    case ("m", ">4;0"), ("u", "=0"): break
    case ("m", _): style = parameters
    case ("t", "22;2"): keptTitles += 1
    case ("t", "23;2"): keptTitles -= 1
    case ("h", "?1004"): reportsFocus = true
    case ("l", "?1004"): reportsFocus = false
    case ("l", "?2004;1004"): (bracketsPastes, reportsFocus) = (false, false)
    case ("l", "?9;1000;1001;1002;1003;1005;1006;1015;1016"): break
    case ("h", "?7"): wraps = true
    case ("l", "?7"): wraps = false
    case ("h", "?2004"): bracketsPastes = true
    case ("l", "?2004"): bracketsPastes = false
    case ("h", "?2026"): updateDepth += 1
    case ("l", "?2026"): updateDepth -= 1
    // The cursor is never hidden, but is shown again after a crash.
    case ("h", "?25"): break
    default: unknown.append("\u{1b}[\(parameters)\(final)")
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
}

/// Widths as terminals other than ours see them.
enum Width {
  static func clusterColumns(_ character: Character) -> Int {
    CharacterWidth(of: character).estimate
  }

  /// What one scalar takes by itself: a cluster of its own.
  static func scalarColumns(_ scalar: Unicode.Scalar) -> Int {
    // Modifiers and regional indicators stand alone as wide; joiners, marks
    // and selectors take nothing.
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: 0
    default: CharacterWidth(of: Character(scalar)).estimate
    }
  }
}
