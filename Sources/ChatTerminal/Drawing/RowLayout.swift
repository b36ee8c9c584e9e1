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

    public var columns: Int { widths.reduce(0, +) }
  }

  public private(set) var rows: [Row] = [Row()]
  public private(set) var cursorRow = 0

  private let columns: Int
  private let colours: Bool
  private var style = Style.plain
  /// The most columns the last row may take.
  private var filled = 0
  private var cursorIsPlaced = false

  /// Breaks `line` for a screen of `columns` columns, at least 1.
  public init(_ line: InputLine, columns: Int, colours: Bool) {
    precondition(columns > 0, "A screen has at least one column.")
    self.columns = columns
    self.colours = colours
    if !line.notice.isEmpty {
      put(line.notice, .dim)
      // With nothing typed, the notice stands in the prompt's place.
      if line.characters.isEmpty { put(" ", .plain) } else { breakRow() }
    }
    if line.notice.isEmpty || !line.characters.isEmpty {
      if line.indent < columns { put(String(repeating: " ", count: line.indent), .plain) }
      put(line.prompt, line.promptStyle)
    }
    for (index, character) in line.characters.enumerated() {
      if character == "\n" {
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
  }

  private mutating func put(_ text: String, _ style: Style) {
    for character in text { put(Glyph(character), style) }
  }

  private mutating func put(_ glyph: Glyph, _ style: Style) {
    makeRoom(glyph.width.maximum)
    setStyle(style)
    write(glyph.text)
    rows[rows.count - 1].widths.append(glyph.width.estimate)
    filled += glyph.width.maximum
  }

  private mutating func write(_ text: String) {
    if cursorIsPlaced, cursorRow == rows.count - 1 {
      rows[rows.count - 1].tail += text
    } else {
      rows[rows.count - 1].head += text
    }
  }

  private mutating func setStyle(_ new: Style) {
    guard colours, new != style else { return }
    if style != .plain { write(Style.reset) }
    write(new.start)
    style = new
  }

  private mutating func makeRoom(_ width: Int) {
    if filled > 0, filled + width > columns { breakRow() }
  }

  private mutating func breakRow() {
    // Each row can be drawn without the ones before it.
    setStyle(.plain)
    rows.append(Row())
    filled = 0
  }

  private mutating func placeCursor() {
    setStyle(.plain)
    cursorIsPlaced = true
    cursorRow = rows.count - 1
    rows[cursorRow].headCount = rows[cursorRow].widths.count
  }
}
