import ChatCore
import Transcript

/// How a conversation ended, in words.
enum EndingWords {
  /// `client quit`: who and why, as one clause, safe for a terminal.
  static func cause(by party: Party?, _ reason: CloseReason, detail: String?) -> String {
    let who = party?.rawValue ?? "connection"
    let clause =
      switch reason {
      case .quit: "\(who) quit"
      case .eof: "\(who) hung up"
      case .reset: "connection lost"
      case .timeout: "\(who) timed out"
      case .sigint: party == .client ? "client was interrupted" : "server was stopped"
      case .error: "\(who) broke the protocol"
      case .unresponsive: "\(who) stopped reading"
      case .crashed: "server crashed"
      case .full: "no room in line"
      }
    guard let detail, !detail.isEmpty else { return clause }
    return "\(clause) (\(TextSanitizer.escapedOnOneLine(detail)))"
  }

  /// For the last column of the list.
  static func column(_ ending: Ending) -> String {
    switch ending {
    case .open: "still open"
    case .closed(_, let party, let reason, let detail): cause(by: party, reason, detail: detail)
    case .lost: "lost, server stopped"
    }
  }

  /// One word for a script: `open`, `lost`, `client-quit`, `reset`.
  static func word(_ ending: Ending) -> String {
    switch ending {
    case .open: "open"
    case .closed(_, let party?, let reason, _): "\(party.rawValue)-\(reason.rawValue)"
    case .closed(_, nil, let reason, _): reason.rawValue
    case .lost: "lost"
    }
  }
}
