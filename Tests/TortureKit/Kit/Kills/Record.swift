import ChatCore
import Harness
import Transcript

/// What the transcript says of one conversation.
struct Record {
  /// The texts of each side; that they are numbered from 1 without a gap is
  /// checked when they are read.
  var client: [String] = []
  var server: [String] = []
  var ending: Ending

  /// The conversation of `handle`, once it is over; `nil` when there is none.
  static func settled(of handle: String, in database: String, among newest: Int = 4) throws
    -> Record?
  {
    var last: Ending?
    var found: Record?
    try Deadline.poll("\(handle) is over, not \(last.map { "\($0)" } ?? "there")") {
      let reader = try TranscriptReader(path: database)
      guard let summary = try reader.summaries(newest: newest).first(where: { $0.client == handle })
      else {
        found = nil
        return true
      }
      last = summary.ending
      if case .open = summary.ending { return false }
      found = try Record(reader, summary)
      return true
    }
    return found
  }

  private init(_ reader: TranscriptReader, _ summary: ConversationSummary) throws {
    ending = summary.ending
    for event in try reader.events(conversation: summary.id) {
      guard case .message(let party, _, let number, let text, _, _) = event.kind else { continue }
      switch party {
      case .client: client.append(text)
      case .server: server.append(text)
      }
      let count = party == .client ? client.count : server.count
      try hold(number == count, "\(party)'s message \(number) is recorded as the \(count)th")
    }
  }

  /// How it may end when `victim` is killed.
  func checkEnding(after victim: KillRounds.Victim) throws {
    switch (victim, ending) {
    case (.conversation, .closed(_, .server?, .crashed, "signal 9"?)),
      (.listener, .closed(_, .server?, .sigint, _)),
      (.both, .lost), (.both, .closed(_, .server?, .crashed, _)),
      (.both, .closed(_, .server?, .sigint, _)),
      (.client, .closed(_, .client?, .eof, _)), (.client, .closed(_, nil, .reset, _)):
      break
    default: throw TortureFailure("it ended as \(ending)")
    }
  }
}
