import ChatCore

/// Checks a transcript against SQLite's rules and its own.
///
/// A transcript that is being written, one whose server was killed at any
/// moment, and one that was pruned are all good, and are never accused.
package struct Verifier {
  let connection: Connection
  private let keys: SealKeys
  private var result = Verification()

  package init(_ connection: Connection, _ keys: SealKeys = .none) {
    self.connection = connection
    self.keys = keys
  }

  /// - Parameter progress: is given from time to time how many events were
  ///   looked at.
  /// - Returns: what was found.
  /// - Throws: what SQLite reports when the file cannot be read at all.
  package mutating func verify(
    _ progress: (Int) -> Void
  ) throws(TranscriptError) -> Verification {
    do throws(TranscriptError) {
      return try look(progress)
    } catch {
      guard error.isOfLongValue else { throw error }
      // What comes after it cannot be looked at without the memory that it takes.
      try nameLongValues()
      return result
    }
  }

  /// Those in the transcript's own tables; where there is none, what SQLite says of one that
  /// lies elsewhere.
  private mutating func nameLongValues() throws(TranscriptError) {
    let tables = [
      "event", "conversation", "handle", "server_run", "resumption", "resume", "refusal", "seal",
    ]
    for table in tables {
      let rows = try connection.prepare("SELECT rowid FROM \(table) ORDER BY rowid")
      let whole = try connection.prepare("SELECT * FROM \(table) WHERE rowid = ?1")
      while try rows.step(), result.findings.count < Verification.maximumFindings {
        let row = rows.integer(at: 0)
        whole.bind(row, at: 1)
        do throws(TranscriptError) {
          try whole.run()
        } catch {
          guard error.isOfLongValue else { throw error }
          result.add(.tooLong(table: table, row: row))
        }
      }
    }
    if result.findings.isEmpty { result.add(.integrity("string or blob too big")) }
  }

  private mutating func look(_ progress: (Int) -> Void) throws(TranscriptError) -> Verification {
    try checkIntegrity()
    // Rows of a file that SQLite calls damaged prove nothing.
    if !result.findings.isEmpty { return result }
    try checkSchema()
    // Nor do those of a table whose columns have other names.
    if !result.findings.isEmpty { return result }
    // For what looks into the index. Not to be changed in a transaction
    // (https://www.sqlite.org/pragma.html#pragma_temp_store).
    try connection.execute("PRAGMA temp_store = MEMORY")
    // One view: what is written meanwhile is not looked at by halves.
    try connection.execute("BEGIN")
    do throws(TranscriptError) {
      try checkReferences()
      try checkEvents(progress)
      try count()
    } catch {
      try? connection.execute("ROLLBACK")
      throw error
    }
    try connection.execute("COMMIT")
    result.isWhole = true
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

  /// https://www.sqlite.org/pragma.html#pragma_foreign_key_check; of events
  /// ``EventCheck`` looks at the first of each conversation.
  private mutating func checkReferences() throws(TranscriptError) {
    for table in Declarations.own
    where table.type == "table" && table.name != "event" && table.sql.contains("REFERENCES") {
      let statement = try connection.prepare("PRAGMA foreign_key_check(\(table.name))")
      while try statement.step() {
        result.add(
          .reference(
            table: statement.text(at: 0), row: statement.integerOrNil(at: 1),
            parent: statement.text(at: 2)))
      }
    }
  }

  private mutating func checkEvents(_ progress: (Int) -> Void) throws(TranscriptError) {
    var walk = EventCheck(connection)
    var chain = ChainCheck(connection)
    var totals = try TotalsCheck(connection)
    var index = try IndexCheck(connection)
    try walk.walk(&chain, &totals, &index, progress)
    result.events = walk.events
    result.messages = walk.messages
    result.unindexed = index.unindexed
    let silent = try connection.prepare(
      """
      SELECT c.id FROM conversation AS c
      WHERE NOT EXISTS (SELECT 1 FROM event AS e WHERE e.conversation_id = c.id)
      """)
    var findings = walk.findings
    findings += try chain.unexplainedHandles()
    findings += try chain.unexplainedReturns()
    findings += try chain.runs()
    findings += try ResumptionCheck(connection).findings()
    while try silent.step(), findings.count < Verification.maximumFindings {
      findings.append(.noOpen(conversation: silent.integer(at: 0)))
    }
    var gaps = GapCheck(connection, events: walk.gaps)
    findings += try gaps.check()
    result.prunedConversations = gaps.prunedConversations
    var seals = SealCheck(connection, keys)
    findings += try seals.check()
    result.seals = seals.summary
    findings += try index.findings()
    findings += try totals.findings()
    for finding in findings { result.add(finding) }
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
