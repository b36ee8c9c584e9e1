import ChatCore
import Testing

@testable import Transcript

/// What somebody does with sqlite3 who leaves the links as they are: each is named, and
/// of each conversation the first event that it shows in.
@Suite struct TamperingTests {
  let scratch = Scratch()
  let writer: TranscriptWriter

  /// Two conversations at once:
  ///
  /// | event | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 |
  /// |---|---|---|---|---|---|---|---|---|---|---|---|---|
  /// | of tatyana | open | handle | | | a | | c | | e | | close | |
  /// | of mike | | | open | handle | | b | | d | | f | | close |
  init() throws {
    writer = try TranscriptWriter(path: scratch.path)
    let (tatyana, mike) = (try newConversation(writer), try newConversation(writer, at: 1001))
    for (one, name) in [(tatyana, "tatyana"), (mike, "mike")] {
      try one.append([(.open, .ms(2000)), (.handle(try Handle(name), .line), .ms(2000))])
    }
    for (number, texts) in [("a", "b"), ("c", "d"), ("e", "f")].enumerated() {
      try tatyana.append([(try .client(number + 1, texts.0), .ms(3000))])
      try mike.append([(try .client(number + 1, texts.1), .ms(3000))])
    }
    for one in [tatyana, mike] {
      try one.append([(.close(by: .client, .quit, detail: nil, undelivered: 0), .ms(4000))])
    }
  }

  /// The first event of each conversation that does not fit; how it is done, and what else
  /// is found, is not asked.
  private func broken() throws -> [Int64: Int64] {
    var verifier = Verifier(try Connection.forReading(scratch.path, checksSchema: false))
    var broken: [Int64: Int64] = [:]
    for finding in try verifier.verify({ _ in }).findings {
      guard case .chain(let conversation, let seq) = finding else { continue }
      #expect(broken[conversation] == nil)
      broken[conversation] = seq
    }
    return broken
  }

  private static let columns =
    "at, kind, party, number, text, raw, held, reason, detail, undelivered"

  /// Two rows change places: `what` of each is that of the other.
  private static func swap(_ what: String, _ one: Int64, _ other: Int64) -> String {
    let list = what.split(separator: ", ").map(String.init)
    let set = list.map {
      "\($0) = (SELECT k.\($0) FROM kept AS k WHERE k.id = \(one + other) - event.id)"
    }
    return """
      CREATE TEMP TABLE kept AS SELECT * FROM event WHERE id IN (\(one), \(other));
      UPDATE event SET \(set.joined(separator: ", ")) WHERE id IN (\(one), \(other));
      DROP TABLE kept
      """
  }

