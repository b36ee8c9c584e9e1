/// How a conversation's process leaves: the vocabulary between it and the
/// listener. Deaths by signal are told by wait(2) itself.
enum SessionExit: Int32 {
  /// The conversation ended and its end is recorded.
  case ended = 0
  /// It ended, and the close could not be recorded; the listener has been told
  /// what it would have said.
  case closeUnrecorded = 3
  /// Something failed that cannot fail in a healthy system.
  case broken = 4
}
