import ChatCore
import Transcript

/// `-o json`: JSON Lines (one object a line, RFC 8259), times in UTC with
/// milliseconds. A conversation's object comes before the first of its
/// events. Keys of version 1 are only ever added to; every key of a kind is
/// always there, null when unknown, except `text_base64`, `held`, `context`,
/// `detail` and `undelivered`, which are there when there is something to say.
public struct JSONFormat: HistoryFormat {
  /// Whether objects are spread over rows, for reading: `-o json-pretty`.
  let isPretty: Bool
  public let tellsCounts = true
  private var told: Set<Int64> = []

  public init(isPretty: Bool = false) {
    self.isPretty = isPretty
  }

  public mutating func listed(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    write(Self.object(conversation), into: &output)
  }

  public mutating func entered(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    guard told.insert(conversation.id).inserted else { return }
    write(Self.object(conversation), into: &output)
  }

  public mutating func event(
    _ event: TranscriptEvent, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout some TextOutputStream
  ) {
    var object = Self.object(event)
    if role == .context { object["context"] = .bool(true) }
    write(object, into: &output)
  }

  public mutating func transcriptChanged() {
    told.removeAll()
  }

  private func write(_ object: JSONObject, into output: inout some TextOutputStream) {
    object.write(isPretty: isPretty, into: &output)
    output.write("\n")
  }

  static func object(_ conversation: ConversationSummary) -> JSONObject {
    var object = JSONObject()
    object["v"] = .integer(1)
    object["type"] = .string("conversation")
    object["id"] = .integer(conversation.id)
    object["client"] = .string(conversation.client)
    object["server"] = .string(conversation.server)
    object["peer"] = .string(
      PeerName.text(address: conversation.peerAddress, port: conversation.peerPort))
    object["port"] = .integer(Int64(conversation.port))
    object["opened"] = .time(conversation.opened)
    var closed: Timestamp?
    var party: Party?
    var reason: CloseReason?
    var before: Timestamp?
    switch conversation.ending {
    case .open: break
    case .closed(let at, let by, let why, _): (closed, party, reason) = (at, by, why)
    case .lost(let limit): before = limit
    }
    object["closed"] = .time(closed)
    object["state"] = .string(conversation.ending.state.rawValue)
    object["ended_by"] = .string(party?.rawValue)
    object["reason"] = .string(reason?.rawValue)
    object["last_event"] = .time(conversation.lastEvent)
    object["ended_before"] = .time(before)
    object["messages"] = .integer(Int64(conversation.messageCount))
    return object
  }

  static func object(_ event: TranscriptEvent) -> JSONObject {
    let fields = EventFields(event)
    var object = JSONObject()
    object["v"] = .integer(1)
    object["type"] = .string("event")
    object["seq"] = .integer(event.seq)
    object["conversation"] = .integer(event.conversation)
    object["time"] = .time(event.time)
    object["kind"] = .string(fields.kind.rawValue)
    switch fields.kind {
    case .open:
      object["peer"] = .string(fields.peer)
      object["port"] = fields.port.map { .integer(Int64($0)) } ?? .null
    case .handle:
      object["handle"] = .string(fields.handle)
    case .message:
      object["from"] = .string(fields.from?.rawValue)
      object["handle"] = .string(fields.handle)
      object["text"] = .string(fields.text)
      if let raw = fields.raw { object["text_base64"] = .string(Base64.encode(raw)) }
      if fields.isHeld { object["held"] = .bool(true) }
    case .close:
      object["from"] = .string(fields.from?.rawValue)
      object["handle"] = .string(fields.handle)
      object["reason"] = .string(fields.reason?.rawValue)
      if let detail = fields.detail { object["detail"] = .string(detail) }
      if let count = fields.undelivered, count > 0 {
        object["undelivered"] = .integer(Int64(count))
      }
    }
    return object
  }
}
