import ChatCore
import Testing

@testable import Transcript

@Suite struct ChecksumTests {
  let scratch = Scratch()

  @Test func theCheckIsThatOfZlib() {
    var crc = CRC32()
    #expect(crc.value == 0)
    for byte in "1234".utf8 { crc.add(byte) }
    Array("56789".utf8).withUnsafeBytes { crc.add($0) }
    #expect(crc.value == 0xcbf4_3926)
  }

  @Test func eightBytesAtOnceAreTheSameAsOneByOne() {
    let bytes = (0..<64).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
    for start in 0..<8 {
      for end in start...bytes.count {
        var one = CRC32()
        var many = CRC32()
        for byte in bytes[start..<end] { one.add(byte) }
        bytes.withUnsafeBytes { many.add(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
        #expect(one.value == many.value, "\(start)..<\(end)")
      }
    }
    var word = CRC32()
    var itsBytes = CRC32()
    word.add(word: 0x8877_6655_4433_2211)
    for byte in stride(from: UInt8(0x11), through: 0x88, by: 0x11) { itsBytes.add(byte) }
    #expect(word.value == itsBytes.value)
  }

  /// What is on disk was made so, and is to be read for years.
  @Test func theBytesAreThoseOfTheTable() {
    var checksum = RowChecksum()
    checksum.add(.null)
    checksum.add(.integer(-2))
    checksum.add(.text("hé"))
    checksum.add(.blob([0xff]))
    var crc = CRC32()
    let bytes: [UInt8] =
      [0] + [1, 0xfe] + [UInt8](repeating: 0xff, count: 7)
      + [2, 3, 0, 0, 0, 0, 0, 0, 0, 0x68, 0xc3, 0xa9] + [3, 1, 0, 0, 0, 0, 0, 0, 0, 0xff]
    bytes.withUnsafeBytes { crc.add($0) }
    #expect(checksum.stored == Int64(crc.value))
  }

  @Test func listsOfValuesThatLookAlikeDiffer() {
    let lists: [(inout RowChecksum) -> Void] = [
      { _ in },
      { $0.add(.null) },
      { $0.add(.text("")) },
      { $0.add(.blob([])) },
      { $0.add(.integer(0)) },
      {
        $0.add(.text("ab"))
        $0.add(.text("c"))
      },
      {
        $0.add(.text("a"))
        $0.add(.text("bc"))
      },
      {
        $0.add(.blob([0x61]))
        $0.add(.text("bc"))
      },
      {
        $0.add(.text("a"))
        $0.add(.null)
        $0.add(.text("bc"))
      },
    ]
    let all = lists.map { fill in
      var checksum = RowChecksum()
      fill(&checksum)
      return checksum.stored
    }
    #expect(Set(all).count == lists.count)
  }

  private func findings() throws -> [Finding] {
    var verifier = Verifier(try Connection.forReading(scratch.path, checksSchema: false))
    return try verifier.verify { _ in }.findings
  }

  private func written() throws -> TranscriptWriter {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try talk(writer, ["hi"])
    try conversation.append([
      (.message(from: .server, number: 1, try Message(bytes: [0xff])), .ms(3000)),
      (.close(by: .server, .quit, detail: "why", undelivered: 0), .ms(4000)),
    ])
    try talk(writer, [])
    try writer.recordDeath(conversation: 2, run: 2, at: .ms(5000), by: nil, reason: .crashed)
    try writer.stopRun(1, at: .ms(6000))
    return writer
  }

  @Test func whatWasWrittenIsAsItWasWritten() throws {
    _ = try written()
    var verifier = Verifier(try Connection.forReading(scratch.path))
    let result = try verifier.verify { _ in }
    #expect(result.findings.isEmpty)
    #expect(result.events == 8)
    #expect(result.coveredEvents == 8)
  }

  @Test func noChecksumOfARunIsNoFindingBeforeTheFirst() throws {
    let writer = try written()
    try writer.connection.execute("UPDATE server_run SET checksum = NULL WHERE id = 1")
    try writer.connection.execute("UPDATE event SET checksum = NULL WHERE id <= 3")
    #expect(try findings().isEmpty)
  }

  /// Every column that a checksum is over, changed by SQLite itself, which
  /// keeps all indexes right.
  @Test(arguments: [
    ("UPDATE event SET at = at + 1 WHERE id = 3", Finding.checksum(conversation: 1, seq: 3)),
    ("UPDATE event SET party = 1 - party WHERE id = 5", .checksum(conversation: 1, seq: 5)),
    ("UPDATE event SET text = 'ho' WHERE id = 3", .checksum(conversation: 1, seq: 3)),
    ("UPDATE event SET raw = x'fe' WHERE id = 4", .checksum(conversation: 1, seq: 4)),
    ("UPDATE event SET raw = NULL WHERE id = 4", .checksum(conversation: 1, seq: 4)),
    ("UPDATE event SET held = 1 WHERE id = 3", .checksum(conversation: 1, seq: 3)),
    ("UPDATE event SET reason = 'eof' WHERE id = 5", .checksum(conversation: 1, seq: 5)),
    ("UPDATE event SET detail = 'whz' WHERE id = 5", .checksum(conversation: 1, seq: 5)),
    ("UPDATE event SET undelivered = 1 WHERE id = 5", .checksum(conversation: 1, seq: 5)),
    ("UPDATE event SET party = 0 WHERE id = 8", .checksum(conversation: 2, seq: 8)),
    ("UPDATE event SET checksum = checksum + 1 WHERE id = 3", .checksum(conversation: 1, seq: 3)),
    ("UPDATE event SET checksum = NULL WHERE id = 3", .noChecksum(seq: 3)),
    ("UPDATE conversation SET opened_at = 1 WHERE id = 2", .checksum(conversation: 2, seq: 6)),
    ("UPDATE conversation SET run_id = 2 WHERE id = 1", .checksum(conversation: 1, seq: 1)),
    ("UPDATE conversation SET encrypted = 1 WHERE id = 1", .checksum(conversation: 1, seq: 1)),
    ("UPDATE conversation SET peer_key = '' WHERE id = 1", .checksum(conversation: 1, seq: 1)),
    ("UPDATE conversation SET peer_port = 1 WHERE id = 1", .checksum(conversation: 1, seq: 1)),
    ("UPDATE conversation SET peer_address = '' WHERE id = 1", .checksum(conversation: 1, seq: 1)),
    ("UPDATE conversation SET mode = 'free' WHERE id = 1", .checksum(conversation: 1, seq: 1)),
    ("UPDATE conversation SET dialect = 'line' WHERE id = 1", .checksum(conversation: 1, seq: 2)),
    ("UPDATE conversation SET handle_id = NULL WHERE id = 1", .handle(conversation: 1)),
    ("UPDATE handle SET name = 'tatyanb'", .handle(conversation: 1)),
    ("UPDATE server_run SET port = 1 WHERE id = 1", .runChecksum(1)),
    ("UPDATE server_run SET stopped_at = NULL WHERE id = 1", .runChecksum(1)),
    ("UPDATE server_run SET handle = 'X' WHERE id = 2", .runChecksum(2)),
    ("UPDATE server_run SET checksum = NULL WHERE id = 2", .noRunChecksum(2)),
  ])
  func aChangedColumnIsNamed(_ sql: String, _ finding: Finding) throws {
    let writer = try written()
    try writer.connection.execute(sql)
    let findings = try findings()
    #expect(findings.contains(finding), "\(findings)")
  }

  /// The same of how a conversation can go on, and of how it did: 1 open, 2 handle,
  /// 3 drop, 4 resume.
  @Test(arguments: [
    ("resumption", "token_hash = zeroblob(32)"), ("resumption", "within = within + 1"),
    ("resumption", "state = 'offered'"), ("resumption", "run_id = 2"),
    ("resumption", "epoch = epoch + 1"), ("resumption", "attempt = attempt + 1"),
    ("resumption", "epoch_before = 1"), ("resumption", "client_before = 1"),
    ("resumption", "server_before = 1"), ("resumption", "speaker_before = 0"),
    ("resumption", "checksum = checksum + 1"), ("resume", "run_id = 2"),
    ("resume", "epoch = epoch + 1"), ("resume", "attempt = 0"), ("resume", "address = ''"),
    ("resume", "port = 1"), ("resume", "encrypted = NULL"), ("resume", "encrypted = 0"),
    ("resume", "peer_key = NULL"), ("resume", "away = 0"), ("resume", "moved = 1"),
  ])
  func aChangedWayBackIsNamed(_ table: String, _ change: String) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try resumableTalk(writer)
    _ = try writer.startRun(.sample(), at: .ms(8000))
    _ = try writer.takeOver(run: 1)
    #expect(try findings().isEmpty)
    try writer.connection.execute("UPDATE \(table) SET \(change)")
    let expected: Finding =
      table == "resume"
      ? .checksum(conversation: 1, seq: 4) : .resumptionChecksum(conversation: 1)
    let findings = try findings()
    #expect(findings.contains(expected), "\(findings)")
  }

  @Test func aWayBackWithoutItsRowOrItsChecksumIsNamed() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try resumableTalk(writer)
    _ = try writer.takeOver()
    try resumableTalk(writer, hash: [UInt8](repeating: 8, count: 32))
    try writer.connection.execute(
      "UPDATE resumption SET checksum = NULL WHERE conversation_id = 2; DELETE FROM resume")
    let findings = try findings()
    #expect(findings.contains(.noResumptionChecksum(conversation: 2)), "\(findings)")
    #expect(findings.contains(.checksum(conversation: 1, seq: 4)), "\(findings)")
  }

  @Test func aHandleThatNobodySaidIsNamed() throws {
    let writer = try written()
    try newConversation(writer).append([(.open, .ms(7000))])
    #expect(try findings().isEmpty)
    try writer.connection.execute("UPDATE conversation SET handle_id = 1 WHERE id = 3")
    #expect(try findings() == [.handle(conversation: 3)])
  }

  @Test func aChangedDeclarationIsNamed() throws {
    let writer = try written()
    try writer.connection.execute("CREATE INDEX somebodys_own ON event (at)")
    #expect(try findings() == [.added(type: "index", name: "somebodys_own")])
    try writer.connection.execute(
      "DROP INDEX somebodys_own; ALTER TABLE conversation RENAME COLUMN floor_at TO floor_au")
    #expect(try findings() == [.schema("conversation")])
  }
}
