extension Surroundings {
  /// Says on standard error why nothing came of it.
  ///
  /// - Returns: what to end with.
  func tell(_ error: HistoryError) -> HistoryExit {
    // Nobody is left to be told that standard error is gone.
    try? errors.write(Array("chatserve: \(HistoryMessages.text(of: error))\n".utf8))
    return HistoryMessages.exit(for: error)
  }
}
