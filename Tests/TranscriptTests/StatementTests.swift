import CSQLite
import Testing

@testable import Transcript

@Suite struct StatementTests {
  private func memory() throws -> (Scratch, Connection) {
    let scratch = Scratch()
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    return (scratch, try Connection(path: scratch.path, flags: flags))
  }

  @Test func bindsAndReadsEveryType() throws {
    let (scratch, connection) = try memory()
    let statement = try connection.prepare("SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7")
    statement.bind(Int64.min, at: 1)
    statement.bind("a\0b\u{e9}\u{1f389}", at: 2)
    statement.bind([0, 0xff, 0x80], at: 3)
    statement.bind(nil as String?, at: 4)
    statement.bind("", at: 5)
    statement.bind([UInt8](), at: 6)
    #expect(try statement.step())
    #expect(statement.integer(at: 0) == Int64.min)
    #expect(statement.text(at: 1) == "a\0b\u{e9}\u{1f389}")
    #expect(statement.bytesOrNil(at: 2) == [0, 0xff, 0x80])
    #expect(statement.textOrNil(at: 3) == nil)
    #expect(statement.textOrNil(at: 4) == "")
    #expect(statement.bytesOrNil(at: 5) == [])
    #expect(statement.isNull(at: 6) && statement.integerOrNil(at: 6) == nil)
    #expect(try !statement.step())
    _ = scratch
  }

  @Test func keepsStatementsAndLeavesBusyOnesAlone() throws {
    let (scratch, connection) = try memory()
    let sql = "SELECT 1 UNION SELECT 2"
    let first = try connection.cached(sql)
    #expect(try connection.cached(sql) === first)
    #expect(try first.step())
    let second = try connection.cached(sql)
    #expect(second !== first)
    #expect(try second.step() && second.integer(at: 0) == 1)
    #expect(try first.step() && first.integer(at: 0) == 2)
    _ = scratch
  }

  @Test func anErrorCarriesTheStatementAndNoValue() throws {
    let (scratch, connection) = try memory()
    try connection.execute("CREATE TABLE t (a TEXT UNIQUE) STRICT")
    let insert = try connection.prepare("INSERT INTO t VALUES (?1)")
    insert.bind("a secret", at: 1)
    try insert.run()
    let error = #expect(throws: TranscriptError.self) { try insert.run() }
    #expect(error?.kind == .constraint && error?.code == SQLITE_CONSTRAINT | (8 << 8))
    #expect(error?.sql == "INSERT INTO t VALUES (?1)")
    #expect(error?.path == scratch.path)
    #expect(error.map { !"\($0)".contains("secret") } == true)
  }

  @Test func aTransactionThatThrowsKeepsNothing() throws {
    let (scratch, connection) = try memory()
    try connection.execute("CREATE TABLE t (a INTEGER NOT NULL) STRICT")
    let thrown = try kind {
      try connection.write { () throws(TranscriptError) in
        try connection.execute("INSERT INTO t VALUES (1)")
        try connection.execute("INSERT INTO t VALUES (NULL)")
      }
    }
    #expect(thrown == .constraint)
    #expect(!connection.isInTransaction)
    #expect(try connection.integer("SELECT count(*) FROM t") == 0)
    _ = scratch
  }
}
