/// Makes the checksums of the rows again and compares: the part of `history
/// verify` that sees a byte which changed inside a row.
struct ChecksumCheck {
  private let connection: Connection
  private let hasChecksums: Bool
  private var handles: Set<Int64> = []
  private var opens: Set<Int64> = []
  /// Events that have a checksum.
  private(set) var covered: Int64 = 0

  /// - Throws: what SQLite reports.
  init(_ connection: Connection) throws(TranscriptError) {
    self.connection = connection
    // A transcript that only version 1 has written may not be migrated, and is
    // read as it is.
    hasChecksums = try connection.integer("PRAGMA user_version") ?? 0 >= 2
  }

  /// Every event in its order: its id, then ``EventValues/columns``.
  var select: String {
    let columns = EventValues.covered + [hasChecksums ? "checksum" : "NULL"]
    return "SELECT id, \(columns.joined(separator: ", ")) FROM event ORDER BY id"
  }

  /// Looks at the row of ``select`` that `statement` stands on; to be given
  /// every one, in their order.
  ///
  /// - Returns: what is wrong with it.
  /// - Throws: what SQLite reports.
  mutating func check(_ statement: Statement) throws(TranscriptError) -> Finding? {
    let seq = statement.integer(at: 0)
    let conversation = statement.integer(at: 1)
    let last = EventValues.covered.count
    guard let stored = statement.integerOrNil(at: last + 1) else {
      return covered > 0 ? .noChecksum(seq: seq) : nil
    }
    covered += 1
    var checksum = RowChecksum()
    var isNamed = true
    switch EventKind(rawValue: statement.integer(at: 3)) {
    case .open:
      opens.insert(conversation)
      try describe(conversation, Self.openColumns) { row in
        checksum.add(row, Self.openColumns.indices)
      }
    case .handle:
      handles.insert(conversation)
      try describe(conversation, Self.handleColumns) { row in
        checksum.add(row, 0..<1)
        isNamed = row.bytesOrNil(at: 1) == statement.bytesOrNil(at: Self.textColumn)
      }
    case .message, .close, nil: break
    }
    checksum.add(statement, 1..<(last + 1))
    if checksum.stored != stored { return .checksum(conversation: conversation, seq: seq) }
    return isNamed ? nil : .handle(conversation: conversation)
  }

  /// After the last event: conversations that have a handle or a dialect,
  /// where no event gave them one.
  ///
  /// - Throws: what SQLite reports.
  func unexplainedHandles() throws(TranscriptError) -> [Finding] {
    var findings: [Finding] = []
    let select = try connection.prepare(
      "SELECT id FROM conversation WHERE handle_id IS NOT NULL OR dialect IS NOT NULL ORDER BY id")
    while try select.step() {
      let id = select.integer(at: 0)
      if opens.contains(id), !handles.contains(id) { findings.append(.handle(conversation: id)) }
    }
    return findings
  }

  /// - Throws: what SQLite reports.
  func runs() throws(TranscriptError) -> [Finding] {
    guard hasChecksums else { return [] }
    var findings: [Finding] = []
    var isCovered = false
    let columns = RunChecksum.columns + ["checksum"]
    let select = try connection.prepare(
      "SELECT \(columns.joined(separator: ", ")) FROM server_run ORDER BY id")
    while try select.step() {
      let run = select.integer(at: 0)
      guard let stored = select.integerOrNil(at: RunChecksum.columns.count) else {
        if isCovered { findings.append(.noRunChecksum(run)) }
        continue
      }
      isCovered = true
      if RunChecksum.of(select).stored != stored { findings.append(.runChecksum(run)) }
    }
    return findings
  }

  private static let textColumn = 6
  /// In the order of ``ConversationWriter/checksum(opened:)``.
  private static let openColumns = ["run_id", "opened_at", "peer_address", "peer_port", "mode"]
  private static let handleColumns = [
    "dialect", "(SELECT h.name FROM handle AS h WHERE h.id = handle_id)",
  ]

  /// Hands over what the conversation's own row says.
  private func describe(
    _ conversation: Int64, _ columns: [String], _ body: (Statement) -> Void
  ) throws(TranscriptError) {
    let select = try connection.cached(
      "SELECT \(columns.joined(separator: ", ")) FROM conversation WHERE id = ?1")
    select.bind(conversation, at: 1)
    defer { select.reset() }
    if try select.step() { body(select) }
  }
}
