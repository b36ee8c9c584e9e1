/// What befalls two people who talk.
public enum CutFault: String, CaseIterable, Sendable {
  case reset
  case cutInRecord
  case halfCloseToServer
  case halfCloseToClient
  case stall
  case killConversation
  case stopConversation
  case killListener
  /// SIGUSR2, and another is started: an upgrade.
  case restartListener
  case killKeeper
  /// The same command starts another.
  case killClient
  case stopClient
  /// The process that makes its connections, and then the link: it ends, and is started again.
  case killDialer
  /// Another is started with `--take-over`, and the first one's link may be cut at the same
  /// moment: then two claim the conversation.
  case takeOver
}
