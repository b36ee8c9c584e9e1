import ChatCore
import ChatPosix
import ChatTerminal
import Transcript

/// Stands in for the transcript where nothing is kept: what a conversation
/// asks for counts as recorded at once.
///
/// A database in memory would do the same, but grow with every word until the
/// process's limit ended the talk. All that is ever recalled is a screenful, so
/// that is all there is.
final class MemoryRecorder: Recorder {
  private var last: [Event] = []

  private(set) var hasPending = false

  var isBeyondMending: Bool { false }

  func takeLoss() -> TranscriptError? { nil }

  var conversation: Int64? { nil }

  var protection: Protection?

  /// Nobody was here before that is known.
  func otherKey(of handle: Handle) -> Timestamp? { nil }

  var wordlessEnd: (by: Party?, reason: CloseReason, detail: String?)? { nil }

  func enqueue(_ entry: Entry) {
    switch entry {
    // Asks for no commit; see ``Entry/floor``.
    case .floor, .resumable, .acknowledged: return
    case .message(let party, let number, let message):
      remember(Event.Said(by: party, number: number, text: message.text))
    case .held(let number, let message):
      remember(Event.Said(by: .client, number: number, text: message.text, isHeld: true))
    default: break
    }
    hasPending = true
  }

  func commit() { hasPending = false }

  /// Nothing of what shares a commit is kept.
  func hurry() {}

  private func remember(_ said: Event.Said) {
    if last.count == RecentLines.limit { last.removeFirst() }
    let now = Timestamp(milliseconds: Clock.realtimeMilliseconds())
    last.append(Event(conversation: 0, time: now, .message(said)))
  }

  /// Of this conversation alone: those before it are gone with their processes.
  func lastMessages(with peer: Handle, limit: Int) -> [Event] {
    last.suffix(limit)
  }

  /// Only the process that talks with a peer has read its handle, and the
  /// listener, between the two, reads nothing that a peer said.
  func handle(of peer: WaitingPeer) -> String? { nil }
}
