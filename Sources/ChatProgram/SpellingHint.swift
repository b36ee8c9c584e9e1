/// Which of some words a person meant who typed none of them.
package enum SpellingHint {
  /// The nearest of `words`, the first of those as near; `nil` when none is
  /// near: begins with `word`, or is one mistake away, of six letters or more
  /// two.
  package static func nearest(to word: String, in words: [String]) -> String? {
    let word = word.lowercased()
    if word.count > 1, let longer = words.first(where: { $0.hasPrefix(word) }) { return longer }
    let near = words.filter { distance(word, $0) <= ($0.count < 6 ? 1 : 2) }
    return near.min { distance(word, $0) < distance(word, $1) }
  }

  /// How many letters are wrong, missing, too many, or change places with the
  /// next: the optimal string alignment distance.
  package static func distance(_ one: String, _ other: String) -> Int {
    let one = Array(one.unicodeScalars)
    let other = Array(other.unicodeScalars)
    // Far from any command, and the work grows with the square.
    if abs(one.count - other.count) > 8 { return .max }
    var rows = [Array(0...other.count)]
    for i in 0..<one.count {
      var row = [i + 1]
      for j in 0..<other.count {
        var least = min(rows[i][j + 1], row[j]) + 1
        least = min(least, rows[i][j] + (one[i] == other[j] ? 0 : 1))
        if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
          least = min(least, rows[i - 1][j - 1] + 1)
        }
        row.append(least)
      }
      rows.append(row)
    }
    return rows[one.count][other.count]
  }
}
