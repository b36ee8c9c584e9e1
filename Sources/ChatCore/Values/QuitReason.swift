/// What a side gives as its reason when it says goodbye on the wire. The raw
/// values are the words of the native dialect's `quit`.
public enum QuitReason: String, CaseIterable, Sendable {
  /// The person at that side asked for it.
  case user
  /// The other side was silent too long.
  case idle
  /// The program was asked to stop.
  case stopped
  /// There is no room in the queue.
  case full
  /// The other side broke the protocol, or cannot be served.
  case error
}
