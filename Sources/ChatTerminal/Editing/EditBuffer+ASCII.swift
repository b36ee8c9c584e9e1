extension EditBuffer {
  /// Whether `new`, put in the place of `range`, joins nothing and makes
  /// nothing join, told from the bytes alone: printable ASCII extends no
  /// cluster, and only a scalar beyond ASCII could make one of it (UAX #29 GB9
  /// to GB13). The rest of a long line need not be segmented anew then.
  func standsApart(_ new: String, at range: Range<Int>) -> Bool {
    guard new.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) else { return false }
    if range.lowerBound > 0, characters[range.lowerBound - 1].printableASCII == nil {
      return false
    }
    guard range.upperBound < characters.count else { return true }
    return characters[range.upperBound].utf8.first.map { $0 < 0x80 } ?? false
  }
}