  private static let attacks: [(name: String, sql: String, broken: [Int64: Int64])] = [
    ("nothing", "SELECT 1", [:]),
    ("a word", "UPDATE event SET text = 'A' WHERE id = 5", [1: 5]),
    (
      "a word and its link of before",
      "UPDATE event SET text = 'c', link = (SELECT l.link FROM event AS l WHERE l.id = 7) WHERE id = 5",
      [1: 5]
    ),
    (
      "words of both, many times", "UPDATE event SET text = 'x' WHERE kind = 'message'",
      [1: 5, 2: 6]
    ),
    ("one in the middle goes", "DELETE FROM event WHERE id = 7", [1: 9]),
    ("the first goes", "DELETE FROM event WHERE id = 1", [1: 2]),
    ("all goes between open and close", "DELETE FROM event WHERE id IN (2, 5, 7, 9)", [1: 11]),
    (
      "the middle of both goes, and the rest is numbered without a gap",
      """
      DELETE FROM event WHERE id IN (7, 8);
      UPDATE event SET id = id - 2 WHERE id > 8;
      UPDATE sqlite_sequence SET seq = 10 WHERE name = 'event'
      """, [1: 7, 2: 8]
    ),
    (
      "one is put in",
      """
      UPDATE event SET id = id + 100 WHERE id > 6;
      UPDATE event SET id = id - 99 WHERE id > 100;
      INSERT INTO event (id, conversation_id, at, kind, party, number, text, link)
      SELECT 7, 1, 3000, 'message', 0, 2, 'never said', link FROM event WHERE id = 5;
      UPDATE sqlite_sequence SET seq = 13 WHERE name = 'event'
      """, [1: 7, 2: 9]
    ),
    (
      "one is said twice",
      """
      INSERT INTO event SELECT 13, conversation_id, \(columns), link FROM event WHERE id = 5;
      UPDATE event SET id = 14 WHERE id = 11
      """, [1: 13]
    ),
    ("what was said changes places", swap("text", 5, 7), [1: 5]),
    ("two of one conversation change places", swap(columns, 5, 7), [1: 5]),
    ("two change places with their links", swap(columns + ", link", 5, 7), [1: 5]),
    ("two of different conversations change places", swap(columns, 5, 6), [1: 5, 2: 6]),
    ("two change conversations", swap("conversation_id", 5, 6), [1: 6, 2: 5]),
    (
      "two change conversations with their links", swap("conversation_id, link", 5, 6),
      [1: 6, 2: 5]
    ),
    (
      "the conversations are each other's",
      "UPDATE event SET conversation_id = 3 - conversation_id WHERE kind <> 'close'", [1: 3, 2: 1]
    ),
    ("one gets another number", "UPDATE event SET id = 20 WHERE id = 12", [2: 20]),
    (
      "all get other numbers", "UPDATE event SET id = -id; UPDATE event SET id = 20 - id",
      [1: 21, 2: 23]
    ),
    ("one comes before another", "UPDATE event SET id = 0 WHERE id = 9", [1: 0]),
    ("a time", "UPDATE event SET at = 2999 WHERE id = 9", [1: 9]),
    (
      "a conversation's row is another's",
      """
      UPDATE conversation SET (opened_at, peer_port) = (1999, 1) WHERE id = 2
      """, [2: 3]
    ),
    (
      "a conversation is moved to another run", "UPDATE conversation SET run_id = 1 WHERE id = 2",
      [2: 3]
    ),
    (
      "the runs are each other's", "UPDATE server_run SET started_at = 2001 - started_at",
      [1: 1, 2: 3]
    ),
    ("what the run is called", "UPDATE server_run SET handle = 'ROOT'", [1: 1, 2: 3]),
    ("how it was said", "UPDATE conversation SET dialect = 'native' WHERE id = 1", [1: 2]),
    (
      "a conversation gets another id",
      """
      PRAGMA foreign_keys = OFF;
      UPDATE conversation SET id = 9 WHERE id = 2;
      UPDATE event SET conversation_id = 9 WHERE conversation_id = 2
      """, [9: 3]
    ),
  ]

  @Test(arguments: attacks.indices)
  func itIsNamed(_ index: Int) throws {
    let attack = Self.attacks[index]
    try writer.connection.execute(attack.sql)
    #expect(try broken() == attack.broken, "\(attack.name)")
  }

  /// Names are in a table of their own, and each event has its own.
  @Test(arguments: [
    ("UPDATE handle SET name = 'mallory' WHERE name = 'mike'", [Int64(2)]),
    (
      "UPDATE handle SET name = 'x' WHERE id = 1; UPDATE handle SET name = 'tatyana' WHERE id = 2; UPDATE handle SET name = 'mike' WHERE id = 1",
      [1, 2]
    ),
    ("UPDATE conversation SET handle_id = 1", [2]),
    ("UPDATE conversation SET handle_id = NULL", [1, 2]),
  ])
  func anotherNameIsNamed(_ sql: String, _ conversations: [Int64]) throws {
    try writer.connection.execute(sql)
    let findings = try writer.findings()
    #expect(findings == conversations.map { Finding.handle(conversation: $0) })
    #expect(try broken().isEmpty)
  }

  /// What comes after a close is in no chain, and named for that.
  @Test func whatComesAfterTheCloseIsNamed() throws {
    try writer.connection.execute(
      """
      INSERT INTO event (conversation_id, at, kind, party, number, text, link)
      SELECT 1, 5000, 'message', 0, 4, 'after all', link FROM event WHERE id = 11
      """)
    #expect(try writer.findings().contains(.afterClose(conversation: 1, seq: 13)))
  }

  /// A tail fits what is left of it: a chain alone does not show that there was more. That
  /// ids were given which are not there does, until it is cut off there too.
  @Test func aTailThatWasCutOffIsNotInTheChain() throws {
    try writer.connection.execute("DELETE FROM event WHERE id IN (11, 12)")
    #expect(try writer.findings().contains(.eventsMissing(11...12)))
    #expect(try broken().isEmpty)
    try writer.connection.execute("UPDATE sqlite_sequence SET seq = 10 WHERE name = 'event'")
    #expect(try writer.findings().isEmpty)
  }
}
