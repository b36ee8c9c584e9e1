import ChatCore

/// What a peer said, whatever dialect it said it in.
public enum Incoming: Hashable, Sendable {
  /// The dialect is known from here on; the first value, once.
  case dialect(Dialect)
  /// Who the peer is.
  case handle(Handle)
  /// What the peer gave for a handle is none; the text with invalid UTF-8
  /// repaired. A server goes on expecting a handle.
  case invalidHandle(String, HandleError)
  /// A message; its number where the dialect has numbers.
  case said(number: Int?, Message)
  /// What would be a message, but is none: to be denied.
  case invalid(MessageError, number: Int?)
  /// The other side recorded (server) or showed (client) this message.
  case acknowledged(Int)
  /// A goodbye; nothing follows it.
  case quit(QuitReason)
  case mode(Mode)
  /// The place in line, counted from 1.
  case place(Int)
  /// The conversation begins.
  case floor
  case ping
  case pong
  /// The other side refused what was sent; why, in its words.
  case denied(String)
  /// The server said this and closed instead of a conversation. Nothing
  /// follows it.
  case refused(String)
  /// The stream ended without a goodbye; nothing follows it.
  case endOfFile
  /// The protocol was broken; nothing follows it.
  case malformed(WireError)
  /// Bytes to be sent as they are: refusals of telnet options.
  case reply([UInt8])
}
