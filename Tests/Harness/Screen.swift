/// What a person sees on a terminal: the few sequences that these programs
/// may write, interpreted on a grid, with everything that scrolled off kept.
public struct Screen {
  private struct Row {
    var cells: [String] = []
    /// The terminal itself went on in the next row.
    var wraps = false
  }

  public private(set) var columns: Int
  private var height: Int
  private var rows: [Row] = [Row()]
  private var row = 0
  private var column = 0
  private var saved = (row: 0, column: 0)
  private var wrapsRows = true
  /// Bytes of a character or a sequence that is not whole yet.
  private var partial: [UInt8] = []
  /// Sequences that these programs have no business to write.
  public private(set) var unknown: [String] = []
  public private(set) var bells = 0

  public init(columns: Int, height: Int) {
    self.columns = columns
    self.height = height
  }

  /// Every row ever written, those that the terminal broke joined again,
  /// without blank ones at the bottom.
  public var lines: [String] {
    var lines: [String] = []
    var joins = false
    for row in rows {
      let text = row.cells.joined()
      if joins { lines[lines.count - 1] += text } else { lines.append(text) }
      joins = row.wraps
    }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  public var text: String { lines.joined(separator: "\n") }

  /// The row that the cursor is in.
  public var cursorLine: String { rows[row].cells.joined() }

  public mutating func resize(columns: Int, height: Int) {
    self.columns = columns
    self.height = height
  }

  public mutating func write(_ bytes: [UInt8]) {
    partial += bytes
    var rest = partial[...]
    while let first = rest.first {
      let length = first == 0x1b ? Self.sequenceLength(rest) : Self.characterLength(rest)
      guard let length else { break }
      let piece = String(decoding: rest.prefix(length), as: UTF8.self)
      rest = rest.dropFirst(length)
      if first == 0x1b { control(piece) } else { put(piece) }
    }
    partial = Array(rest)
  }

  private static func characterLength(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    let length =
      switch first {
      case 0xc0..<0xe0: 2
      case 0xe0..<0xf0: 3
      case 0xf0...: 4
      default: 1
      }
    return bytes.count < length ? nil : length
  }

  private static func sequenceLength(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count > 1 else { return nil }
    guard bytes[bytes.startIndex + 1] == UInt8(ascii: "[") else { return 2 }
    guard let final = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7e).contains($0) }) else {
      return nil
    }
    return final - bytes.startIndex + 1
  }

  private mutating func control(_ sequence: String) {
    let body = sequence.dropFirst(2)
    let number = Int(body.dropLast()) ?? 1
    switch sequence.dropFirst() {
    case "7": saved = (row, column)
    case "8": (row, column) = saved
    case "[?7l": wrapsRows = false
    case "[?7h": wrapsRows = true
    case "[?2004h", "[?2004l", "[?2026h", "[?2026l": break
    case "[2K": rows[row] = Row()
    case "[K": rows[row].cells.removeLast(max(0, rows[row].cells.count - column))
    case _ where body.last == "m": break
    case _ where body.last == "A": move(to: row - number)
    case _ where body.last == "B": move(to: row + number)
    case _ where body.hasSuffix(";1H"):
      column = 0
      move(to: top + (Int(body.dropLast(3)) ?? 1) - 1)
    default: unknown.append(sequence)
    }
  }

  /// The first row on the screen.
  private var top: Int { max(0, rows.count - height) }

  private mutating func move(to place: Int) {
    row = max(top, min(place, top + height - 1))
    while rows.count <= row { rows.append(Row()) }
  }

  private mutating func lineFeed() {
    row += 1
    if row == rows.count { rows.append(Row()) }
  }

  private mutating func put(_ character: String) {
    switch character {
    case "\r": column = 0
    case "\n": lineFeed()
    case "\u{7}": bells += 1
    // Cooked mode's own echo of a backspace.
    case "\u{8}": column = max(0, column - 1)
    case _ where Self.isMark(character) && column > 0: rows[row].cells[column - 1] += character
    default:
      if column == columns {
        guard wrapsRows else { return }
        rows[row].wraps = true
        lineFeed()
        column = 0
      }
      while rows[row].cells.count <= column { rows[row].cells.append(" ") }
      rows[row].cells[column] = character
      column += 1
    }
  }

  /// Whether it is drawn on the character before it.
  private static func isMark(_ character: String) -> Bool {
    guard let scalar = character.unicodeScalars.first else { return false }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return true
    default: return false
    }
  }
}
