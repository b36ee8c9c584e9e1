import ChatCore
import Transcript

/// `-o tsv`: fields parted by tabs, without a header; what is unknown is
/// empty. No field holds a tab or a line feed: they are escaped.
///
/// A conversation: id, opened, closed, client, messages, ending. An event:
/// seq, time, conversation, kind, from, handle, text (of a close its reason,
/// of an open the peer's address).
struct TSVFormat: HistoryFormat {
  let zone: Zone
  let terminator: String

  init(zone: Zone, terminator: String = "\n") {
    self.zone = zone
    self.terminator = terminator
  }

  mutating func listed(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    let closed = conversation.close.map { Stamp.full($0.at, in: zone) } ?? ""
    write(
      [
        String(conversation.id), Stamp.full(conversation.opened, in: zone), closed,
        conversation.client ?? "", String(conversation.messageCount),
        EndingWords.word(conversation.ending),
      ], into: &output)
  }

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout some TextOutputStream
  ) {
    let fields = EventFields(event, of: conversation)
    write(
      [
        String(event.seq), Stamp.full(event.time, in: zone), String(event.conversation),
        fields.kind, fields.from?.rawValue ?? "", fields.handle ?? "",
        fields.text ?? fields.reason ?? fields.peer ?? "",
      ], into: &output)
  }

  private func write(_ fields: [String], into output: inout some TextOutputStream) {
    let safe = fields.map { TextSanitizer.escapedOnOneLine($0) }
    output.write(safe.joined(separator: "\t"))
    output.write(terminator)
  }
}
