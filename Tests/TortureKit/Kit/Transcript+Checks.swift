import ChatCore
import Transcript

/// What a transcript holds, read by a connection of its own.
enum TranscriptCheck {
  /// The events of the newest conversation but its open, as words; empty when
  /// there is none.
  static func newest(_ path: String) throws -> [String] {
    let reader = try TranscriptReader(path: path)
    guard let summary = try reader.summaries(newest: 1).first else { return [] }
    return try reader.events(conversation: summary.id).map(words)
  }

  static func words(_ event: TranscriptEvent) -> String {
    switch event.kind {
    case .open: "open"
    case .handle(let name): "handle \(name)"
    case .message(let party, _, let number, let text, _, let held):
      "\(party)\(held ? " held" : "") \(number) \(text)"
    case .close(let party, _, let reason, _, _):
      "close \(party.map { "\($0)" } ?? "nobody") \(reason)"
    }
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
