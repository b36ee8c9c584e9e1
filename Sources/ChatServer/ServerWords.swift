import ChatCore
import ChatLink
import ChatPosix
import Transcript

/// What a server has to tell people. Evidence only: the words are the
/// executable's. `isKept` says whether there is a transcript.
public enum ServerNotice {
  case listening(port: UInt16, addresses: [String], database: String?)
  /// This system cannot keep a conversation's process from these.
  case uncontained([Containment.Layer], isKept: Bool)
  case opened
  case ended(Conversation.Ending, dialect: Dialect?, idleLimit: Duration?)
  case broken(CloseReason, detail: String?)
  /// Said out of turn, or before it had the floor.
  case unshown(from: Handle?, hadFloor: Bool, count: Int, isKept: Bool)
  /// Of a peer that left before it had the floor, and cannot be shown any more.
  case unheard(from: SocketAddress, count: Int, isKept: Bool)
  case unconfirmed(to: Handle?, count: Int)
  case closeUnrecorded
  case invalid(MessageError)
  case unknownCommand(String)
  case obstacle(Conversation.Obstacle, peer: Handle?)
  case waitingFor(Handle)
  /// Messages that the peer is slow to confirm.
  case underWay(Int)
  case help
  case who(peer: Handle, SocketAddress, Dialect?, since: LocalTime?)
  case waits(names: [String])
  case joined(name: String, waiting: Int)
  case noHistory(Handle)
  case history(Handle, count: Int)
  case recordingFailed(TranscriptError)
  case recordingWorks
  case crashed(SocketAddress, signal: Int32)
  case died(SocketAddress, status: Int32)
  case lineIsFull(waiting: Int)
  case turnedAway(count: Int)
  case acceptFailed(Errno)
  case forkFailed(Errno)
  case inputEnded(isKept: Bool)
  /// Standard output took nothing any more, and the last lines are not there.
  case outputStalled(isKept: Bool)
}

/// The executable's words, handed to the loops that need them.
public struct ServerWords {
  public var sentence: (ServerNotice) -> String
  public var peer: PeerPhrases

  public init(sentence: @escaping (ServerNotice) -> String, peer: PeerPhrases) {
    self.sentence = sentence
    self.peer = peer
  }
}
