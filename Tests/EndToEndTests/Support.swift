import ChatCore
import Harness
import Transcript

/// Keys as a terminal sends them.
enum Keys {
  static let interrupt = "\u{3}"
  static let endOfFile = "\u{4}"
  static let enter = "\r"
  static let killLine = "\u{15}"
  static let suspend = "\u{1a}"
  static let up = "\u{1b}[A"
}

extension Stage {
  /// Every conversation in the transcript as one line, the oldest first.
  func transcript(at path: String? = nil) throws -> [String] {
    let reader = try Archive(path: path ?? database)
    return try reader.summaries().map { summary in
      let said = try reader.messages(summary.id).map { said in
        "\(said.party) \(said.number) \(said.text)\(said.isHeld ? " (held)" : "")"
      }
      let dialect = summary.dialect.map { " \($0.rawValue)" } ?? ""
      return "\(summary.client ?? "-")\(dialect): \(said.joined(separator: ", "))"
        + "; \(summary.ending.words)"
    }
  }

  /// The bytes kept beside the messages that had to be repaired.
  func rawMessages() throws -> [[UInt8]] {
    let reader = try Archive(path: database)
    return try reader.summaries().flatMap { try reader.messages($0.id).compactMap(\.raw) }
  }

  /// How many runs of the server have no recorded end.
  func runsUnstopped() throws -> Int64 {
    try integer("SELECT count(*) FROM server_run WHERE stopped_at IS NULL")
  }

  /// The first column of the first row.
  func integer(_ sql: String) throws -> Int64 {
    let reader = try Archive(path: database)
    let select = try reader.connection.prepare(sql)
    guard try select.step() else { throw HarnessFailure("\(sql) gave no row") }
    return select.integer(at: 0)
  }
}

extension Ending {
  var words: String {
    switch self {
    case .open: "open"
    case .lost: "lost"
    case .closed(let close, _):
      "closed by \(close.party.map { "\($0)" } ?? "nobody"), \(close.reason.rawValue)"
        + (close.detail.map { " (\($0))" } ?? "")
    }
  }
}

extension Archive {
  fileprivate func summaries() throws -> [ConversationSummary] {
    let cursor = conversations(ConversationFilter(), newestFirst: false, counting: false)
    var summaries: [ConversationSummary] = []
    while let summary = try cursor.next() { summaries.append(summary) }
    return summaries
  }

  fileprivate func messages(_ conversation: Int64) throws -> [Event.Said] {
    var filter = EventFilter()
    filter.conversations = [IDRange(conversation)]
    let cursor = try events(filter, newestFirst: false)
    var messages: [Event.Said] = []
    while let event = try cursor.next() {
      if let said = event.said { messages.append(said) }
    }
    return messages
  }
}
