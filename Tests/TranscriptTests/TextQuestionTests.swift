import ChatCore
import Testing

@testable import Transcript

@Suite struct TextQuestionTests {
  let scratch = Scratch()

  private func isX(_ text: UnsafeRawBufferPointer) -> Bool {
    text.elementsEqual("x".utf8)
  }

  private func numbered(_ count: Int64, _ writer: TranscriptWriter) throws {
    try writer.connection.execute(
      """
      WITH RECURSIVE number(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < \(count))
      INSERT INTO event (link, conversation_id, at, kind, party, number, text)
      SELECT zeroblob(32), 1, n, 'message', 0, n, CASE WHEN n % 7 = 0 THEN 'x' ELSE 'y' END FROM number
      """)
  }

  /// More texts than are looked at in one batch, and few that are wanted.
  @Test func everyTextIsAskedAboutHoweverManyBatchesThereAre() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try writer.connection.execute("PRAGMA synchronous = OFF")
    try talk(writer, [])
    try numbered(250_000, writer)
    try writer.connection.execute("UPDATE event SET text = 'y' WHERE text = 'x' AND id % 90001 > 0")
    let wanted = try writer.connection.integer("SELECT count(*) FROM event WHERE text = 'x'") ?? 0
    try #require(wanted > 0)
    let archive = Archive(writer.connection)
    for newestFirst in [false, true] {
      let cursor = try archive.events(EventFilter(), newestFirst: newestFirst, means: isX)
      var found: [Int64] = []
      var handedOn = 0
      while let event = try cursor.next() {
        handedOn += 1
        if event.said?.text == "x" { found.append(event.seq) }
      }
      #expect(found == (newestFirst ? found.sorted(by: >) : found.sorted()))
      #expect(Set(found).count == wanted)
      #expect(handedOn < 100)
    }
    #expect(try archive.count(EventFilter(), means: isX) == wanted)
    var tallied = 0
    try archive.tally(EventFilter(), means: isX) { event in
      tallied += 1
      #expect(event.speaker == .client)
    }
    #expect(tallied == wanted)
  }

  @Test func oneAskedInTheMidstOfAnotherIsItsOwn() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try talk(writer, ["x", "y", "x"])
    let archive = Archive(writer.connection)
    var inner: [Int] = []
    var outer = 0
    try archive.tally(EventFilter(), means: isX) { (_) throws(TranscriptError) in
      outer += 1
      inner.append(try archive.count(EventFilter(), means: { !self.isX($0) }))
    }
    #expect(outer == 2)
    // The open, the handle and one message.
    #expect(inner == [3, 3])
  }
}
