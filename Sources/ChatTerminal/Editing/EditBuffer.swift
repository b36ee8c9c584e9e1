/// A line of extended grapheme clusters and a cursor between two of them.
///
/// Scalars that arrive one by one may join or part clusters (a typed accent, a
/// flag's second half), so every edit segments anew around the place of the
/// edit: boundaries depend only on what stands before them and on the one
/// scalar after (UAX #29), hence the cluster before the edit and everything
/// after it.
public struct EditBuffer: Hashable, Sendable {
  public private(set) var characters: [Character] = []
  /// How many characters stand before the cursor.
  public private(set) var cursor = 0
  /// UTF-8 bytes of the whole text.
  public private(set) var byteCount = 0

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
    cursor = min(max(place, 0), characters.count)
  }

  /// Puts `new` at the cursor, which ends up after it.
  public mutating func insert(_ new: String) {
    replace(cursor..<cursor, with: new)
  }

  /// Replaces a range of characters; the cursor ends up after `new`. Where
  /// `new` joins what follows, that is after the joined character.
  public mutating func replace(_ range: Range<Int>, with new: String) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= characters.count,
      "An edit reached outside the line.")
    let kept = max(0, range.lowerBound - 1)
    var head = String(characters[kept..<range.lowerBound])
    head += new
    let tail = String(characters[range.upperBound...])
    for character in characters[range] { byteCount -= character.utf8.count }
    byteCount += new.utf8.count
    // A String counts clusters from its start, so this is where `new` ends.
    let place = kept + head.count
    characters.replaceSubrange(kept..., with: Array(head + tail))
    cursor = min(place, characters.count)
  }

  public mutating func remove(_ range: Range<Int>) {
    replace(range, with: "")
  }
}
