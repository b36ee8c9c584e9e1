import ChatCore

/// Makes the checksums of the rows again and compares: the part of `history
/// verify` that sees a byte which changed inside a row.
struct ChecksumCheck {
  private let connection: Connection
  private var handles = IDSet()
  private var opens = IDSet()
  /// Handles that came as a native client's, with their `seq`, in conversations
  /// that have turned out to be an original's: a second such event says so.
  private var superseded: [Int64: Int64] = [:]
  /// Events that have a checksum.
  private(set) var covered: Int64 = 0

  init(_ connection: Connection) {
    self.connection = connection
  }

  /// Every event in its order: ``Event/columns``, then the checksum.
  static let select =
    "SELECT \(Event.columns.joined(separator: ", ")), checksum FROM event ORDER BY id"

  /// Looks at the row of ``select`` that `statement` is at; to be given
  /// every one, in their order.
  ///
  /// - Returns: what is wrong with it.
  /// - Throws: what SQLite reports.
  mutating func check(_ statement: Statement) throws(TranscriptError) -> Finding? {
    let seq = statement.integer(at: .id)
    let conversation = statement.integer(at: .conversation)
    guard let stored = statement.integerOrNil(at: Event.columns.count) else {
      return covered > 0 ? .noChecksum(seq: seq) : nil
    }
    covered += 1
    var checksum = RowChecksum()
    var isNamed = true
    var isSuperseded = false
    switch Event.Kind(rawValue: statement.text(at: .kind)) {
    case .open:
      opens.insert(conversation)
      try describe(conversation, RowChecksum.conversationColumns) { row in
        checksum.add(row, RowChecksum.conversationColumns.indices)
      }
    case .handle:
      handles.insert(conversation)
      try describe(conversation, Self.handleColumns) { row in
        checksum.add(row, 0..<1)
        isSuperseded =
          row.text(at: 0) == Dialect.original.rawValue && isNative(statement, checksum: stored)
        isNamed = row.bytesOrNil(at: 1) == statement.bytesOrNil(at: Event.Column.text.rawValue)
      }
    case .resume:
      if let resume = try connection.resume(seq) { checksum.add(resume.values) }
    // Nothing else says anything of another row.
    default: break
    }
    // Not the id; see ``EventInsertion``.
    checksum.add(statement, Event.columns.indices.dropFirst())
    if isSuperseded {
      superseded[conversation] = seq
    } else if checksum.stored != stored {
      return .checksum(conversation: conversation, seq: seq)
    } else if Event.Kind(rawValue: statement.text(at: .kind)) == .handle {
      superseded[conversation] = nil
    }
    return isNamed ? nil : .handle(conversation: conversation)
  }

  private func isNative(_ event: Statement, checksum stored: Int64) -> Bool {
    var checksum = RowChecksum()
    checksum.add(.text(Dialect.native.rawValue))
    checksum.add(event, Event.columns.indices.dropFirst())
    return checksum.stored == stored
  }

  /// After the last event: conversations that have a handle or a dialect,
  /// where no event gave them one.
  ///
  /// - Throws: what SQLite reports.
  func unexplainedHandles() throws(TranscriptError) -> [Finding] {
    var findings = superseded.sorted { $0.value < $1.value }.map {
      Finding.checksum(conversation: $0.key, seq: $0.value)
    }
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
    try rows("server_run", RowChecksum.runColumns, Finding.runChecksum, Finding.noRunChecksum)
  }

  /// - Throws: what SQLite reports.
  func resumptions() throws(TranscriptError) -> [Finding] {
    try rows(
      "resumption", RowChecksum.resumptionColumns, Finding.resumptionChecksum,
      Finding.noResumptionChecksum)
  }

  /// Every row of a table whose own column has its checksum; the first of its columns is
  /// its key.
  private func rows(
    _ table: String, _ columns: [String], _ changed: (Int64) -> Finding,
    _ uncovered: (Int64) -> Finding
  ) throws(TranscriptError) -> [Finding] {
    var findings: [Finding] = []
    var isCovered = false
    let select = try connection.prepare(
      "SELECT \((columns + ["checksum"]).joined(separator: ", ")) FROM \(table) ORDER BY 1")
    while try select.step() {
      let key = select.integer(at: 0)
      guard let stored = select.integerOrNil(at: columns.count) else {
        if isCovered { findings.append(uncovered(key)) }
        continue
      }
      isCovered = true
      var checksum = RowChecksum()
      checksum.add(select, columns.indices)
      if checksum.stored != stored { findings.append(changed(key)) }
    }
    return findings
  }

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
