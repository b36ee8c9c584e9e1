import ChatCore
import Transcript

/// `-o json`: JSON Lines (one object a line, RFC 8259), times in UTC with
/// milliseconds. A conversation's object comes before the first of its
/// events. Keys of version 1 are only ever added to; every key of a kind is
/// always there, null when unknown, except `text_base64`, `held`, `context`,
/// `detail`, `undelivered` and `transcript`, which are there when there is
/// something to say.
/// An event of a kind that this version does not know has what it has of them.
struct JSONFormat: HistoryFormat {
  /// Objects, for reading spread over rows: `-o json-pretty`.
  private let row: JSONRow
  let showsCounts = true
  private var stamps = StampWriter(zone: .utc)
  /// The conversations whose objects are written, of each transcript.
  private var written: [String?: IDSet] = [:]

  /// Of those, the last with each end of an id: found without a hash.
  private var recent = [Place?](repeating: nil, count: slots)
  private static let slots = 32

  /// Ids are a transcript's own.
  private struct Place: Equatable {
    var transcript: String?
    var id: Int64
  }

  init(isPretty: Bool = false) {
    row = JSONRow(isPretty: isPretty)
  }

  mutating func listed(_ conversation: ConversationSummary, into output: inout OutputBuffer) {
    write(conversation, into: &output)
  }

  mutating func entered(_ conversation: ConversationSummary, into output: inout OutputBuffer) {
    let place = Place(transcript: conversation.transcript, id: conversation.id)
    // Some go on at a time, and each event may be of another.
    let slot = Int(place.id & Int64(Self.slots - 1))
    if recent[slot] == place { return }
    recent[slot] = place
    if written[place.transcript]?.contains(place.id) == true { return }
    written[place.transcript, default: IDSet()].insert(place.id)
    write(conversation, into: &output)
  }

  mutating func transcriptChanged() {
    written.removeAll()
    recent = [Place?](repeating: nil, count: Self.slots)
  }

  private mutating func write(
    _ conversation: ConversationSummary, into output: inout OutputBuffer
  ) {
    let close = conversation.close
    row.member("{\"v\":", 1, into: &output)
    row.member(",\"type\":", "conversation", into: &output)
    row.member(",\"id\":", conversation.id, into: &output)
    writeTranscript(of: conversation, into: &output)
    row.member(",\"client\":", conversation.client, into: &output)
    row.member(",\"server\":", conversation.server, into: &output)
    row.member(",\"peer\":", conversation.peer, into: &output)
    row.member(",\"port\":", conversation.port, into: &output)
    row.member(",\"opened\":", conversation.opened, &stamps, into: &output)
    row.member(",\"closed\":", close?.at, &stamps, into: &output)
    row.member(",\"state\":", conversation.ending.state.rawValue, into: &output)
    row.member(",\"ended_by\":", close?.0.party?.rawValue, into: &output)
    row.member(",\"reason\":", close?.0.reason.rawValue, into: &output)
    row.member(",\"last_event\":", conversation.lastEvent, &stamps, into: &output)
    row.member(",\"ended_before\":", conversation.endedBefore, &stamps, into: &output)
    row.member(",\"messages\":", conversation.messageCount, into: &output)
    row.member(",\"encrypted\":", conversation.protection?.isEncrypted, into: &output)
    row.member(",\"key\":", conversation.protection?.key, into: &output)
    row.end(into: &output)
  }

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout OutputBuffer
  ) {
    row.member("{\"v\":1,\"type\":\"event\",\"seq\":", event.seq, into: &output)
    row.member(",\"conversation\":", event.conversation, into: &output)
    writeTranscript(of: conversation, into: &output)
    row.member(",\"time\":", event.time, &stamps, into: &output)
    if case .message(let said) = event.content {
      write(said, of: conversation, into: &output)
    } else {
      write(event, of: conversation, into: &output)
    }
    if role == .context { flag(",\"context\":", into: &output) }
    row.end(into: &output)
  }

  /// There where several are read.
  private func writeTranscript(
    of conversation: ConversationSummary, into output: inout OutputBuffer
  ) {
    guard let transcript = conversation.transcript else { return }
    row.member(",\"transcript\":", transcript, into: &output)
  }

  /// Most of all there is: what is the same in each is written at once.
  private func write(
    _ said: Event.Said, of conversation: ConversationSummary, into output: inout OutputBuffer
  ) {
    switch said.party {
    case .client:
      row.ours(",\"kind\":\"message\",\"from\":\"client\",\"handle\":", into: &output)
      row.value(conversation.client, into: &output)
    case .server:
      row.ours(",\"kind\":\"message\",\"from\":\"server\",\"handle\":", into: &output)
      row.value(conversation.server, into: &output)
    }
    row.member(",\"text\":", said.text, into: &output)
    if let raw = said.raw { row.member(",\"text_base64\":", Base64.encode(raw), into: &output) }
    if said.isHeld { flag(",\"held\":", into: &output) }
  }

  /// What an event of another kind has.
  private func write(
    _ event: Event, of conversation: ConversationSummary, into output: inout OutputBuffer
  ) {
    switch event.kind {
    case .known(let kind): row.member(",\"kind\":", word: kind.rawValue, into: &output)
    case .unknown(let kind): row.member(",\"kind\":", kind, into: &output)
    }
    switch event.content {
    case .open:
      row.member(",\"peer\":", conversation.peer, into: &output)
      row.member(",\"port\":", conversation.port, into: &output)
    case .handle(let name):
      row.member(",\"handle\":", name, into: &output)
    case .message: break
    case .mode(let mode):
      row.member(",\"mode\":", mode.rawValue, into: &output)
    case .drop(let drop):
      row.member(",\"reason\":", drop.reason.rawValue, into: &output)
      if let detail = drop.detail { row.member(",\"detail\":", detail, into: &output) }
    case .resume(let resume):
      row.member(",\"peer\":", resume.peer, into: &output)
      row.member(",\"moved\":", resume.hasMoved, into: &output)
      row.member(",\"away_ms\":", resume.away, into: &output)
      row.member(",\"encrypted\":", resume.protection?.isEncrypted, into: &output)
      row.member(",\"key\":", resume.protection?.key, into: &output)
    case .close(let close):
      writeSpeaker(close.party, of: conversation, into: &output)
      row.member(",\"reason\":", close.reason.rawValue, into: &output)
      if let detail = close.detail { row.member(",\"detail\":", detail, into: &output) }
      if let count = close.undelivered, count > 0 {
        row.member(",\"undelivered\":", count, into: &output)
      }
    case .unknown(let other):
      writeSpeaker(other.party, of: conversation, into: &output)
      if let text = other.text { row.member(",\"text\":", text, into: &output) }
      if let reason = other.reason { row.member(",\"reason\":", reason, into: &output) }
      if let detail = other.detail { row.member(",\"detail\":", detail, into: &output) }
    }
  }

  private func writeSpeaker(
    _ party: Party?, of conversation: ConversationSummary, into output: inout OutputBuffer
  ) {
    row.member(",\"from\":", word: party?.rawValue, into: &output)
    row.member(",\"handle\":", conversation.handle(of: party), into: &output)
  }

  private func flag(_ key: StaticString, into output: inout OutputBuffer) {
    row.key(key, into: &output)
    output.add(ours: "true")
  }
}

extension JSONObject.Value {
  /// RFC 3339 in UTC, as JSON has no times.
  static func time(_ time: Timestamp?) -> Self {
    .string(time.map { Stamp.full($0, in: .utc) })
  }
}
