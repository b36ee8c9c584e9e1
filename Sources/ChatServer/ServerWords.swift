import ChatCore
import ChatPosix
import ChatSecure
import ChatTerminal
import ChatWire
import Transcript

/// What a server has to say to people, beside what every desk says. Evidence
/// only: the words are the executable's. `isKept` says whether there is a
/// transcript.
package enum ServerNotice {
  case listening(
    port: UInt16, addresses: [String], database: String?, key: Fingerprint?, allowFile: AllowFile?)
  /// To one that speaks in clear to a server that wants encryption.
  case encryptionOnly
  /// To one whose key is not in the allow-list, or that has none.
  case notAllowed
  /// Somebody with this key is not let in.
  case stranger(SocketAddress, Fingerprint)
  /// Whose key had this name is not allowed any more, and goes.
  case blocked(Handle)
  /// Lines of the allow-list that let nobody in.
  case damagedLines([Int])
  /// The allow-list cannot be read now; the one before it counts.
  case allowFileTrouble(KeyTrouble, AllowFile)
  /// To newcomers, while there is nobody to sign for the server.
  case nobodySigns
  /// The process that signs died, or was not what it was; another is started.
  case signerDied
  /// Another could not be: its key is missing, damaged or not the run's.
  case keyLost(KeyTrouble, KeyFile)
  /// Another has another key: the run's was kept nowhere.
  case keyReplaced(Fingerprint)
  /// This system cannot keep a conversation's process from these.
  case uncontained([Containment.Layer], isKept: Bool)
  case opened
  /// Of a server without a terminal: what happened to somebody.
  case news(SessionNews)
  /// What the operator wanted run when somebody came went wrong.
  case commandFailed(CommandOutcome)
  /// The talk that begins is in clear.
  case notEncrypted
  /// How the peer's words come.
  case protection(Protection)
  /// Somebody of this name had another key on that day; the present one may have none.
  case otherKey(Handle, day: String, isNone: Bool)
  /// Whether there was one cannot be known.
  case keysUnread(TranscriptError)
  case ended(Conversation.Ending, dialect: Dialect?, idleLimit: Duration?)
  case broken(CloseReason, detail: String?)
  /// Of a peer that left before it had the floor, and cannot be shown any more.
  case unread(from: SocketAddress, count: Int, isKept: Bool)
  /// The client gave this for a handle, or nothing, and got one made for it.
  case misnamed(String)
  case closeUnrecorded
  /// Answers `\who`: so many more wait than are named, or have places that are kept.
  case waits(names: [String], others: Int)
  /// How many wait with it; `nil`: it has left again.
  case joined(name: String, waiting: Int?)
  /// Others who joined the queue at once, beside those shown by name, and how many wait now.
  case joinedToo(count: Int, waiting: Int)
  case recordingFailed(TranscriptError)
  case recordingWorks
  /// Recording goes on in another file than before.
  case transcriptLost(TranscriptError)
  /// A conversation's process died; with the floor, so that the next can come.
  case crashed(SocketAddress, signal: Int32, hadFloor: Bool)
  case died(SocketAddress, status: Int32, hadFloor: Bool)
  /// It was killed, since it sent the listener what no conversation sends.
  case misbehaved(SocketAddress, ReportFault, hadFloor: Bool)
  /// The process of a conversation died or did what it should not, and its peer can come
  /// back.
  case brokeOff(SocketAddress, ExitStatus, ReportFault?, awaited: Handle)
  /// An earlier server was left by somebody who had the floor: it is kept for them.
  case keepsFloor(Handle)
  /// The operator waits no longer for somebody who had the floor.
  case waitsNoLonger(Handle, othersWait: Bool)
  /// Who was waited for did not come back in time.
  case stayedAway(Handle, othersWait: Bool)
  /// Nor did it confirm this, of what was said to it here; no texts: how many alone.
  case unconfirmed(TranscriptWriter.Unconfirmed)
  /// The peer's link is down, and the conversation goes on.
  case linkDown(Handle)
  /// The same, asked for: since when, and for how long the conversation is kept yet.
  case linkIsDown(Handle, for: Duration, within: Duration)
  /// It is back after so long; `from`: another address than before.
  case linkBack(Handle, after: Duration, from: SocketAddress?)
  /// It was lost so often within a minute: no more is said before that is over.
  case linkOften(Handle, count: Int)
  /// It has been back, or down, for some time, after it was lost so often.
  case linkSettled(Handle, count: Int, over: Duration, isDown: Bool)
  /// This process goes, and the peer can go on with another server.
  case leftForRestart(Handle, within: Duration, listenerDied: Bool)
  case keeperMisbehaved
  /// A conversation's process gives no answer, since it waits for a disk.
  case waitsForKernel(SocketAddress)
  case keeperWaitsForKernel
  case keeperSilent
  case keeperKeptLock
  /// Another program keeps the transcript's lock: its process, where the kernel says,
  /// and what it calls itself.
  case lockKept(by: Int32?, name: String?)
  /// The newest seal that was made is not in the transcript; with what is to be named to
  /// accept that.
  case sealMissing(Int64, database: String, KeyFile)
  /// It is kept in no file.
  case sealNotKept(KeyTrouble, FilePath)
  /// Notices that were too many to be shown, or found no room.
  case leftOut(count: Int)
  case queueIsFull(waiting: Int)
  case refused(Admission.Refusal)
  /// So many, of each cause.
  case turnedAway([Admission.Refusal: Int])
  case acceptFailed(Errno)
  case forkFailed(Errno)
  case inputEnded(isKept: Bool)
  /// Answers `\who` while nobody talks: who is waited for, waits, and has said nothing,
  /// and who was there last.
  case nobodyIsHere(Presence, last: DeskMemory.Talk?)
  /// Nobody can attach a terminal to this server, which has none.
  case notAttachable(AttachFault)
  /// To who has attached one.
  case attached(port: UInt16)
  /// To who wants to detach the terminal that the server was started on.
  case ownTerminal
  /// Whether the server shall stop.
  case stopQuestion
  /// The process that reads keys while nobody is there died.
  case deskDied(ExitStatus, ReportFault?)
  /// Standard output cannot be written: a full disk, one that is broken.
  case outputFailed(Errno, isKept: Bool)
  /// Standard output took nothing any more, and the last lines are not there.
  case outputStalled(isKept: Bool)
}

extension ServerNotice {
  /// The same for what more than the operator may read: nothing that was said.
  var withoutWords: ServerNotice {
    guard case .unconfirmed(var rest) = self else { return self }
    rest.texts = []
    return .unconfirmed(rest)
  }
}

/// The executable's words, handed to the loops that need them.
package struct ServerWords {
  var sentence: (ServerNotice) -> String
  var desk: (DeskNotice) -> String
  var peer: PeerPhrases
  /// The line of a log for a notice, empty where it is to be written nowhere; `nil`: no log
  /// is kept.
  var log: ((ServerNotice) -> String)?

  package init(
    sentence: @escaping (ServerNotice) -> String, desk: @escaping (DeskNotice) -> String,
    peer: PeerPhrases, log: ((ServerNotice) -> String)? = nil
  ) {
    self.log = log
    self.sentence = sentence
    self.desk = desk
    self.peer = peer
  }
}
