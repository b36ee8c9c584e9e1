import ChatProgram

extension HistoryCommand {
  /// What to say of a first word of chatserve's that is no port and nearly
  /// `history`, a verb of it, or one of `others`, its other first words; `nil` for all
  /// other words.
  public static func hint(forFirstWord word: String, or others: [String] = []) -> String? {
    if let meant = SpellingHint.nearest(to: word, in: ["history"] + others) {
      return HistoryMessages.meantForHistory(word, "chatserve \(meant)")
    }
    guard verbNames.contains(word) else { return nil }
    return HistoryMessages.meantForHistory(word, "chatserve history \(word)")
  }
}
