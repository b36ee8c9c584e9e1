import ChatCore

/// The sentences that a peer reads who has no program to find words: the
/// executables write them, beside the operator's.
package struct PeerPhrases: Sendable {
  var refusedHandle: @Sendable (HandleError) -> String
  var refusal: @Sendable (Conversation.Refusal) -> String
  var place: @Sendable (Int) -> String
  /// The conversation begins, in this mode.
  var floor: @Sendable (Mode) -> String
  /// What was said out of turn is kept for it.
  var held: String
  var goodbye: @Sendable (QuitReason) -> String
  /// Both may speak at any time from now on.
  var freed: String
  /// Silence ends the conversation after the first, and the second is left.
  var silence: @Sendable (Duration, Duration) -> String
  /// Whether somebody is at the server's terminal.
  var attended: @Sendable (Bool) -> String

  package init(
    refusedHandle: @escaping @Sendable (HandleError) -> String,
    refusal: @escaping @Sendable (Conversation.Refusal) -> String,
    place: @escaping @Sendable (Int) -> String,
    floor: @escaping @Sendable (Mode) -> String,
    held: String,
    goodbye: @escaping @Sendable (QuitReason) -> String,
    freed: String = "",
    silence: @escaping @Sendable (Duration, Duration) -> String = { _, _ in "" },
    attended: @escaping @Sendable (Bool) -> String = { _ in "" }
  ) {
    self.refusedHandle = refusedHandle
    self.refusal = refusal
    self.place = place
    self.floor = floor
    self.held = held
    self.goodbye = goodbye
    self.freed = freed
    self.silence = silence
    self.attended = attended
  }
}
