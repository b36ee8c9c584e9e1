import ChatCore

/// One record of the native dialect; see `docs/protocol.md`.
public enum NativeRecord: Hashable, Sendable {
  /// The first record each way; the text as received, invalid UTF-8 repaired.
  case handle(String)
  case mode(Mode)
  /// The place in line, counted from 1.
  case wait(Int)
  /// The conversation begins.
  case floor
  /// Something said; numbers count from 1 in each direction.
  case say(number: Int, Message)
  /// A well-formed `say` whose text is no ``Message``: to be denied, and no
  /// reason to close.
  case invalidMessage(number: Int, MessageError)
  /// The message of this number is recorded (by a server) or shown (by a
  /// client).
  case ack(Int)
  case quit(QuitReason)
  case ping
  case pong
  /// Refused, and why, in a sentence for the person there.
  case deny(String)
  /// A verb that this version does not know; to be ignored.
  case unknown(verb: String)
}
