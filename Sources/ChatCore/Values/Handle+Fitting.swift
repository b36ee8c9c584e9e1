/// Names of clients that send one once and cannot be asked again: the original
/// programs, and those that others made of their assignment.
extension Handle {
  /// What a client is called that gives no name.
  public static let guest = Handle(unchecked: "guest")

  /// Characters of what may be a name: a first name, one or two more, no
  /// sentence.
  private static let longestName = 40

  /// The first word of `name`, as far as it fits; `nil` where nothing is left
  /// that could be a handle.
  public init?(fitting name: String) {
    guard let word = name.split(whereSeparator: \.isWhitespace).first else { return nil }
    var text = String(
      String.UnicodeScalarView(word.unicodeScalars.filter { !Self.isUnprintable($0) }))
    text = String(text.prefix(Self.maximumLength))
    while text.utf8.count > Self.maximumByteCount { text.removeLast() }
    guard let handle = try? Handle(text) else { return nil }
    self = handle
  }

  /// Whether `text`, which is no handle, is rather a name than something said:
  /// one word, or a few that all begin like names, without a sentence's marks.
  public static func mayBeName(_ text: String) -> Bool {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard !words.isEmpty, words.count <= 3, text.count <= longestName,
      !text.contains(where: { "?!,;:<>\"()".contains($0) })
    else { return false }
    return words.count == 1
      || words.allSatisfy { $0.first.map { $0.isLetter && !$0.isLowercase } ?? false }
  }
}
