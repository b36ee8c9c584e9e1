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
  private var last: [TranscriptWriter.RecalledMessage] = []

  private(set) var hasPending = false

  var isBeyondMending: Bool { false }

  var conversation: Int64? { nil }

  func ask(_ entry: Entry) {
    switch entry {
    // Asks for no commit; see ``Entry/floor``.
    case .floor: return
    case .message(let party, _, let message): remember(message, from: party)
    case .held(_, let message): remember(message, from: .client)
    case .open, .handle, .acknowledged, .close: break
    }
    hasPending = true
  }

  func commit() { hasPending = false }

  private func remember(_ message: Message, from party: Party) {
    if last.count == RecentLines.limit { last.removeFirst() }
    last.append(
      TranscriptWriter.RecalledMessage(
        time: Timestamp(milliseconds: Clock.realtimeMilliseconds()), party: party,
        text: message.text))
  }

  /// Of this conversation alone: those before it are gone with their processes.
  func lastMessages(with peer: Handle, limit: Int) -> [TranscriptWriter.RecalledMessage] {
    last.suffix(limit)
  }

  /// Only the process that talks with a peer has read its handle, and the
  /// listener, between the two, reads nothing that a peer said.
  func handle(of peer: WaitingPeer) -> String? { nil }
}
