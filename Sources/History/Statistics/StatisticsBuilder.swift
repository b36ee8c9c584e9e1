import ChatCore
import Transcript

/// Works a report out of events, one at a time.
struct StatisticsBuilder {
  enum Unit: String, CaseIterable {
    case day
    case hour
  }

  private let zone: Zone
  private let unit: Unit
  private var report = StatisticsReport()
  private var talks: [Int64: Talk] = [:]
  /// Messages by quarters of an hour of UTC: every zone's hours and days are
  /// made of whole ones.
  private var quarters: [Int64: Int] = [:]
  /// The conversation that the last event was of, not yet put back.
  private var currentID: Int64?
  private var current = Talk(
    first: Timestamp(milliseconds: 0), last: Timestamp(milliseconds: 0),
    lastMessage: Timestamp(milliseconds: 0))
  /// The quarter that the last message was in, and how many more it has.
  private var currentQuarter: Int64 = 0
  private var currentCount = 0

  private struct Talk {
    var first: Timestamp
    var last: Timestamp
    var clients = 0
    var servers = 0
    var lastSpeaker: Party?
    var lastMessage: Timestamp
  }

  /// What is known of a conversation beside its events.
  struct Known {
    var client: String?
    var server: String
    /// When it got the floor; `nil` when it never did.
    var floor: Timestamp?
  }

  private static let quarter: Int64 = 900_000
  /// As many as a person reads in a table.
  private static let longestCount = 5

  init(zone: Zone, unit: Unit) {
    self.zone = zone
    self.unit = unit
  }

  mutating func add(_ event: TalliedEvent) {
    // Events of one conversation mostly come one after the other: it is looked
    // up once for all of them, which is a third of the work.
    if event.conversation != currentID { change(to: event) }
    current.last = event.time
    if let speaker = event.speaker { addMessage(event.time, speaker) }
  }

  private mutating func change(to event: TalliedEvent) {
    putBack()
    currentID = event.conversation
    current =
      talks[event.conversation]
      ?? Talk(first: event.time, last: event.time, lastMessage: event.time)
  }

  private mutating func putBack() {
    if let currentID { talks[currentID] = current }
    if currentCount > 0 { quarters[currentQuarter, default: 0] += currentCount }
    currentCount = 0
  }

  private mutating func addMessage(_ time: Timestamp, _ party: Party) {
    report.messages += 1
    report.firstMessage = min(report.firstMessage ?? time, time)
    report.lastMessage = max(report.lastMessage ?? time, time)
    let quarter = time.withStamp.milliseconds.flooredQuotient(by: Self.quarter)
    if quarter != currentQuarter {
      putBack()
      currentQuarter = quarter
    }
    currentCount += 1
    let isReply = current.lastSpeaker == party.other
    let elapsed = time.elapsed(since: current.lastMessage)
    switch party {
    case .client:
      current.clients += 1
      report.messagesOfClients += 1
      if isReply { report.clientReplies.add(elapsed) }
    case .server:
      current.servers += 1
      report.messagesOfServers += 1
      if isReply { report.serverReplies.add(elapsed) }
    }
    current.lastSpeaker = party
    current.lastMessage = time
  }

  /// Who talked in each conversation, for those that were added. One that never
  /// had the floor and in which nothing was said does not count.
  mutating func finish(_ known: [Int64: Known]) -> StatisticsReport {
    putBack()
    report.conversations = talks.count { id, talk in
      known[id]?.floor != nil || talk.clients + talk.servers > 0
    }
    report.silent = talks.count - report.conversations
    report.spans = spans()
    report.handles = handles(known)
    report.longest = longest(known)
    return report
  }

  private func spans() -> [StatisticsReport.Span] {
    var counts: [CalendarTime: Int] = [:]
    for (quarter, count) in quarters {
      let time = Timestamp(milliseconds: quarter * Self.quarter)
      var start = zone.calendarTime(of: time).0
      start = CalendarTime(start.day, hour: unit == .hour ? start.hour : 0)
      counts[start, default: 0] += count
    }
    return counts.map { StatisticsReport.Span(start: $0.key, messages: $0.value) }
      .sorted { $0.start.milliseconds < $1.start.milliseconds }
  }

  private func handles(_ names: [Int64: Known]) -> [StatisticsReport.Speaker] {
    struct Key: Hashable {
      var name: String?
      var party: Party
    }
    var speakers: [Key: StatisticsReport.Speaker] = [:]
    func add(_ name: String?, _ party: Party, _ messages: Int) {
      if messages == 0 { return }
      let key = Key(name: name, party: party)
      var speaker =
        speakers[key]
        ?? StatisticsReport.Speaker(name: name, party: party, conversations: 0, messages: 0)
      speaker.conversations += 1
      speaker.messages += messages
      speakers[key] = speaker
    }
    for (id, talk) in talks {
      let name = names[id]
      add(name?.client, .client, talk.clients)
      add(name?.server, .server, talk.servers)
    }
    return speakers.values.sorted { one, other in
      (other.messages, one.name ?? "", one.party.rawValue)
        < (one.messages, other.name ?? "", other.party.rawValue)
    }
  }

  /// From the floor on: before, it waited.
  private func longest(_ known: [Int64: Known]) -> [StatisticsReport.Length] {
    let lengths = talks.compactMap { id, talk -> StatisticsReport.Length? in
      guard let floor = known[id]?.floor else { return nil }
      let elapsed = max(0, talk.last.elapsed(since: max(talk.first, floor)))
      return StatisticsReport.Length(
        conversation: id, client: known[id]?.client,
        seconds: elapsed / 1000 + (elapsed % 1000 >= 500 ? 1 : 0),
        messages: talk.clients + talk.servers)
    }
    let ordered = lengths.sorted { ($1.seconds, $0.conversation) < ($0.seconds, $1.conversation) }
    return Array(ordered.prefix(Self.longestCount))
  }
}
