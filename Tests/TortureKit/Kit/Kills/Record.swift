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
      let reader = try Archive(path: database)
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

  private init(_ reader: Archive, _ summary: ConversationSummary) throws {
    ending = summary.ending
    for said in try reader.events(of: summary.id).compactMap(\.said) {
      switch said.party {
      case .client: client.append(said.text)
      case .server: server.append(said.text)
      }
      let count = said.party == .client ? client.count : server.count
      try hold(
        said.number == count,
        "\(said.party)'s message \(said.number) is recorded as the \(count)th")
    }
  }

  /// How it may end when `victim` is killed.
  func checkEnding(after victim: KillRounds.Victim) throws {
    guard case .closed(let close, _) = ending else {
      try hold(victim == .both && ending.state == .lost, "it ended as \(ending)")
      return
    }
    switch (victim, close.party, close.reason) {
    case (.conversation, .server?, .known(.crashed)) where close.detail == "signal 9":
      break
    case (.listener, .server?, .known(.crashed)), (.both, .server?, .known(.crashed)),
      (.client, .client?, .known(.eof)),
      (.client, nil, .known(.reset)):
      break
    default: throw TortureFailure("it ended as \(ending)")
    }
  }
}
