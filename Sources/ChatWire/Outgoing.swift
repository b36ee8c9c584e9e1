import ChatCore

/// What is to be said to a peer, whatever dialect it speaks.
public enum Outgoing: Hashable, Sendable {
  /// A server's first bytes; sent before the dialect is known.
  case greeting(Handle)
  /// A client's answer to the greeting. May be repeated when it is denied.
  case handle(Handle)
  /// What the peer gave for a handle is none; a sentence for the person.
  case handleRefused(String)
  case say(number: Int, from: Handle, Message)
  /// Recorded (by a server) or shown (by a client).
  case acknowledge(Int)
  /// A goodbye; the sentence is for peers whose dialect has no word for it.
  case quit(QuitReason, sentence: String?)
  case mode(Mode)
  /// The place in line, counted from 1.
  case place(Int, sentence: String?)
  /// The conversation begins.
  case floor
  case ping
  case pong
  /// What was sent is refused; why, in a sentence for the person.
  case deny(String)
}
