import ChatCore
import ChatSecure
import Transcript

/// The end of a conversation whose process could not record it.
struct ConversationDeath: Hashable {
  /// Its id in the transcript, where its process has reported one. Else its open
  /// may not be recorded either.
  var conversation: Int64?
  /// Its peer's address, numeric.
  var peer: String
  var port: UInt16
  /// When it was opened: no other conversation of the run without a close has
  /// this time, so it names one that has reported no id.
  var openedAt: Timestamp
  /// When its end was noticed.
  var at: Timestamp
  /// Who ended it; `nil` when nobody meant to.
  var by: Party?
  var reason: CloseReason
  /// The signal, the fault.
  var detail: String?
  /// How often another process had gone on with the conversation before the one whose
  /// end this is; where one has since, there is nothing to record. `nil`: nobody counted.
  var epoch: Int64?
}

/// What the listener asks of the keeper: one message on their private socket
/// each.
enum KeeperRequest: Hashable {
  case recordDeath(ConversationDeath)
  /// A client has not come back to its conversation, which has an id, or is not waited
  /// for any more.
  case closeResumable(ConversationDeath)
  /// Connections were closed before they had a process.
  case recordRefusals(RefusedConnections)
  /// A conversation ended: the search index has something to catch up with.
  case index
  /// A conversation has the floor: the index waits until it has not.
  case floorTaken
  case floorFree
  /// Say that you are there.
  case answer
  /// A signer that signs seals with this key has the other end of the socket that you
  /// began with.
  case sealAs(PublicKey)
  /// The run ends in good order: record it and go.
  case stop

  /// Whether the keeper answers when it has recorded this.
  var isConfirmed: Bool {
    switch self {
    case .recordDeath, .closeResumable, .recordRefusals: true
    case .index, .floorTaken, .floorFree, .answer, .sealAs, .stop: false
    }
  }

  var code: RequestCode {
    switch self {
    case .recordDeath: .recordDeath
    case .closeResumable: .closeResumable
    case .recordRefusals: .recordRefusals
    case .index: .index
    case .floorTaken: .floorTaken
    case .floorFree: .floorFree
    case .answer: .answer
    case .sealAs: .sealAs
    case .stop: .stop
    }
  }

  var bytes: [UInt8] {
    ControlWriter.message(code.rawValue) { fields in
      switch self {
      case .recordDeath(let death), .closeResumable(let death):
        fields.add(death.conversation ?? 0)
        fields.add(death.peer)
        fields.add(Int64(death.port))
        fields.add(death.openedAt.milliseconds)
        fields.add(death.at.milliseconds)
        fields.add(death.by)
        fields.add(death.reason.rawValue)
        fields.add(death.detail ?? "")
        fields.add(death.epoch ?? -1)
      case .recordRefusals(let refused):
        fields.add(refused.source)
        fields.add(refused.since.milliseconds)
        fields.add(Int64(refused.count))
      case .sealAs(let key): fields.add(bytes: key.bytes)
      case .index, .floorTaken, .floorFree, .answer, .stop: break
      }
    }
  }

  init(bytes: [UInt8]) throws(ControlError) {
    guard let first = bytes.first else { throw .empty }
    guard let code = RequestCode(rawValue: first) else { throw .unknownCode(first) }
    var fields = ControlReader(bytes.dropFirst())
    switch code {
    case .recordDeath, .closeResumable:
      var death = ConversationDeath(
        conversation: try fields.optionalRowID(), peer: try fields.text(),
        port: UInt16(try fields.integer(in: 0...Int64(UInt16.max))),
        openedAt: try fields.timestamp(), at: try fields.timestamp(), by: try fields.party(),
        reason: try fields.reason())
      let detail = try fields.text()
      if !detail.isEmpty { death.detail = detail }
      let epoch = try fields.integer(in: -1 ... .max)
      if epoch >= 0 { death.epoch = epoch }
      if code == .recordDeath {
        self = .recordDeath(death)
      } else {
        guard death.conversation != nil else { throw .outOfRange }
        self = .closeResumable(death)
      }
    case .recordRefusals:
      self = .recordRefusals(
        RefusedConnections(
          source: try fields.text(), since: try fields.timestamp(), count: try fields.count()))
    case .index: self = .index
    case .floorTaken: self = .floorTaken
    case .floorFree: self = .floorFree
    case .answer: self = .answer
    case .sealAs:
      let bytes = fields.bytes()
      guard bytes.count >= PublicKey.length else { throw .truncated }
      guard let key = PublicKey(bytes) else { throw .trailing }
      self = .sealAs(key)
    case .stop: self = .stop
    }
    try fields.end()
  }
}

/// What the keeper answers. It has read what peers wrote, so to the listener its
/// answers are a stranger's input too.
enum KeeperAnswer: Hashable {
  /// Before the first: a client may come back to this conversation of an earlier run.
  case resumable(ResumableConversation)
  /// The first: the transcript is open, and this is the run's id in it.
  case running(Int64)
  /// Why the transcript cannot be used: in place of the first, or to the stop.
  case failed(TranscriptTrouble)
  /// The oldest of what it was asked to record needs no more asking: it is in the
  /// transcript, or there is nothing to record.
  case recorded
  /// Before ``recorded``: what a client has not confirmed whose end is recorded now.
  case unconfirmed(TranscriptWriter.Unconfirmed)
  /// To ``KeeperRequest/answer``.
  case alive
  /// The newest seal that is known of is not in the transcript any more: its number.
  case sealMissing(Int64)
  /// Why that is kept in memory alone.
  case sealNotKept(KeyTrouble)

  var code: AnswerCode {
    switch self {
    case .resumable: .resumable
    case .running: .running
    case .failed: .failed
    case .recorded: .recorded
    case .unconfirmed: .unconfirmed
    case .alive: .alive
    case .sealMissing: .sealMissing
    case .sealNotKept: .sealNotKept
    }
  }

  var bytes: [UInt8] {
    ControlWriter.message(code.rawValue) { fields in
      switch self {
      case .unconfirmed(let unconfirmed): Self.add(unconfirmed, to: &fields)
      case .resumable(let talk): Self.add(talk, to: &fields)
      case .running(let id): fields.add(id)
      case .failed(let trouble): fields.add(trouble)
      case .sealMissing(let seal): fields.add(seal)
      case .sealNotKept(let trouble): fields.add(trouble)
      case .recorded, .alive: break
      }
    }
  }

  init(bytes: [UInt8]) throws(ControlError) {
    guard let first = bytes.first else { throw .empty }
    guard let code = AnswerCode(rawValue: first) else { throw .unknownCode(first) }
    var fields = ControlReader(bytes.dropFirst())
    switch code {
    case .resumable: self = .resumable(try Self.resumable(&fields))
    case .running: self = .running(try fields.rowID())
    case .failed: self = .failed(try fields.trouble())
    case .recorded: self = .recorded
    case .unconfirmed: self = .unconfirmed(try Self.unconfirmed(&fields))
    case .alive: self = .alive
    case .sealMissing: self = .sealMissing(try fields.rowID())
    case .sealNotKept: self = .sealNotKept(try fields.keyTrouble())
    }
    try fields.end()
  }
}
