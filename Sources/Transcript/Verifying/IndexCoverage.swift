/// Which messages a full-text table has, by its own list of them
/// (https://www.sqlite.org/fts5.html#fts5_data_structures), read beside the events.
struct IndexCoverage {
  let slot: SearchSlot
  /// How many words its messages have, as it says of each.
  private(set) var words: Int64 = 0
  private let sizes: Statement
  /// The next message in it; `nil` at the end.
  private var next: Int64?
  private var missing: Int64 = 0
  private var firstMissing: Int64?
  /// Entries without a message.
  private var extra: Int64 = 0

  init(_ slot: SearchSlot, _ connection: Connection) throws(TranscriptError) {
    self.slot = slot
    sizes = try connection.prepare("SELECT id, sz FROM \(slot.table)_docsize ORDER BY id")
    try advance()
  }

  /// To be given every message, in their order.
  mutating func see(message seq: Int64) throws(TranscriptError) {
    while let entry = next, entry < seq {
      extra += 1
      try advance()
    }
    if next == seq { return try advance() }
    if seq > slot.through { return }
    missing += 1
    firstMissing = firstMissing ?? seq
  }

  /// After the last message.
  mutating func findings() throws(TranscriptError) -> [Finding] {
    while next != nil {
      extra += 1
      try advance()
    }
    var findings: [Finding] = []
    if let firstMissing { findings.append(.notIndexed(count: missing, first: firstMissing)) }
    if extra > 0 { findings.append(.indexedWithoutMessage(count: extra)) }
    return findings
  }

  private mutating func advance() throws(TranscriptError) {
    next = nil
    guard try sizes.step() else { return }
    next = sizes.integer(at: 0)
    // Seven bits of each byte, the highest first.
    var size: Int64 = 0
    for byte in sizes.blob(at: 1) { size = size << 7 | Int64(byte & 0x7f) }
    words &+= size
  }
}
