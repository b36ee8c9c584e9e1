import ChatCore
import Transcript

/// `-o transcript`: what the server's screen showed, as the original program
/// prints it, with an empty line between conversations.
public struct TranscriptFormat: HistoryFormat {
  private var isFirst = true

  public init() {}

  public mutating func listed(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    var table = TabFormat(zone: .utc)
    table.listed(conversation, into: &output)
  }

  public mutating func entered(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    if !isFirst { output.write("\n") }
    isFirst = false
  }

  public mutating func event(
    _ event: TranscriptEvent, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout some TextOutputStream
  ) {
    switch event.kind {
    case .open: output.write("Connection with client opened.\n")
    case .handle: break
    case .message(_, _, _, _, _, held: true): break
    case .message(let party, let handle, _, let text, _, _):
      let lead = SpeakerName.shown(handle, party, server: conversation.server) + "> "
      let indent = "\n" + String(repeating: " ", count: lead.count)
      output.write(lead + TextSanitizer.escapedLines(text).joined(separator: indent) + "\n")
    case .close(let party, _, let reason, _, _):
      output.write(Self.closing(by: party, reason) + " Waiting for new connection...\n")
    }
  }

  private static func closing(by party: Party?, _ reason: CloseReason) -> String {
    switch (reason, party) {
    case (.quit, .server), (.sigint, _), (.full, _): "Server requested to close connection."
    case (.quit, _), (.eof, _): "Client requested to close connection."
    case (.timeout, _): "Client timed out after 5 minutes of inactivity."
    case (.reset, _), (.error, _), (.unresponsive, _), (.crashed, _):
      "Connection with client was lost."
    }
  }
}
