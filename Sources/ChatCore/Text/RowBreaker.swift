/// Breaks text into the rows of a screen: at words, and every row but the first
/// with room for blanks before it. Where the terminal breaks a row itself, the
/// next begins in its first column, and whoever wrote the text could have it
/// begin with somebody else's name.
public struct RowBreaker {
  /// Blanks before further rows, where a name would take too much room.
  public static let narrowHang = 4
  /// Columns that a row must have behind its blanks: less, and most words are
  /// broken.
  private static let leastRoom = 10

  private let columns: Int
  /// The most columns that any terminal uses for a character.
  private let width: (Character) -> Int

  /// `columns` is at least 1; `width` is asked for the most that a character may
  /// take on any terminal.
  public init(columns: Int, width: @escaping (Character) -> Int) {
    precondition(columns > 0, "A screen has at least one column.")
    self.columns = columns
    self.width = width
  }

  /// How many blanks go before the further rows of a text that begins behind
  /// `lead` columns: as many, unless that leaves too little of the row. At least
  /// one, on every screen of two columns and more.
  public func hang(under lead: Int) -> Int {
    if lead > 0, columns - lead >= Self.leastRoom { return lead }
    return min(Self.narrowHang, columns / 2)
  }

  /// Breaks `text`. A word that is longer than a row is broken where the row ends;
  /// wide characters are words of their own.
  ///
  /// - Parameters:
  ///   - text: safe for a terminal, one line.
  ///   - lead: the columns that are taken in the first row.
  ///   - hang: those that are kept blank in the others.
  /// - Returns: the rows, at least one, without the blanks before them. Nothing is
  ///   left out but the space at a break.
  public func rows(of text: String, lead: Int, hang: Int) -> [String] {
    if lead + text.utf8.count <= columns, TextSanitizer.isPrintableASCII(text) { return [text] }
    var rows: [String] = []
    var start = text.startIndex
    var used = lead
    var cursor = Pieces(text, width: width, room: max(1, columns - hang))
    // A first row with little room may be left to its name.
    var gap = lead > hang ? Gap(end: start, next: start, used: lead) : nil
    while let piece = cursor.next {
      if piece.isWord, cursor.index > start {
        gap = Gap(end: cursor.index, next: cursor.index, used: used)
      }
      if used + piece.columns > columns, cursor.index > start || gap != nil {
        let here = Gap(
          end: cursor.index, next: piece.isSpace ? piece.end : cursor.index, used: used)
        var place = piece.isSpace ? here : gap ?? here
        // Behind a lead that is less than the hang, what would move down may not fit
        // there: it is a word longer than a row.
        if hang + used - place.used > columns { place = here }
        rows.append(String(text[start..<place.end]))
        start = place.next
        used = hang + used - place.used
        gap = nil
        if piece.isSpace { cursor.advance(to: piece.end) }
        continue
      }
      used += piece.columns
      if piece.isSpace {
        gap = Gap(end: cursor.index, next: piece.end, used: used)
      } else if piece.isWord {
        gap = Gap(end: piece.end, next: piece.end, used: used)
      }
      cursor.advance(to: piece.end)
    }
    rows.append(String(text[start...]))
    return rows
  }
}

/// Where a row may end, where the next one begins then, and the columns before
/// that.
private struct Gap {
  var end: String.Index
  var next: String.Index
  var used: Int
}

/// What of a text goes to the next row as a whole: a character, or a scalar of
/// one that no row has room for.
private struct Pieces {
  struct Piece {
    var end: String.Index
    var columns: Int
    var isSpace: Bool
    /// Whether a row may end before and after it.
    var isWord = false
  }

  private let text: String
  private let width: (Character) -> Int
  private let room: Int
  private(set) var index: String.Index
  /// Up to here a character is given scalar by scalar.
  private var divided: String.Index

  init(_ text: String, width: @escaping (Character) -> Int, room: Int) {
    self.text = text
    self.width = width
    self.room = room
    index = text.startIndex
    divided = text.startIndex
  }

  mutating func advance(to place: String.Index) {
    index = place
  }

  /// The piece at ``index``; `nil` at the end.
  var next: Piece? {
    mutating get {
      if index == text.endIndex { return nil }
      if index < divided { return scalar }
      let character = text[index]
      let columns = width(character)
      let end = text.index(after: index)
      if columns > room, character.unicodeScalars.count > 1 {
        divided = end
        return scalar
      }
      return Piece(
        end: end, columns: columns, isSpace: character == " ",
        isWord: columns >= 2 && !Self.isInWords(character))
    }
  }

  /// Quotes, dashes and dots, which some terminals draw wide: no word ends there
  /// for that.
  private static func isInWords(_ character: Character) -> Bool {
    character.unicodeScalars.first.map { (0x2010...0x2027).contains($0.value) } ?? false
  }

  private var scalar: Piece {
    let scalar = text.unicodeScalars[index]
    return Piece(
      end: text.unicodeScalars.index(after: index), columns: width(Character(scalar)),
      isSpace: false, isWord: width(Character(scalar)) >= 2)
  }
}
