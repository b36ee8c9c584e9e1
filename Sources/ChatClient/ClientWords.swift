import ChatCore
import ChatLink
import ChatPosix

/// What a client has to tell its user. Evidence only: the words are the
/// executable's.
public enum ClientNotice {
  case askHandle
  case askHandleAgain(HandleError)
  case handleDenied(String)
  case place(Int?)
  case floor(Handle, Mode)
  case waitingFor(Handle)
  /// Messages that the server is slow to confirm.
  case underWay(Int)
  case help
  case who(peer: Handle, address: String, Dialect?, since: LocalTime?)
  case noHistory
  case history(count: Int)
  case invalid(MessageError)
  case unknownCommand(String)
  case obstacle(Conversation.Obstacle, peer: Handle?)
  case denied(String)
  case unshown(count: Int)
  case unconfirmed(count: Int)
  case ended(Conversation.Ending, dialect: Dialect?)
}

/// The executable's words, handed to the loop that needs them.
public struct ClientWords {
  public var sentence: (ClientNotice) -> String
  public var peer: PeerPhrases

  public init(sentence: @escaping (ClientNotice) -> String, peer: PeerPhrases) {
    self.sentence = sentence
    self.peer = peer
  }
}
