import ChatCore
import ChatPosix
import Transcript

/// An event as a row of fields, for the formats that machines read.
struct EventFields {
  let kind: String
  let from: Party?
  var handle: String?
  var text: String?
  var raw: [UInt8]?
  var isHeld = false
  var reason: String?
  var detail: String?
  var undelivered: Int?
  var peer: String?
  var port: Int?

  init(_ event: Event, of conversation: ConversationSummary) {
    kind = event.kind.rawValue
    from = event.party
    handle = conversation.handle(of: event.party)
    switch event.content {
    case .open:
      peer = conversation.peer
      port = conversation.port
    case .handle(let name): handle = name
    case .message(let said):
      text = said.text
      raw = said.raw
      isHeld = said.isHeld
    case .mode(let mode): text = mode.rawValue
    case .drop(let drop):
      reason = drop.reason.rawValue
      detail = drop.detail
    case .resume(let resume): peer = resume.peer
    case .close(let close):
      reason = close.reason.rawValue
      detail = close.detail
      undelivered = close.undelivered
    case .unknown(let other):
      text = other.text
      reason = other.reason
      detail = other.detail
    }
  }
}

extension Event.Resume {
  /// As ``ConversationSummary/peer``.
  var peer: String { SocketAddress.text(host: address, port: port) }
}

extension ConversationSummary {
  /// Its id, and where several transcripts are read, which it is in:
  /// `north/transcript.db:12`.
  var label: String { transcript.map { "\($0):\(id)" } ?? String(id) }

  /// Where the client came from, as one word: `127.0.0.1:50112`, or
  /// `[::1]:50112` (RFC 5952 section 6).
  var peer: String {
    SocketAddress.text(host: peerAddress, port: peerPort)
  }

  /// Its close, where it has one, and when that was.
  var close: (Event.Close, at: Timestamp)? {
    if case .closed(let close, let at) = ending { (close, at) } else { nil }
  }

  /// When it had ended at the latest, of a lost one.
  var endedBefore: Timestamp? {
    if case .lost(let before) = ending { before } else { nil }
  }
}
