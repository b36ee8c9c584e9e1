import ChatCore
import Transcript

/// An event in words, the same on a terminal and in a pipe.
///
/// Every part is one row, safe for a terminal, but for ``text``, which is as
/// received and has to be escaped by the format that uses it.
struct EventWording {
  /// Of whoever said it, safe for a terminal; `nil` for what was not said.
  var name: String?
  /// What was said, or what happened.
  var text: String
  /// After the text, of ours.
  var trail = ""
  /// Whose words these are; `nil` when nobody said them.
  var speaker: Party?

  /// `isFull` says whether an open names the addresses; where a header names
  /// them, it does not.
  init(
    _ event: Event, of conversation: ConversationSummary, isFull: Bool, _ names: inout SpeakerNames
  ) {
    switch event.content {
    case .open:
      text = "connection opened"
      if isFull { text += ": from \(conversation.peer) to port \(conversation.port)" }
    case .handle(let name):
      text = "handle \(TextSanitizer.escapedOnOneLine(name))"
    case .message(let said):
      name = names.name(of: said.party, in: conversation)
      text = said.text
      speaker = said.party
      if said.isHeld { trail = " (out of turn)" }
    case .mode(let mode):
      text = "mode \(TextSanitizer.escapedOnOneLine(mode.rawValue))"
    case .drop(let drop):
      text = "link lost"
      if let detail = drop.detail, !detail.isEmpty {
        trail = " (\(TextSanitizer.escapedOnOneLine(detail)))"
      }
    case .resume(let resume):
      text = "link back after \(Stamp.span(seconds: resume.away / 1000))"
      if resume.hasMoved { text += ", from \(TextSanitizer.escapedOnOneLine(resume.address))" }
    case .close(let close):
      text = "connection closed: " + EndingWords.cause(close)
      if let undelivered = close.undelivered, undelivered > 0 {
        trail = " (\(undelivered) not delivered)"
      }
    case .unknown(let other):
      let parts = [other.text, other.reason, other.detail].compactMap { $0 }
      text = ([other.kind] + parts).joined(separator: ": ")
    }
  }

  /// `tatyana> `, or `* ` for what was not said.
  var lead: String { name.map { "\($0)> " } ?? "* " }

  /// How a speaker is called before the `>`: the handle, safe for a terminal. A
  /// client whose handle is the server's, or would be taken for it, is marked as
  /// on the live screen: `SERVER(client)`.
  static func name(of party: Party, in conversation: ConversationSummary) -> String {
    guard let handle = conversation.handle(of: party) else { return party.rawValue }
    switch party {
    case .client: return DisplayName.of(handle, .client, besides: conversation.server)
    case .server: return TextSanitizer.escapedOnOneLine(handle)
    }
  }
}

/// How a conversation ended, in words.
enum EndingWords {
  /// `client quit`: who and why, as one clause, safe for a terminal.
  static func cause(_ close: Event.Close) -> String {
    let who = close.party?.rawValue ?? "connection"
    let clause =
      switch close.reason {
      case .known(.quit): "\(who) quit"
      case .known(.eof): "\(who) hung up"
      case .known(.reset): "connection lost"
      case .known(.timeout): "\(who) timed out"
      case .known(.sigint):
        close.party == .client ? "client was interrupted" : "server was stopped"
      case .known(.restart): "server was stopped for a restart"
      case .known(.error): "\(who) broke the protocol"
      case .known(.unresponsive): "\(who) stopped reading"
      case .known(.crashed): "server crashed"
      case .known(.full): "the queue was full"
      case .known(.othersWaited): "connection lost, and others waited"
      case .known(.blocked): "the client's key was blocked"
      case .unknown(let word): "\(who) \(TextSanitizer.escapedOnOneLine(word))"
      }
    guard let detail = close.detail, !detail.isEmpty else { return clause }
    return "\(clause) (\(TextSanitizer.escapedOnOneLine(detail)))"
  }

  /// For the last column of the list.
  static func column(_ ending: Ending) -> String {
    switch ending {
    case .open: "still open"
    case .closed(let close, _): cause(close)
    case .lost: "lost, server stopped"
    }
  }

  /// One word for a script: `open`, `lost`, `client-quit`, `reset`.
  static func word(_ ending: Ending) -> String {
    switch ending {
    case .open: "open"
    case .closed(let close, _):
      (close.party.map { "\($0.rawValue)-" } ?? "") + close.reason.rawValue
    case .lost: "lost"
    }
  }
}
