import ChatCore
import Harness
import Transcript

/// What a transcript holds, read by a connection of its own.
enum TranscriptCheck {
  /// The events of the newest conversation but its open, as words; empty when
  /// there is none.
  static func newest(_ path: String) throws -> [String] {
    let reader = try Archive(path: path)
    guard let id = try reader.newestConversation() else { return [] }
    return try reader.events(of: id).map(words)
  }

  static func words(_ event: Event) -> String {
    switch event.content {
    case .handle(let name): "handle \(name)"
    case .message(let said):
      "\(said.party)\(said.isHeld ? " held" : "") \(said.number) \(said.text)"
    case .close(let close):
      "close \(close.party.map { "\($0)" } ?? "nobody") \(close.reason.rawValue)"
    default: event.kind.rawValue
    }
  }

  /// All that chatserve checks, links and seals too.
  static func verify(_ stage: Stage) throws {
    let verify = try stage.onPipes(.chatserve, ["history", "verify"])
    let status = try verify.exitStatus()
    try hold(status == 0, "verify found: \(verify.outputText) \(verify.errorText)")
  }

  /// SQLite's own checks of the whole file.
  static func integrity(_ path: String) throws {
    let connection = try Connection.forReading(path)
    let check = try connection.prepare("PRAGMA integrity_check")
    guard try check.step() else { throw TortureFailure("integrity_check said nothing") }
    try hold(check.text(at: 0) == "ok", "integrity_check: \(check.text(at: 0))")
    let keys = try connection.prepare("PRAGMA foreign_key_check")
    try hold(try !keys.step(), "foreign_key_check found something")
  }
}

extension Archive {
  /// The newest conversations, the newest first.
  func summaries(newest count: Int) throws -> [ConversationSummary] {
    let cursor = conversations(ConversationFilter(), newestFirst: true, counting: false)
    var summaries: [ConversationSummary] = []
    while summaries.count < count, let summary = try cursor.next() { summaries.append(summary) }
    return summaries
  }

  /// All events of a conversation, the oldest first.
  func events(of conversation: Int64) throws -> [Event] {
    var filter = EventFilter()
    filter.conversations = [IDRange(conversation)]
    let cursor = try events(filter, newestFirst: false)
    var events: [Event] = []
    while let event = try cursor.next() { events.append(event) }
    return events
  }
}
