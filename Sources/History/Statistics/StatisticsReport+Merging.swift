import ChatCore
import Transcript

extension StatisticsReport {
  /// Adds what was worked out of another transcript, called `name`.
  mutating func add(_ other: StatisticsReport, of name: String?) {
    conversations += other.conversations
    silent += other.silent
    drops += other.drops
    resumes += other.resumes
    messages += other.messages
    messagesOfClients += other.messagesOfClients
    messagesOfServers += other.messagesOfServers
    firstMessage = [firstMessage, other.firstMessage].compactMap { $0 }.min()
    lastMessage = [lastMessage, other.lastMessage].compactMap { $0 }.max()
    clientReplies.add(other.clientReplies)
    serverReplies.add(other.serverReplies)
    addSpans(other.spans)
    week = zip(week, other.week).map { zip($0, $1).map(+) }
    addHandles(other.handles)
    longest += other.longest.map { length in
      var length = length
      length.transcript = name
      return length
    }
    // Of equal ones, those of the transcript that was named first come first.
    let ordered = longest.enumerated().sorted {
      ($1.element.seconds, $0.offset) < ($0.element.seconds, $1.offset)
    }
    longest = ordered.prefix(StatisticsBuilder.longestCount).map(\.element)
  }

  private mutating func addSpans(_ others: [Span]) {
    var counts = Dictionary(uniqueKeysWithValues: spans.map { ($0.start, $0.messages) })
    for span in others { counts[span.start, default: 0] += span.messages }
    spans = counts.map { Span(start: $0.key, messages: $0.value) }
      .sorted { $0.start.milliseconds < $1.start.milliseconds }
  }

  private mutating func addHandles(_ others: [Speaker]) {
    struct Key: Hashable {
      var name: String?
      var party: Party
    }
    var sums: [Key: Speaker] = [:]
    for speaker in handles + others {
      let key = Key(name: speaker.name, party: speaker.party)
      guard var sum = sums[key] else {
        sums[key] = speaker
        continue
      }
      sum.conversations += speaker.conversations
      sum.messages += speaker.messages
      sums[key] = sum
    }
    handles = sums.values.sorted(by: Speaker.isBefore)
  }
}

extension StatisticsReport.Speaker {
  /// Whoever has most messages comes first.
  static func isBefore(_ one: Self, _ other: Self) -> Bool {
    (other.messages, one.name ?? "", one.party.rawValue)
      < (one.messages, other.name ?? "", other.party.rawValue)
  }
}

extension StatisticsReport.Length {
  /// The id, and where several transcripts are read, which it is in.
  var label: String { transcript.map { "\($0):\(conversation)" } ?? String(conversation) }
}
