import ChatCore
import Transcript

/// `-o json`: JSON Lines (one object a line, RFC 8259), times in UTC with
/// milliseconds. A conversation's object comes before the first of its
/// events. Keys of version 1 are only ever added to; every key of a kind is
/// always there, null when unknown, except `text_base64`, `held`, `context`,
/// `detail` and `undelivered`, which are there when there is something to say.
/// An event of a kind that this version does not know has what it has of them.
struct JSONFormat: HistoryFormat {
  /// Whether objects are spread over rows, for reading: `-o json-pretty`.
  let isPretty: Bool
  let showsCounts = true
  /// The conversations whose objects are written.
  private var written: Set<Int64> = []

  init(isPretty: Bool = false) {
    self.isPretty = isPretty
  }

  mutating func listed(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    write(Self.object(conversation), into: &output)
  }

  mutating func entered(
    _ conversation: ConversationSummary, into output: inout some TextOutputStream
  ) {
    guard written.insert(conversation.id).inserted else { return }
    write(Self.object(conversation), into: &output)
  }

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout some TextOutputStream
  ) {
    var object = Self.object(event, of: conversation)
    if role == .context { object["context"] = .bool(true) }
    write(object, into: &output)
  }

  mutating func transcriptChanged() {
    written.removeAll()
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
    object["peer"] = .string(conversation.peer)
    object["port"] = .integer(Int64(conversation.port))
    object["opened"] = .time(conversation.opened)
    let close = conversation.close
    object["closed"] = .time(close?.at)
    object["state"] = .string(conversation.ending.state.rawValue)
    object["ended_by"] = .string(close?.0.party?.rawValue)
    object["reason"] = .string(close?.0.reason.rawValue)
    object["last_event"] = .time(conversation.lastEvent)
    object["ended_before"] = .time(conversation.endedBefore)
    object["messages"] = .integer(Int64(conversation.messageCount))
    return object
  }

  static func object(_ event: Event, of conversation: ConversationSummary) -> JSONObject {
    let fields = EventFields(event, of: conversation)
    var object = JSONObject()
    object["v"] = .integer(1)
    object["type"] = .string("event")
    object["seq"] = .integer(event.seq)
    object["conversation"] = .integer(event.conversation)
    object["time"] = .time(event.time)
    object["kind"] = .string(fields.kind)
    if event.kind == .known(.open) {
      object["peer"] = .string(fields.peer)
      object["port"] = fields.port.map { .integer(Int64($0)) } ?? .null
      return object
    }
    if event.kind != .known(.handle) { object["from"] = .string(fields.from?.rawValue) }
    object["handle"] = .string(fields.handle)
    if event.kind == .known(.message) || fields.text != nil {
      object["text"] = .string(fields.text)
    }
    if let raw = fields.raw { object["text_base64"] = .string(Base64.encode(raw)) }
    if fields.isHeld { object["held"] = .bool(true) }
    if event.kind == .known(.close) || fields.reason != nil {
      object["reason"] = .string(fields.reason)
    }
    if let detail = fields.detail { object["detail"] = .string(detail) }
    if let count = fields.undelivered, count > 0 { object["undelivered"] = .integer(Int64(count)) }
    return object
  }
}

extension JSONObject.Value {
  /// RFC 3339 in UTC, as JSON has no times.
  static func time(_ time: Timestamp?) -> Self {
    .string(time.map { Stamp.full($0, in: .utc) })
  }
}
