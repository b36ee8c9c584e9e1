/// Why one side says goodbye, as the `quit` record carries it.
public enum QuitReason: String, CaseIterable, Sendable {
  /// A person wrote `\quit`.
  case user
  /// The one whose turn it was stayed silent too long.
  case idle
  /// The program was told to stop.
  case stopped
  /// There is no room in the line.
  case full
  /// The other side broke the protocol.
  case error

  /// The word that stands for this reason on the wire.
  public var word: String { rawValue }

  /// The reason that `word` stands for. A word from a later version still
  /// means a goodbye, so one that is not known reads as ``user``.
  public init(word: some StringProtocol) {
    self = Self(rawValue: String(word)) ?? .user
  }
}
