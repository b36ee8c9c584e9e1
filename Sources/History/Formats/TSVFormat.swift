import ChatCore
import Transcript

/// `-o tsv`: fields parted by tabs, without a header; what is unknown is
/// empty. No field holds a tab or a line feed: they are escaped.
///
/// A conversation: id, opened, closed, client, messages, ending. An event:
/// seq, time, conversation, kind, from, handle, text (of a close its reason,
/// of an open the peer's address).
struct TSVFormat: HistoryFormat {
  let terminator: String
  private var stamps: StampWriter

  init(zone: Zone, terminator: String = "\n") {
    stamps = StampWriter(zone: zone)
    self.terminator = terminator
  }

  mutating func listed(_ conversation: ConversationSummary, into output: inout OutputBuffer) {
    output.add(labelOf: conversation)
    output.add(ours: "\t")
    stamps.full(conversation.opened, into: &output)
    output.add(ours: "\t")
    if let close = conversation.close { stamps.full(close.at, into: &output) }
    field(conversation.client, into: &output)
    output.add(ours: "\t")
    output.add(conversation.messageCount)
    field(EndingWords.word(conversation.ending), into: &output)
    output.add(terminator)
  }

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout OutputBuffer
  ) {
    let fields = EventFields(event, of: conversation)
    output.add(event.seq)
    output.add(ours: "\t")
    stamps.full(event.time, into: &output)
    output.add(ours: "\t")
    output.add(labelOf: conversation)
    field(fields.kind, into: &output)
    field(fields.from?.rawValue, into: &output)
    field(fields.handle, into: &output)
    field(fields.text ?? fields.reason ?? fields.peer, into: &output)
    output.add(terminator)
  }

  private func field(_ text: String?, into output: inout OutputBuffer) {
    output.add(ours: "\t")
    if let text { output.add(safe: text) }
  }
}
