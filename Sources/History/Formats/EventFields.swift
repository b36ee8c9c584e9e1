import ChatCore
import Transcript

/// An event as a row of fields, for the formats that machines read.
struct EventFields {
  var kind: EventFilter.KindName
  var from: Party?
  var handle: String?
  var text: String?
  var raw: [UInt8]?
  var isHeld = false
  var reason: CloseReason?
  var detail: String?
  var undelivered: Int?
  var peer: String?
  var port: Int?

  init(_ event: TranscriptEvent) {
    kind = event.kindName
    switch event.kind {
    case .open(let address, let peerPort, let port):
      peer = PeerName.text(address: address, port: peerPort)
      self.port = port
    case .handle(let name):
      from = .client
      handle = name
    case .message(let party, let handle, _, let text, let raw, let isHeld):
      from = party
      self.handle = handle
      self.text = text
      self.raw = raw
      self.isHeld = isHeld
    case .close(let party, let handle, let reason, let detail, let undelivered):
      from = party
      self.handle = handle
      self.reason = reason
      self.detail = detail
      self.undelivered = undelivered
    }
  }
}

extension TranscriptEvent {
  var kindName: EventFilter.KindName {
    switch kind {
    case .open: .open
    case .handle: .handle
    case .message: .message
    case .close: .close
    }
  }
}
