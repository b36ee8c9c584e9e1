import ChatCore
import Transcript

/// `-o csv`: a header, then a record a line (RFC 4180, with line feeds, as
/// Unix tools expect). Times are in UTC. Text is as received, unless it goes
/// to a terminal.
struct CSVFormat: HistoryFormat {
  let isForTerminal: Bool
  private var hasHeader = false

  init(isForTerminal: Bool = false) {
    self.isForTerminal = isForTerminal
  }

  mutating func listed(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    head(
      [
        "id", "client", "server", "peer", "port", "opened", "closed", "state", "ended_by",
        "reason", "last_event", "ended_before", "messages",
      ], into: &output)
    let close = conversation.close
    write(
      [
        String(conversation.id), conversation.client ?? "", conversation.server, conversation.peer,
        String(conversation.port), time(conversation.opened), time(close?.at),
        conversation.ending.state.rawValue, close?.0.party?.rawValue ?? "",
        close?.0.reason.rawValue ?? "", time(conversation.lastEvent),
        time(conversation.endedBefore), String(conversation.messageCount),
      ], into: &output)
  }

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout some TextOutputStream
  ) {
    head(
      [
        "seq", "conversation", "time", "kind", "from", "handle", "text", "text_base64", "held",
        "reason", "peer", "port",
      ], into: &output)
    let fields = EventFields(event, of: conversation)
    write(
      [
        String(event.seq), String(event.conversation), time(event.time), fields.kind,
        fields.from?.rawValue ?? "", fields.handle ?? "", fields.text ?? "",
        fields.raw.map(Base64.encode) ?? "", fields.isHeld ? "true" : "",
        fields.reason ?? "", fields.peer ?? "", fields.port.map(String.init) ?? "",
      ], into: &output)
  }

  private func time(_ time: Timestamp?) -> String {
    time.map { Stamp.full($0, in: .utc) } ?? ""
  }

  private mutating func head(_ names: [String], into output: inout some TextOutputStream) {
    if !hasHeader { write(names, into: &output) }
    hasHeader = true
  }

  private func write(_ fields: [String], into output: inout some TextOutputStream) {
    output.write(fields.map(quoted).joined(separator: ","))
    output.write("\n")
  }

  private func quoted(_ field: String) -> String {
    let field = isForTerminal ? TextSanitizer.escapedOnOneLine(field) : field
    // Bytes, since a carriage return and a line feed are one character.
    let mustQuote = field.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte < 0x20
    }
    guard mustQuote else { return field }
    var quoted = "\""
    for scalar in field.unicodeScalars {
      quoted.unicodeScalars.append(scalar)
      if scalar == "\"" { quoted += "\"" }
    }
    return quoted + "\""
  }
}
