/// A line of extended grapheme clusters and a cursor between two of them.
///
/// Scalars that arrive one by one may join or part clusters (a typed accent, a
/// flag's second half), so every edit segments again around the place of the
/// edit: boundaries depend only on what is before them and on the one
/// scalar after (UAX #29), hence the cluster before the edit and everything
/// after it.
public struct EditBuffer: Hashable, Sendable {
  public private(set) var characters: [Character] = []
  /// How many characters are before the cursor.
  public private(set) var cursor = 0
  /// UTF-8 bytes of the whole text.
  public private(set) var byteCount = 0
  /// How many scalars of the character before the cursor were there before the
  /// text that was inserted last and joined it. More text goes before them, as
  /// it would have had it come at once: half of a flag typed before another
  /// flag takes nothing of that one for good.
  private var overhang = 0

  public init(_ text: String = "") {
    characters = Array(text)
    cursor = characters.count
    byteCount = text.utf8.count
  }

  public var text: String { String(characters) }
  public var isEmpty: Bool { characters.isEmpty }
  var isAtEnd: Bool { cursor == characters.count }

  /// Moves the cursor; a place outside the line means its nearer end.
  public mutating func move(to place: Int) {
    settle()
    cursor = min(max(place, 0), characters.count)
  }

  /// What was inserted is complete: it and what it joined are one.
  public mutating func settle() {
    overhang = 0
  }

  /// Puts `new` at the cursor, which ends up after it.
  public mutating func insert(_ new: String) {
    guard overhang > 0, cursor > 0 else { return replace(cursor..<cursor, with: new) }
    let joined = Array(characters[cursor - 1].unicodeScalars)
    let split = joined.count - min(overhang, joined.count)
    edit(
      cursor - 1..<cursor, keeping: Self.string(joined[..<split]), new: new,
      before: Self.string(joined[split...]))
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  /// Replaces a range of characters; the cursor ends up after `new`. Where
  /// `new` joins what follows, that is after the joined character.
  public mutating func replace(_ range: Range<Int>, with new: String) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= characters.count,
      "An edit reached outside the line.")
    if !replaceApart(range, with: new) { edit(range, keeping: "", new: new, before: "") }
  }

  /// Replaces a range where no cluster can join or part; false if one might.
  private mutating func replaceApart(_ range: Range<Int>, with new: String) -> Bool {
    guard standsApart(new, at: range) else { return false }
    for character in characters[range] { byteCount -= character.utf8.count }
    byteCount += new.utf8.count
    characters.replaceSubrange(range, with: new.utf8.map { Character(UnicodeScalar($0)) })
    cursor = range.lowerBound + new.utf8.count
    overhang = 0
    return true
  }

  /// Replaces a range by `kept`, `new` and `rest`, of which `new` is new.
  private mutating func edit(
    _ range: Range<Int>, keeping kept: String, new: String, before rest: String
  ) {
    let first = max(0, range.lowerBound - 1)
    let head = String(characters[first..<range.lowerBound]) + kept + new
    let tail = rest + String(characters[range.upperBound...])
    for character in characters[range] { byteCount -= character.utf8.count }
    byteCount += kept.utf8.count + new.utf8.count + rest.utf8.count
    // A String counts clusters from its start, so this is where `new` ends.
    let segmented = Array(head + tail)
    let ahead = min(head.count, segmented.count)
    let aheadCount = segmented[..<ahead].reduce(0) { $0 + $1.unicodeScalars.count }
    overhang = new.isEmpty ? 0 : aheadCount - head.unicodeScalars.count
    characters.replaceSubrange(first..., with: segmented)
    cursor = first + ahead
  }

  public mutating func remove(_ range: Range<Int>) {
    replace(range, with: "")
  }
}

extension EditBuffer {
  /// Whether `new`, put in the place of `range`, joins nothing and makes
  /// nothing join, judged by the bytes alone: printable ASCII extends no
  /// cluster, and only a scalar beyond ASCII could make one of it (UAX #29 GB9
  /// to GB13). The rest of a long line need not be segmented again then.
  func standsApart(_ new: String, at range: Range<Int>) -> Bool {
    guard new.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) else { return false }
    if range.lowerBound > 0, characters[range.lowerBound - 1].printableASCII == nil {
      return false
    }
    guard range.upperBound < characters.count else { return true }
    return characters[range.upperBound].utf8.first.map { $0 < 0x80 } ?? false
  }
}

extension EditBuffer {
  /// Where the word at or before the cursor begins. Words are what white space
  /// parts, as Ctrl-W has them in a terminal's line discipline.
  var wordStart: Int {
    var place = cursor
    while place > 0, characters[place - 1].isWhitespace { place -= 1 }
    while place > 0, !characters[place - 1].isWhitespace { place -= 1 }
    return place
  }

  /// Where the word at or after the cursor ends.
  var wordEnd: Int {
    var place = cursor
    while place < characters.count, characters[place].isWhitespace { place += 1 }
    while place < characters.count, !characters[place].isWhitespace { place += 1 }
    return place
  }
}
