import ChatCore
import Transcript

/// `-o csv`: a header, then a record a line (RFC 4180, with line feeds, as
/// Unix tools expect). Times are in UTC. Text is as received, unless it goes
/// to a terminal.
struct CSVFormat: HistoryFormat {
  let isForTerminal: Bool
  private var hasHeader = false
  private var stamps = StampWriter(zone: .utc)

  init(isForTerminal: Bool = false) {
    self.isForTerminal = isForTerminal
  }

  mutating func listed(_ conversation: ConversationSummary, into output: inout OutputBuffer) {
    head(
      "id,client,server,peer,port,opened,closed,state,ended_by,reason,last_event,ended_before,messages",
      conversation, into: &output)
    let close = conversation.close
    output.add(conversation.id)
    field(conversation.client, into: &output)
    field(conversation.server, into: &output)
    field(conversation.peer, into: &output)
    number(conversation.port, into: &output)
    time(conversation.opened, into: &output)
    time(close?.at, into: &output)
    field(conversation.ending.state.rawValue, into: &output)
    field(close?.0.party?.rawValue, into: &output)
    field(close?.0.reason.rawValue, into: &output)
    time(conversation.lastEvent, into: &output)
    time(conversation.endedBefore, into: &output)
    number(conversation.messageCount, into: &output)
    end(conversation, into: &output)
  }

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout OutputBuffer
  ) {
    head(
      "seq,conversation,time,kind,from,handle,text,text_base64,held,reason,peer,port",
      conversation, into: &output)
    output.add(event.seq)
    number(event.conversation, into: &output)
    time(event.time, into: &output)
    if case .message(let said) = event.content {
      write(said, of: conversation, into: &output)
    } else {
      write(EventFields(event, of: conversation), into: &output)
    }
    end(conversation, into: &output)
  }

  /// Most of all there is: it has no reason and no address.
  private func write(
    _ said: Event.Said, of conversation: ConversationSummary, into output: inout OutputBuffer
  ) {
    output.add(ours: said.party == .client ? ",message,client" : ",message,server")
    field(conversation.handle(of: said.party), into: &output)
    field(said.text, into: &output)
    field(said.raw.map(Base64.encode), into: &output)
    output.add(ours: said.isHeld ? ",true,,," : ",,,,")
  }

  private func write(_ fields: EventFields, into output: inout OutputBuffer) {
    field(fields.kind, into: &output)
    field(fields.from?.rawValue, into: &output)
    field(fields.handle, into: &output)
    field(fields.text, into: &output)
    field(fields.raw.map(Base64.encode), into: &output)
    output.add(ours: fields.isHeld ? ",true" : ",")
    field(fields.reason, into: &output)
    field(fields.peer, into: &output)
    number(fields.port, into: &output)
  }

  private mutating func head(
    _ names: StaticString, _ conversation: ConversationSummary, into output: inout OutputBuffer
  ) {
    if hasHeader { return }
    hasHeader = true
    output.add(ours: names)
    output.add(ours: conversation.transcript == nil ? "\n" : ",transcript\n")
  }

  /// Where several transcripts are read, each record names its own.
  private func end(_ conversation: ConversationSummary, into output: inout OutputBuffer) {
    if let transcript = conversation.transcript { field(transcript, into: &output) }
    output.add(ours: "\n")
  }

  private mutating func time(_ time: Timestamp?, into output: inout OutputBuffer) {
    output.add(byte: Self.comma)
    if let time { stamps.full(time, into: &output) }
  }

  private func number(_ number: (some BinaryInteger)?, into output: inout OutputBuffer) {
    output.add(byte: Self.comma)
    if let number { output.add(number) }
  }

  private func field(_ field: String?, into output: inout OutputBuffer) {
    output.add(byte: Self.comma)
    guard let field, !field.isEmpty else { return }
    var text = isForTerminal ? TextSanitizer.escapedOnOneLine(field) : field
    text.withUTF8 { bytes in
      // Bytes, since a carriage return and a line feed are one character.
      var mustQuote = false
      for byte in bytes {
        mustQuote = byte == Self.comma || byte == Self.mark || byte < 0x20 || mustQuote
      }
      guard mustQuote else { return output.add(bytes: bytes) }
      output.add(byte: Self.mark)
      output.add(bytes: bytes, isReplaced: { $0 == Self.mark }) { output, _ in
        output.add(ours: "\"\"")
      }
      output.add(byte: Self.mark)
    }
  }

  private static var comma: UInt8 { UInt8(ascii: ",") }
  private static var mark: UInt8 { UInt8(ascii: "\"") }
}
