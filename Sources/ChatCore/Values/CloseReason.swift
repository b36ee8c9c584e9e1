/// Why a conversation ended, as the transcript keeps it. The raw values are
/// stored and appear in JSON: they are never renamed.
public enum CloseReason: String, CaseIterable, Sendable {
  /// `\quit`, from the side that is named beside the reason.
  case quit
  /// The peer's end of file without a goodbye: nc's Ctrl-D, a closed pipe.
  case eof
  /// The connection broke: reset, unreachable, or no answer to a ping.
  case reset
  /// The peer whose turn it was stayed silent too long.
  case timeout
  /// The server was asked to stop, by SIGINT, SIGTERM or SIGHUP.
  case sigint
  /// The peer broke the protocol.
  case error
  /// The peer did not read what was sent to it.
  case unresponsive
  /// The conversation's process died of a signal.
  case crashed
  /// There was no room in the queue.
  case full
}
