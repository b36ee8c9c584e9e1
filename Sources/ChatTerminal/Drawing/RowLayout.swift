import ChatCore

/// What is to be seen of the line that is being typed.
public struct InputLine: Hashable, Sendable {
  /// On rows of its own above the text, dim: whose turn it is instead.
  public var notice = ""
  public var prompt = ""
  public var promptStyle = Style.plain
  /// Blank columns before the text where a prompt will come, so that its
  /// coming moves no typed character.
  public var indent = 0
  public var characters: [Character] = []
  /// How many characters are before the cursor.
  public var cursor = 0
  /// After the text, dim: how much room is left.
  public var suffix = ""

  /// Columns before every further row that a line break in the text begins.
  public static let continuationIndent = 4

  public init() {}

  var isEmpty: Bool { notice.isEmpty && prompt.isEmpty && characters.isEmpty }
}

/// An input line broken into the rows of a screen. The breaks are our own,
/// where the text can be no wider, so the number of rows is right on any
/// terminal, whatever it thinks of an emoji.
public struct RowLayout: Hashable, Sendable {
  public struct Row: Hashable, Sendable {
    /// What is written, up to the cursor where it is on this row.
    public var head = ""
    /// What is written after the cursor.
    public var tail = ""
    /// Columns that most terminals use, character by character.
    public var widths: [Int] = []
    /// How many characters are in ``head``.
    public var headCount = 0
    /// The most columns that any terminal uses which knows the characters.
    public var maximum = 0

    public var columns: Int { widths.reduce(0, +) }
  }

  public private(set) var rows: [Row] = []
  public private(set) var cursorRow = 0

  private let columns: Int
  private let usesColor: Bool
  private var style = Style.plain
  /// The row that is being filled, and what of it is not written yet: plain
  /// ASCII, of which most lines consist, is put into its text in one piece.
  private var row = Row()
  private var unwritten: [UInt8] = []
  private var cursorIsPlaced = false

  /// Breaks `line` for a screen of `columns` columns, at least 1.
  public init(_ line: InputLine, columns: Int, usesColor: Bool) {
    precondition(columns > 0, "A screen has at least one column.")
    self.columns = columns
    self.usesColor = usesColor
    if !line.notice.isEmpty {
      put(line.notice, .dim)
      // With nothing typed, the notice is in the prompt's place.
      if line.characters.isEmpty { put(" ", .plain) } else { breakRow() }
    }
    if line.notice.isEmpty || !line.characters.isEmpty {
      if line.indent < columns { put(String(repeating: " ", count: line.indent), .plain) }
      put(line.prompt, line.promptStyle)
    }
    for (index, character) in line.characters.enumerated() {
      if character == "\n" || character == EditBuffer.lineEnd {
        if index == line.cursor {
          makeRoom(1)
          placeCursor()
        }
        breakRow()
        if InputLine.continuationIndent < columns / 2 {
          put(String(repeating: " ", count: InputLine.continuationIndent), .plain)
        }
        continue
      }
      if let byte = character.printableASCII {
        makeRoom(1)
        if index == line.cursor { placeCursor() }
        put(byte, .plain)
        continue
      }
      let glyph = Glyph(character)
      makeRoom(glyph.width.maximum)
      if index == line.cursor { placeCursor() }
      put(glyph, .plain)
    }
    // The cursor after a full row needs a place, now or after the next key.
    makeRoom(1)
    if !cursorIsPlaced { placeCursor() }
    if !line.suffix.isEmpty {
      makeRoom(line.suffix.count + 1)
      put(" ", .plain)
      put(line.suffix, .dim)
    }
    setStyle(.plain)
    endRow()
  }

  private mutating func put(_ text: String, _ style: Style) {
    for character in text {
      if let byte = character.printableASCII {
        put(byte, style)
      } else {
        put(Glyph(character), style)
      }
    }
  }

  private mutating func put(_ byte: UInt8, _ style: Style) {
    makeRoom(1)
    setStyle(style)
    unwritten.append(byte)
    row.widths.append(1)
    row.maximum += 1
  }

  private mutating func put(_ glyph: Glyph, _ style: Style) {
    makeRoom(glyph.width.maximum)
    setStyle(style)
    write(glyph.text)
    row.widths.append(glyph.width.estimate)
    row.maximum += glyph.width.maximum
  }

  private mutating func write(_ text: String) {
    writeOut()
    if cursorIsPlaced, cursorRow == rows.count { row.tail += text } else { row.head += text }
  }

  private mutating func writeOut() {
    if unwritten.isEmpty { return }
    let text = String(decoding: unwritten, as: UTF8.self)
    unwritten.removeAll(keepingCapacity: true)
    write(text)
  }

  private mutating func endRow() {
    writeOut()
    rows.append(row)
    row = Row()
  }

  private mutating func setStyle(_ new: Style) {
    guard usesColor, new != style else { return }
    if style != .plain { write(Style.reset) }
    write(new.start)
    style = new
  }

  private mutating func makeRoom(_ width: Int) {
    if row.maximum > 0, row.maximum + width > columns { breakRow() }
  }

  private mutating func breakRow() {
    // Each row can be drawn without the ones before it.
    setStyle(.plain)
    endRow()
  }

  private mutating func placeCursor() {
    setStyle(.plain)
    writeOut()
    cursorIsPlaced = true
    cursorRow = rows.count
    row.headCount = row.widths.count
  }
}

/// What is drawn for one character of a line: itself, or an escape where it
/// would change anything on the terminal but the cells it takes.
private struct Glyph {
  let text: String
  let width: CharacterWidth

  init(_ character: Character) {
    if character.printableASCII != nil {
      text = String(character)
      width = CharacterWidth(estimate: 1, maximum: 1)
      return
    }
    text = TextSanitizer.escapedPiece(character)
    width = CharacterWidth(of: text)
  }
}
