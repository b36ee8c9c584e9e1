import ChatCore

/// One row of the table `event`, but for its id, which SQLite gives.
struct EventValues {
  let conversation: Int64
  let time: Timestamp
  let kind: EventKind
  var party: Party?
  var number: Int?
  var text: String?
  var raw: [UInt8]?
  var isHeld = false
  var reason: CloseReason?
  var detail: String?
  var undelivered: Int?
  /// What the event describes in other rows, to be covered by its checksum.
  var described = RowChecksum()

  init(_ conversation: Int64, at time: Timestamp, _ kind: EventKind) {
    self.conversation = conversation
    self.time = time
    self.kind = kind
  }
}

extension EventValues {
  /// What the checksum is over, in this order; never to be changed.
  static let covered = [
    "conversation_id", "at", "kind", "party", "number", "text", "raw", "held", "reason", "detail",
    "undelivered",
  ]

  /// The columns in the order in which ``bind(to:row:)`` gives their values.
  static let columns = covered + ["checksum"]

  /// Over all values, after what the event describes. Not over the id, which
  /// SQLite gives only with the row: that ids have an order and no gaps, and
  /// that they stand in the index of the conversations, covers it.
  private var checksum: RowChecksum {
    var checksum = described
    checksum.add(conversation)
    checksum.add(time.milliseconds)
    checksum.add(kind.rawValue)
    checksum.add(party?.stored)
    checksum.add(number.map(Int64.init))
    checksum.add(text)
    checksum.add(raw)
    checksum.add(isHeld ? 1 : nil as Int64?)
    checksum.add(reason?.rawValue)
    checksum.add(detail)
    checksum.add(undelivered.map(Int64.init))
    return checksum
  }

  /// Gives `statement` the values of its row `row`, from 0. What is not bound
  /// must be NULL, as ``Statement/clear()`` leaves it.
  func bind(to statement: Statement, row: Int) {
    let base = row * Self.columns.count
    statement.bind(conversation, at: base + 1)
    statement.bind(time.milliseconds, at: base + 2)
    statement.bind(kind.rawValue, at: base + 3)
    if let party { statement.bind(party.stored, at: base + 4) }
    if let number { statement.bind(Int64(number), at: base + 5) }
    if let text { statement.bind(text, at: base + 6) }
    if let raw { statement.bind(raw, at: base + 7) }
    if isHeld { statement.bind(1, at: base + 8) }
    if let reason { statement.bind(reason.rawValue, at: base + 9) }
    if let detail { statement.bind(detail, at: base + 10) }
    if let undelivered { statement.bind(Int64(undelivered), at: base + 11) }
    statement.bind(checksum.stored, at: base + 12)
  }
}
