import ChatCore
import Transcript

/// Takes what a conversation asks to have recorded, and recalls it.
protocol Recorder: AnyObject {
  /// Whether something waits for a ``commit()``.
  var hasPending: Bool { get }

  /// Whether this process can never record again, though another may.
  var isBeyondMending: Bool { get }

  /// The conversation's id in the transcript, once its opening is recorded;
  /// another one in a transcript that took the place of the first.
  var conversation: Int64? { get }

  /// How the peer's words come; set before the first ``commit()``.
  var protection: Protection? { get set }

  /// When somebody of this name was here last with another key than the present one
  /// has; see `TranscriptWriter.otherKey`.
  func otherKey(of handle: Handle) throws(TranscriptError) -> Timestamp?

  /// How the conversation ended, where ``commit()`` left that to the keeper: its
  /// peer had said nothing.
  var wordlessEnd: (by: Party?, reason: CloseReason, detail: String?)? { get }

  /// Why recording went on in a new transcript, once: what was recorded before is
  /// not in it.
  func takeLoss() -> TranscriptError?

  /// Takes an entry to be committed with the next ``commit()``.
  func enqueue(_ entry: Entry)

  /// What only shares a commit is not to wait for another.
  func hurry()

  /// Keeps everything asked for, at once, or nothing of it.
  ///
  /// - Throws: ``TranscriptError``. What was asked for is forgotten then: the
  ///   conversation asks again.
  func commit() throws(TranscriptError)

  /// What was last said with `peer`, the oldest first.
  func lastMessages(
    with peer: Handle, limit: Int
  ) throws(TranscriptError) -> [Event]

  /// The handle of another peer of this server, once it has said it; `nil`
  /// too where nobody can know.
  func handle(of peer: WaitingPeer) throws(TranscriptError) -> String?
}
