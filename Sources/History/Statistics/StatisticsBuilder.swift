import ChatCore
import Transcript

/// Works a report out of what was counted; of events, one at a time, where only some
/// of them are meant.
struct StatisticsBuilder {
  enum Unit: String, CaseIterable {
    case day
    case hour
  }

  private let zone: Zone
  private let unit: Unit
  private var report = StatisticsReport()
  /// Messages by quarters of an hour of UTC: every zone's hours and days are
  /// made of whole ones. Those that are not in ``spans`` and the report's week yet.
  private var quarters: [Int64: Int] = [:]
  /// Messages by the beginnings of days, or hours.
  private var spans: [CalendarTime: Int] = [:]
  private var speakers: [Speaker: StatisticsReport.Speaker] = [:]

  /// Conversations whose events are being added.
  private var talks: [Int64: Begun] = [:]
  /// Those of which no more is to come, for ``takeEnded()``.
  private var ended: [Begun] = []
  /// The one that the last event was of, not yet put back.
  private var current: Begun?
  /// The quarter that the last message was in, and how many more it has.
  private var currentQuarter: Int64 = 0
  private var currentCount = 0

  /// What was counted of a conversation's events.
  struct Begun {
    var id: Int64
    var first: Timestamp
    var talk: Talk
  }

  private struct Speaker: Hashable {
    var name: String?
    var party: Party
  }

  private static let quarter: Int64 = 900_000
  /// Six weeks: those of years would take megabytes.
  private static let mostQuarters = 4096
  /// As many as a person reads in a table.
  static let longestCount = 5

  init(zone: Zone, unit: Unit) {
    self.zone = zone
    self.unit = unit
  }

  mutating func add(_ counted: Counted) {
    switch counted {
    case .quarter(let start, let clients, let servers):
      add(clients + servers, inQuarter: Self.quarter(of: start))
    case .reply(let reply, let count): add(reply, count)
    case .conversation(let conversation): add(conversation)
    case .links(let drops, let resumes):
      report.drops += drops
      report.resumes += resumes
    }
  }

  private static func quarter(of time: Timestamp) -> Int64 {
    time.withStamp.milliseconds.flooredQuotient(by: quarter)
  }

  private mutating func add(_ reply: Reply, _ count: Int) {
    switch reply.party {
    case .client: report.clientReplies.add(step: reply.step, count)
    case .server: report.serverReplies.add(step: reply.step, count)
    }
  }

  /// One that never had the floor and in which nothing was said does not count.
  private mutating func add(_ conversation: CountedConversation) {
    let talk = conversation.talk
    if conversation.floor == nil, talk.messages == 0 {
      report.silent += 1
      return
    }
    report.conversations += 1
    report.messages += Int(talk.messages)
    report.messagesOfClients += Int(talk.clients)
    report.messagesOfServers += Int(talk.servers)
    if let from = talk.saidFrom, let to = talk.saidTo {
      report.firstMessage = min(report.firstMessage ?? from, from)
      report.lastMessage = max(report.lastMessage ?? to, to)
    }
    add(Int(talk.clients), by: Speaker(name: conversation.client, party: .client))
    add(Int(talk.servers), by: Speaker(name: conversation.server, party: .server))
    addLength(conversation)
  }

  private mutating func add(_ messages: Int, by key: Speaker) {
    if messages == 0 { return }
    speakers[
      key,
      default: StatisticsReport.Speaker(
        name: key.name, party: key.party, conversations: 0, messages: 0)
    ].add(messages)
  }

  /// From the floor on: before, it waited.
  private mutating func addLength(_ conversation: CountedConversation) {
    guard let floor = conversation.floor else { return }
    let elapsed = max(0, conversation.talk.last.elapsed(since: max(conversation.first, floor)))
    let length = StatisticsReport.Length(
      conversation: conversation.id, client: conversation.client,
      seconds: elapsed / 1000 + (elapsed % 1000 >= 500 ? 1 : 0),
      messages: Int(conversation.talk.messages))
    let place = report.longest.firstIndex {
      ($0.seconds, length.conversation) < (length.seconds, $0.conversation)
    }
    report.longest.insert(length, at: place ?? report.longest.endIndex)
    if report.longest.count > Self.longestCount { report.longest.removeLast() }
  }

  mutating func finish() -> StatisticsReport {
    putBack()
    fold()
    report.spans = spans.map { StatisticsReport.Span(start: $0.key, messages: $0.value) }
      .sorted { $0.start.milliseconds < $1.start.milliseconds }
    report.handles = speakers.values.sorted(by: StatisticsReport.Speaker.isBefore)
    return report
  }

  private mutating func add(_ messages: Int, inQuarter quarter: Int64) {
    quarters[quarter, default: 0] += messages
    if quarters.count >= Self.mostQuarters { fold() }
  }

  /// Adds up the quarters by the calendar of the zone.
  private mutating func fold() {
    for (quarter, count) in quarters {
      let time = Timestamp(milliseconds: quarter * Self.quarter)
      let local = zone.calendarTime(of: time).0
      report.week[local.day.weekday][local.hour] += count
      let start = CalendarTime(local.day, hour: unit == .hour ? local.hour : 0)
      spans[start, default: 0] += count
    }
    quarters.removeAll(keepingCapacity: true)
  }
}

/// Of single events.
extension StatisticsBuilder {
  mutating func add(_ event: TalliedEvent) {
    // Events of one conversation mostly come one after the other: it is looked
    // up once for all of them, which is a third of the work.
    if event.conversation != current?.id { change(to: event) }
    if let reply = current?.talk.add(at: event.time, by: event.speaker) { add(reply, 1) }
    if event.speaker != nil {
      let quarter = Self.quarter(of: event.time)
      if quarter != currentQuarter {
        putBackQuarter()
        currentQuarter = quarter
      }
      currentCount += 1
    }
    if event.isDrop { report.drops += 1 }
    if event.isResume { report.resumes += 1 }
    if event.isClose, let current {
      ended.append(current)
      talks[current.id] = nil
      self.current = nil
    }
  }

  /// What was added of conversations that are over, or after the last event of all:
  /// who talked in them is to be looked up and added.
  mutating func takeEnded(isLast: Bool) -> [Begun] {
    if isLast {
      putBack()
      ended += talks.values
      talks = [:]
    } else if ended.count < Self.mostEnded {
      return []
    }
    defer { ended.removeAll(keepingCapacity: true) }
    return ended
  }

  private static let mostEnded = 256

  private mutating func change(to event: TalliedEvent) {
    putBack()
    current =
      talks[event.conversation]
      ?? Begun(id: event.conversation, first: event.time, talk: Talk(last: event.time))
  }

  private mutating func putBack() {
    if let current { talks[current.id] = current }
    current = nil
    putBackQuarter()
  }

  private mutating func putBackQuarter() {
    if currentCount > 0 { add(currentCount, inQuarter: currentQuarter) }
    currentCount = 0
  }
}

extension StatisticsReport.Speaker {
  fileprivate mutating func add(_ more: Int) {
    conversations += 1
    messages += more
  }
}
