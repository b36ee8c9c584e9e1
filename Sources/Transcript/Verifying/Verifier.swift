import ChatCore

/// Checks a transcript against SQLite's rules and its own.
///
/// A transcript that is being written, one whose server was killed at any
/// moment, and one that was pruned are all good, and are never accused.
package struct Verifier {
  let connection: Connection
  private var result = Verification()

  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// - Parameter progress: is given from time to time how many events were
  ///   looked at.
  /// - Returns: what was found.
  /// - Throws: what SQLite reports when the file cannot be read at all.
  package mutating func verify(
    _ progress: (Int) -> Void
  ) throws(TranscriptError) -> Verification {
    try checkIntegrity()
    // Rows of a file that SQLite calls damaged prove nothing.
    if !result.findings.isEmpty { return result }
    try checkSchema()
    // Nor do those of a table whose columns have other names.
    if !result.findings.isEmpty { return result }
    // For the copy of the index. Not to be changed in a transaction
    // (https://www.sqlite.org/pragma.html#pragma_temp_store).
    try connection.execute("PRAGMA temp_store = MEMORY")
    // One view: what is written meanwhile is not looked at by halves.
    try connection.execute("BEGIN")
    do throws(TranscriptError) {
      try checkReferences()
      try checkEvents(progress)
      try checkGaps()
      try checkIndex()
      try count()
    } catch {
      try? connection.execute("ROLLBACK")
      throw error
    }
    try connection.execute("COMMIT")
    return result
  }

  /// https://www.sqlite.org/pragma.html#pragma_integrity_check
  private mutating func checkIntegrity() throws(TranscriptError) {
    let statement = try connection.prepare(
      "PRAGMA integrity_check(\(Verification.maximumFindings))")
    while try statement.step() {
      let line = statement.text(at: 0)
      if line != "ok" { result.add(.integrity(line)) }
    }
  }

  /// https://www.sqlite.org/pragma.html#pragma_foreign_key_check
  private mutating func checkReferences() throws(TranscriptError) {
    let statement = try connection.prepare("PRAGMA foreign_key_check")
    while try statement.step() {
      result.add(
        .reference(
          table: statement.text(at: 0), row: statement.integerOrNil(at: 1),
          parent: statement.text(at: 2)))
    }
  }

  /// How far a conversation has come.
  private struct Progress {
    var isClosed = false
    var numbers: (client: Int64, server: Int64) = (0, 0)
  }

  /// One walk over all events in their order.
  private mutating func checkEvents(_ progress: (Int) -> Void) throws(TranscriptError) {
    var states: [Int64: Progress] = [:]
    var checksums = ChecksumCheck(connection)
    let statement = try connection.prepare(ChecksumCheck.select)
    while try statement.step() {
      let seq = statement.integer(at: .id)
      let conversation = statement.integer(at: .conversation)
      let kind = Event.Kind(rawValue: statement.text(at: .kind))
      if let finding = try checksums.check(statement) { result.add(finding) }
      result.events += 1
      progress(Int(result.events))
      guard var state = states[conversation] else {
        if kind != .open { result.add(.noOpen(conversation: conversation)) }
        states[conversation] = Progress(isClosed: kind == .close)
        continue
      }
      if state.isClosed {
        result.add(
          kind == .close
            ? .secondClose(conversation: conversation, seq: seq)
            : .afterClose(conversation: conversation, seq: seq))
      }
      if kind == .close { state.isClosed = true }
      if kind == .message, let party = Party(stored: statement.integerOrNil(at: .party)) {
        result.messages += 1
        check(number: statement.integer(at: .number), party, conversation, seq, &state)
      }
      states[conversation] = state
    }
    result.coveredEvents = checksums.covered
    for finding in try checksums.unexplainedHandles() { result.add(finding) }
    for finding in try checksums.runs() { result.add(finding) }
    let silent = try connection.prepare(
      """
      SELECT c.id FROM conversation AS c
      WHERE NOT EXISTS (SELECT 1 FROM event AS e WHERE e.conversation_id = c.id)
      """)
    while try silent.step() { result.add(.noOpen(conversation: silent.integer(at: 0))) }
  }

  private mutating func check(
    number: Int64, _ party: Party, _ conversation: Int64, _ seq: Int64, _ state: inout Progress
  ) {
    let last = party == .client ? state.numbers.client : state.numbers.server
    let expected = last == .max ? last : last + 1
    // A database that was made while the conversation went on, since the first
    // one was deleted, begins with a later number. A first message that was
    // taken away leaves a gap in the event numbers.
    if number != expected, last > 0 || number < 1 {
      result.add(
        .number(
          conversation: conversation, seq: seq, party, expected: expected, found: number))
    }
    switch party {
    case .client: state.numbers.client = number
    case .server: state.numbers.server = number
    }
  }

  private mutating func checkGaps() throws(TranscriptError) {
    var gaps = GapCheck(connection)
    for finding in try gaps.check() { result.add(finding) }
    result.prunedConversations = gaps.prunedConversations
    result.missingEvents = gaps.missingEvents
    result.explainedEvents = gaps.explainedEvents
  }

  private mutating func checkIndex() throws(TranscriptError) {
    let index = try IndexCheck(connection)
    result.unindexed = try index.unindexed()
    switch try index.structure() {
    case .good: break
    case .tooLarge: result.isIndexStructureUnchecked = true
    case .damaged:
      // What it finds, or does not, proves nothing.
      return result.add(.indexStructure)
    }
    for finding in try index.check() { result.add(finding) }
  }

  private mutating func count() throws(TranscriptError) {
    result.conversations = try connection.integer("SELECT count(*) FROM conversation") ?? 0
    let statement = try connection.prepare("SELECT id FROM server_run WHERE stopped_at IS NULL")
    while try statement.step() {
      let run = statement.integer(at: 0)
      if !RunLock.isHeld(database: connection.path, run: run) { result.unendedRuns += 1 }
    }
  }
}

/// The declarations of tables, indexes and views, compared with what the schema
/// makes. A name that changed there makes a whole column unreadable, and no row
/// shows it.
extension Verifier {
  private mutating func checkSchema() throws(TranscriptError) {
    let found = try Declarations.found(connection)
    for declaration in Declarations.missing(in: found) { result.add(.schema(declaration.name)) }
    for declaration in Declarations.foreign(in: found) {
      result.add(.added(type: declaration.type, name: declaration.name))
    }
    result.otherTables = Declarations.others(in: found)
  }
}
