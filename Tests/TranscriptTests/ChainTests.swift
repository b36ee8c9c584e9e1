import ChatCore
import ChatDigest
import Relinking
import Testing

@testable import Transcript

/// The chain as every writer makes it, and what is named when it is not so any more.
@Suite struct ChainTests {
  let scratch = Scratch()

  private func findings() throws -> [Finding] {
    var verifier = Verifier(try Connection.forReading(scratch.path, checksSchema: false))
    return try verifier.verify { _ in }.findings
  }

  /// Of conversation 1: 1 open, 2 handle, 3 and 4 messages, 5 close; of 2: 6 open,
  /// 7 handle, 8 its death.
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
    let writer = try written()
    #expect(try findings().isEmpty)
    #expect(try writer.connection.integer("SELECT count(DISTINCT link) FROM event") == 8)
    let before = try links(writer)
    // Who makes them again makes the same.
    try relink(writer.connection)
    #expect(try links(writer) == before)
    #expect(try findings().isEmpty)
  }

  private func links(_ writer: TranscriptWriter) throws -> [[UInt8]?] {
    let select = try writer.connection.prepare(
      "SELECT link FROM event UNION ALL SELECT digest FROM server_run")
    var links: [[UInt8]?] = []
    while try select.step() { links.append(select.bytesOrNil(at: 0)) }
    return links
  }

  /// Every column that a link is over, changed by SQLite itself, which
  /// keeps all indexes right.
  @Test(arguments: [
    ("UPDATE event SET at = at + 1 WHERE id = 3", Finding.chain(conversation: 1, seq: 3)),
    ("UPDATE event SET party = 1 - party WHERE id = 5", .chain(conversation: 1, seq: 5)),
    ("UPDATE event SET number = 2 WHERE id = 3", .chain(conversation: 1, seq: 3)),
    ("UPDATE event SET text = 'ho' WHERE id = 3", .chain(conversation: 1, seq: 3)),
    ("UPDATE event SET text = 'hi ' WHERE id = 3", .chain(conversation: 1, seq: 3)),
    ("UPDATE event SET text = 'tatyanb' WHERE id = 2", .chain(conversation: 1, seq: 2)),
    ("UPDATE event SET raw = x'fe' WHERE id = 4", .chain(conversation: 1, seq: 4)),
    ("UPDATE event SET raw = NULL WHERE id = 4", .chain(conversation: 1, seq: 4)),
    ("UPDATE event SET raw = x'' WHERE id = 3", .chain(conversation: 1, seq: 3)),
    ("UPDATE event SET held = 1 WHERE id = 3", .chain(conversation: 1, seq: 3)),
    ("UPDATE event SET reason = 'eof' WHERE id = 5", .chain(conversation: 1, seq: 5)),
    ("UPDATE event SET detail = 'whz' WHERE id = 5", .chain(conversation: 1, seq: 5)),
    ("UPDATE event SET detail = NULL WHERE id = 5", .chain(conversation: 1, seq: 5)),
    ("UPDATE event SET undelivered = 1 WHERE id = 5", .chain(conversation: 1, seq: 5)),
    ("UPDATE event SET undelivered = NULL WHERE id = 5", .chain(conversation: 1, seq: 5)),
    ("UPDATE event SET party = 0 WHERE id = 8", .chain(conversation: 2, seq: 8)),
    ("UPDATE event SET kind = 'knock' WHERE id = 3", .chain(conversation: 1, seq: 3)),
    ("UPDATE event SET kind = 'knock' WHERE id = 5", .chain(conversation: 1, seq: 5)),
    ("UPDATE event SET link = zeroblob(32) WHERE id = 3", .chain(conversation: 1, seq: 3)),
    (
      "UPDATE event SET link = (SELECT link FROM event WHERE id = 1) WHERE id = 6",
      .chain(conversation: 2, seq: 6)
    ),
    ("UPDATE conversation SET opened_at = 1 WHERE id = 2", .chain(conversation: 2, seq: 6)),
    ("UPDATE conversation SET run_id = 2 WHERE id = 1", .chain(conversation: 1, seq: 1)),
    ("UPDATE conversation SET encrypted = 1 WHERE id = 1", .chain(conversation: 1, seq: 1)),
    ("UPDATE conversation SET peer_key = '' WHERE id = 1", .chain(conversation: 1, seq: 1)),
    ("UPDATE conversation SET peer_port = 1 WHERE id = 1", .chain(conversation: 1, seq: 1)),
    ("UPDATE conversation SET peer_address = '' WHERE id = 1", .chain(conversation: 1, seq: 1)),
    ("UPDATE conversation SET mode = 'free' WHERE id = 1", .chain(conversation: 1, seq: 1)),
    ("UPDATE conversation SET dialect = 'line' WHERE id = 1", .chain(conversation: 1, seq: 2)),
    ("UPDATE conversation SET dialect = 'original' WHERE id = 1", .chain(conversation: 1, seq: 2)),
    ("UPDATE conversation SET dialect = NULL WHERE id = 1", .chain(conversation: 1, seq: 2)),
    ("UPDATE conversation SET handle_id = NULL WHERE id = 1", .handle(conversation: 1)),
    ("UPDATE handle SET name = 'tatyanb'", .handle(conversation: 1)),
    ("UPDATE server_run SET stopped_at = NULL WHERE id = 1", .run(1)),
    ("UPDATE server_run SET stopped_at = 6001 WHERE id = 1", .run(1)),
    ("UPDATE server_run SET stopped_at = 6001 WHERE id = 2", .run(2)),
    ("UPDATE server_run SET digest = zeroblob(32) WHERE id = 2", .run(2)),
  ])
  func aChangedColumnIsNamed(_ sql: String, _ finding: Finding) throws {
    let writer = try written()
    try writer.connection.execute(sql)
    let findings = try findings()
    #expect(findings.contains(finding), "\(findings)")
  }

  /// A run's row is in its digest, and in the chain of each conversation it served.
  @Test(arguments: [
    "started_at = 1", "pid = 1", "boot_id = ''", "version = '2'", "port = 1", "handle = 'X'",
    "address = '::1'",
  ])
  func aChangedRunIsNamed(_ change: String) throws {
    let writer = try written()
    try writer.connection.execute("UPDATE server_run SET \(change) WHERE id = 2")
    #expect(try findings() == [.chain(conversation: 2, seq: 6), .run(2)])
    var digest = RunDigest(writer.connection)
    try digest.set(2)
    #expect(try findings() == [.chain(conversation: 2, seq: 6)])
  }

  /// The same of how a conversation can go on, and of how it did: 1 open, 2 handle,
  /// 3 drop, 4 resume.
  @Test(arguments: [
    ("resumption", "token_hash = zeroblob(32)", Finding.chain(conversation: 1, seq: 2)),
    ("resumption", "within = within + 1", .chain(conversation: 1, seq: 2)),
    ("resumption", "epoch_before = 1", .chain(conversation: 1, seq: 2)),
    ("resumption", "attempt_before = 1", .chain(conversation: 1, seq: 2)),
    ("resumption", "client_before = 1", .chain(conversation: 1, seq: 2)),
    ("resumption", "server_before = 1", .chain(conversation: 1, seq: 2)),
    ("resumption", "speaker_before = 0", .chain(conversation: 1, seq: 2)),
    ("resumption", "state = 'offered'", .resumption(conversation: 1)),
    ("resumption", "state = 'over'", .resumption(conversation: 1)),
    ("resumption", "run_id = 2", .resumption(conversation: 1)),
    ("resumption", "epoch = epoch + 1", .resumption(conversation: 1)),
    ("resumption", "attempt = attempt + 1", .resumption(conversation: 1)),
    ("resume", "run_id = 2", .chain(conversation: 1, seq: 4)),
    ("resume", "epoch = epoch + 1", .chain(conversation: 1, seq: 4)),
    ("resume", "attempt = 0", .chain(conversation: 1, seq: 4)),
    ("resume", "address = ''", .chain(conversation: 1, seq: 4)),
    ("resume", "port = 1", .chain(conversation: 1, seq: 4)),
    ("resume", "encrypted = NULL", .chain(conversation: 1, seq: 4)),
    ("resume", "encrypted = 0", .chain(conversation: 1, seq: 4)),
    ("resume", "peer_key = NULL", .chain(conversation: 1, seq: 4)),
    ("resume", "away = 0", .chain(conversation: 1, seq: 4)),
    ("resume", "moved = 1", .chain(conversation: 1, seq: 4)),
  ])
  func aChangedWayBackIsNamed(_ table: String, _ change: String, _ finding: Finding) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try resumableTalk(writer)
    _ = try writer.startRun(.sample(), at: .ms(8000))
    _ = try writer.takeOver(run: 1)
    #expect(try findings().isEmpty)
    try writer.connection.execute("UPDATE \(table) SET \(change)")
    let findings = try findings()
    #expect(findings.contains(finding), "\(findings)")
  }

  @Test func aWayBackWithoutItsRowIsNamed() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try resumableTalk(writer)
    _ = try writer.takeOver()
    try resumableTalk(writer, hash: [UInt8](repeating: 8, count: 32))
    try writer.connection.execute(
      "DELETE FROM resumption WHERE conversation_id = 2; DELETE FROM resume")
    let findings = try findings()
    #expect(findings.contains(.chain(conversation: 1, seq: 4)), "\(findings)")
    #expect(findings.contains(.chain(conversation: 2, seq: 6)), "\(findings)")
  }

  /// Rows that are put beside a conversation whose links know nothing of them.
  @Test func aWayBackThatNobodyOfferedIsNamed() throws {
    let writer = try written()
    let line = try newConversation(writer)
    try line.append([
      (.open, .ms(7000)), (.handle(try Handle("mike"), .line), .ms(7001)),
      (try .client(1, "hi"), .ms(7002)),
    ])
    try writer.connection.execute(
      """
      INSERT INTO resumption (conversation_id, token_hash, within, state, run_id, epoch, attempt,
        epoch_before, attempt_before, client_before, server_before)
      SELECT id, zeroblob(32), 1, 'offered', run_id, 0, 0, 0, 0, 0, 0 FROM conversation WHERE id = 3
      """)
    #expect(try findings() == [.resumption(conversation: 3)])
    try writer.connection.execute("UPDATE resumption SET conversation_id = 1, state = 'over'")
    #expect(try findings().contains(.chain(conversation: 1, seq: 2)))
    try writer.connection.execute(
      """
      DELETE FROM resumption;
      INSERT INTO resume (event_id, run_id, epoch, attempt, address, port, away, moved)
      VALUES (11, 1, 1, 1, '::1', 1, 1, 0)
      """)
    #expect(
      try findings() == [.reference(table: "resume", row: 11, parent: "client's return")])
  }

  /// What SQLite itself holds against it, where somebody had it look away.
  @Test(arguments: ["x''", "zeroblob(31)", "zeroblob(33)"])
  func whatCanBeNoLinkIsNamed(_ link: String) throws {
    let writer = try written()
    try writer.connection.execute(
      "PRAGMA ignore_check_constraints = ON; UPDATE event SET link = \(link) WHERE id = 8")
    #expect(try findings() == [.chain(conversation: 2, seq: 8)])
    try talk(writer, [])
    try writer.connection.execute("UPDATE event SET link = \(link) WHERE id = 10")
    // It is closed as others are, and stays named.
    #expect(
      try writer.recordDeath(conversation: 3, run: 3, at: .ms(9000), by: nil, reason: .crashed))
    #expect(
      try findings() == [.chain(conversation: 2, seq: 8), .chain(conversation: 3, seq: 10)])
  }

  @Test func aHandleThatNobodySaidIsNamed() throws {
    let writer = try written()
    try newConversation(writer).append([(.open, .ms(7000))])
    #expect(try findings().isEmpty)
    try writer.connection.execute("UPDATE conversation SET handle_id = 1 WHERE id = 3")
    #expect(try findings() == [.handle(conversation: 3)])
  }

  /// Who was taken for chatclient has a second handle: the first was linked with the
  /// dialect of then, and with the offer that was made.
  @Test(arguments: [false, true])
  func anOriginalThatWasTakenForANativeClient(hasOffer: Bool) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try newConversation(writer)
    if hasOffer { conversation.offer = (tokenHash, .seconds(300)) }
    try conversation.append([
      (.open, .ms(2000)), (.handle(try Handle("tatyana"), .native), .ms(2001)),
    ])
    try conversation.append([
      (.handle(try Handle("tatyana"), .original), .ms(2002)),
      (.message(from: .client, number: 1, try Message("hi")), .ms(2003)),
    ])
    #expect(try findings().isEmpty)
    try writer.connection.execute("UPDATE event SET at = at + 1 WHERE id = 2")
    // The offer was in the link of that handle alone.
    #expect(
      try findings()
        == [.chain(conversation: 1, seq: 2)] + (hasOffer ? [.resumption(conversation: 1)] : []))
    try writer.connection.execute("UPDATE event SET at = at - 1 WHERE id = 2")
    try writer.connection.execute("UPDATE conversation SET dialect = 'native'")
    #expect(try findings() == [.chain(conversation: 1, seq: 3)])
  }

  @Test func aChangedDeclarationIsNamed() throws {
    let writer = try written()
    try writer.connection.execute("CREATE INDEX somebodys_own ON event (at)")
    #expect(try findings() == [.added(type: "index", name: "somebodys_own")])
    try writer.connection.execute(
      "DROP INDEX somebodys_own; ALTER TABLE conversation RENAME COLUMN floor_at TO floor_au")
    #expect(try findings() == [.schema("conversation")])
  }

  /// Two writers at once, each with the last link of its own in memory; what is refused
  /// leaves it as it was.
  @Test func theChainGoesOnThroughWhatIsRefused() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let other = try TranscriptWriter(path: scratch.path)
    let one = try talk(writer, ["one"])
    let two = try talk(other, ["two"])
    let close = (Entry.close(by: nil, .reset, detail: nil, undelivered: 0), Timestamp.ms(20))
    for number in 2...90 {
      try one.append([(try .client(number, "one \(number)"), .ms(10))])
      #expect(
        try kind { try two.append([(try .client(number, "?"), .ms(10)), close, close]) }
          == .constraint)
      try two.append([
        (try .client(number, "two \(number)"), .ms(10)), (try .server(number, "zwei"), .ms(10)),
      ])
    }
    try two.append([close])
    try one.append([close])
    #expect(try findings().isEmpty)
  }

  /// The ids that AUTOINCREMENT would give, whatever a file holds there.
  @Test func idsAreGivenOnceEvenAfterTheNewestWentAway() throws {
    let writer = try written()
    try writer.connection.execute("DELETE FROM event WHERE id = 8")
    try talk(writer, [])
    #expect(try Archive(writer.connection).newestEvent() == 10)
    try writer.connection.execute("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'event'")
    try talk(writer, [])
    #expect(try Archive(writer.connection).newestEvent() == 12)
    try writer.connection.execute(
      "UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE name = 'event'")
    #expect(try kind { try talk(writer, []) } == .corrupt)
  }
}
