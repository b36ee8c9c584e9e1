import ChatCore

/// How the `quit` record carries a reason.
extension QuitReason {
  /// The word that stands for this reason on the wire.
  public var word: String { rawValue }

  /// The reason that `word` stands for. A word from a later version still
  /// means a goodbye, so one that is not known reads as `user`.
  public init(word: some StringProtocol) {
    self = Self(rawValue: String(word)) ?? .user
  }
}
