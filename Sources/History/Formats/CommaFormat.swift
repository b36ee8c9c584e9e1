import ChatCore
import Transcript

/// `-o csv`: a header, then a record a line (RFC 4180, with line feeds, as
/// Unix tools expect). Times are in UTC. Text is as received, unless it goes
/// to a terminal.
public struct CommaFormat: HistoryFormat {
  let isForTerminal: Bool
  private var hasHeader = false

  public init(isForTerminal: Bool = false) {
    self.isForTerminal = isForTerminal
  }

  public mutating func listed(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    head(
      [
        "id", "client", "server", "peer", "port", "opened", "closed", "state", "ended_by",
        "reason", "last_event", "ended_before", "messages",
      ], into: &output)
    var closed: Timestamp?
    var party: Party?
    var reason: CloseReason?
    var before: Timestamp?
    switch conversation.ending {
    case .open: break
    case .closed(let at, let by, let why, _): (closed, party, reason) = (at, by, why)
    case .lost(let limit): before = limit
    }
    write(
      [
        String(conversation.id), conversation.client ?? "", conversation.server,
        PeerName.text(address: conversation.peerAddress, port: conversation.peerPort),
        String(conversation.port), time(conversation.opened), time(closed),
        conversation.ending.state.rawValue, party?.rawValue ?? "", reason?.rawValue ?? "",
        time(conversation.lastEvent), time(before), String(conversation.messageCount),
      ], into: &output)
  }

  public mutating func event(
    _ event: TranscriptEvent, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout some TextOutputStream
  ) {
    head(
      [
        "seq", "conversation", "time", "kind", "from", "handle", "text", "text_base64", "held",
        "reason", "peer", "port",
      ], into: &output)
    let fields = EventFields(event)
    write(
      [
        String(event.seq), String(event.conversation), time(event.time), fields.kind.rawValue,
        fields.from?.rawValue ?? "", fields.handle ?? "", fields.text ?? "",
        fields.raw.map(Base64.encode) ?? "", fields.isHeld ? "true" : "",
        fields.reason?.rawValue ?? "", fields.peer ?? "", fields.port.map(String.init) ?? "",
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
