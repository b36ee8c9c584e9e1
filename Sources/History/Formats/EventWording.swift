import ChatCore
import Transcript

/// An event in words, the same on a terminal and in a pipe.
///
/// Every part is one row, safe for a terminal, but for ``text``, which is as
/// received and has to be escaped by the format that uses it.
struct EventWording {
  /// `tatyana> `, or `* ` for what was not said.
  var lead: String
  /// What was said, or what happened.
  var text: String
  /// After the text, of ours.
  var trail = ""
  /// Whose words these are; `nil` when nobody said them.
  var speaker: Party?

  /// `isFull` says whether an open tells the addresses; where a header tells
  /// them, it does not.
  init(_ event: TranscriptEvent, of conversation: ConversationSummary, isFull: Bool) {
    lead = "* "
    switch event.kind {
    case .open(let address, let peerPort, let port):
      text = "connection opened"
      if isFull {
        text += ": from \(PeerName.text(address: address, port: peerPort)) to port \(port)"
      }
    case .handle(let name):
      text = "handle \(TextSanitizer.escapedOnOneLine(name))"
    case .message(let party, let handle, _, let said, _, let isHeld):
      lead = SpeakerName.shown(handle, party, server: conversation.server) + "> "
      text = said
      speaker = party
      if isHeld { trail = " (out of turn, not shown)" }
    case .close(let party, _, let reason, let detail, let undelivered):
      text = "connection closed: " + EndingWords.cause(by: party, reason, detail: detail)
      if let undelivered, undelivered > 0 { trail = " (\(undelivered) not delivered)" }
    }
  }

  /// What follows the lead, on one row.
  var body: String { TextSanitizer.escapedOnOneLine(text) + trail }
}
