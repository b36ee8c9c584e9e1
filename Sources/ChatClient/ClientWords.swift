import ChatCore
import ChatPosix
import ChatSecure
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
  /// Whether somebody is at the server's terminal.
  case attended(Bool)
  /// What is said is not saved for this cause, or is saved again.
  case savingFailed(SystemCallError)
  case savingWorks
  /// So many events found no room in the file.
  case unsaved(Int)
  case ended(Conversation.Ending, dialect: Dialect?)
  /// The link is encrypted, the server is new, and its key is remembered, or is not
  /// since it is the key of one run, or cannot be.
  case remembered(Fingerprint)
  case temporaryKey(Fingerprint)
  case notRemembered(Fingerprint, ServerMemory.Obstacle)
  case notEncrypted
  /// The same, of a server that was asked for encryption today and is not again before
  /// tomorrow.
  case notEncryptedToday
  /// Before the question whether to talk to a new server; the question; the question
  /// after an answer that is not one; and after a yes.
  case unknownKey(Fingerprint, isTemporary: Bool)
  case askToTrust
  case askToTrustAgain
  case trusted(isRemembered: Bool)
  /// The link is down, for who has no prompt that says it; it is back.
  case linkDown
  case linkBack(after: Duration)
  /// Why a new link came to nothing.
  case notThisLink(LinkObstacle)
  /// What was entered is said once the link is back.
  case saidLater
  /// There has been no link for so long.
  case linkIsDown(for: Duration)
  /// The server calls itself otherwise than before.
  case renamed(from: Handle, to: Handle)
  /// The process that makes connections is gone; whether the conversation is kept.
  case dialerDied(isKept: Bool)
  /// The link is lost, and there can be no other here.
  case startAgain
  /// The conversation that was cut off so long ago goes on; one that another had.
  case goingOn(after: Duration)
  case takenOver
  /// The server does not have the conversation, in its words, and is asked again for so
  /// long; the same of one that was kept, which another takes the place of; of one that
  /// was left.
  case notKnown(PeerText, within: Duration)
  case keptIsNotKnown(PeerText, within: Duration)
  case leftIsNotKnown(PeerText)
  /// One that was kept is over, and whether another begins in its place.
  case keptIsOver(Conversation.Ending, dialect: Dialect?, beginsAnother: Bool)
  /// Another conversation of the user's is kept for so long, under this name; goes on in
  /// another chatclient; cannot be gone on with, as keys are not what they were.
  case keptForAnother(Handle, within: Duration)
  case livesElsewhere(Handle)
  case keysAreForgotten(Handle, wasClear: Bool)
  /// The server has not heard that the person left; has heard it now; could not be told.
  case leftUnheard(isDown: Bool)
  case formerEnded
  case formerNotEnded
  /// What follows was said in a conversation that ended then, and not confirmed.
  case notConfirmedBefore(LocalTime, count: Int)
  /// The file in which a conversation was kept is not whole.
  case keptIsDamaged(String)
  /// The files in which conversations were kept cannot all be used, for this cause.
  case keptIsUnusable(TalkStore.Obstacle)
  /// That the person has left cannot be kept for the next start, which would tell the
  /// server.
  case leavingNotKept(SystemCallError)
  /// The conversation could not be gone on with, for this cause; it is not kept, or is
  /// kept again.
  case notKept(TalkStore.Obstacle)
  case keepingFailed(SystemCallError)
  case keepingWorks
  /// While there is no connection yet.
  case connecting
  /// To `\who`: the key of the server and the one that it is shown; `nil` where the
  /// link is not encrypted.
  case link((server: Fingerprint, own: Fingerprint?)?)
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
