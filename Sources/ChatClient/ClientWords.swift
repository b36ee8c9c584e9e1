import ChatCore
import ChatPosix
import ChatTerminal
import ChatWire

/// What a client has to say to its user, beside what every desk says. Evidence
/// only: the words are the executable's.
package enum ClientNotice {
  /// The server refused the name, or a message, and says why.
  case handleDenied(PeerText)
  case denied(PeerText)
  /// The server said this beside the conversation.
  case noticed(PeerText)
  /// The wait in the queue is over.
  case floor(Handle)
  /// What is said is not saved for this cause, or is saved again.
  case savingFailed(SystemCallError)
  case savingWorks
  /// So many events found no room in the file.
  case unsaved(Int)
  case ended(Conversation.Ending, dialect: Dialect?)
}

/// The executable's words, handed to the loop that needs them.
package struct ClientWords {
  var sentence: (ClientNotice) -> String
  var desk: (DeskNotice) -> String
  var peer: PeerPhrases

  package init(
    sentence: @escaping (ClientNotice) -> String, desk: @escaping (DeskNotice) -> String,
    peer: PeerPhrases
  ) {
    self.sentence = sentence
    self.desk = desk
    self.peer = peer
  }
}
