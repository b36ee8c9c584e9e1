import ChatCore
import Testing

@testable import Transcript

/// What happens to the index when a version puts texts in it in another form.
@Suite struct SearchFormChangeTests {
  let scratch = Scratch()
  let writer: TranscriptWriter
  var connection: Connection { writer.connection }

  /// An earlier version's: capitals and accents count.
  private let first = SearchForm(version: 1) { "x" + $0 }
  private let second = SearchForm(version: 2) { $0.lowercased() }
  private var both: [SearchForm] { [first, second] }

  init() throws {
    writer = try TranscriptWriter(path: scratch.path)
    // No test cuts the power.
    try writer.connection.execute("PRAGMA synchronous = OFF")
  }

  private func search(_ words: String, _ forms: [SearchForm]) throws -> [Int64] {
    let archive = Archive(connection, forms: forms)
    let query = try #require(SearchQuery(words))
    let cursor = try archive.indexed(
      query, EventFilter(), through: try archive.indexWatermark(), newestFirst: false)
    var found: [Int64] = []
    while let event = try cursor.next() { found.append(event.seq) }
    return found
  }

  private func catchUp(_ forms: [SearchForm]) throws {
    while try SearchIndex.catchUp(connection, limit: 2, forms) > 0 {}
  }

  private func rows(in table: String) throws -> Int64 {
    try connection.integer("SELECT count(*) FROM \(table)_docsize") ?? -1
  }

  @Test func aSecondIsFilledWhileTheFirstIsSearchedAndThenTakesItsPlace() throws {
    try talk(writer, ["one", "two", "three", "four", "five"])
    try catchUp([first])
    #expect(try search("three", [first]) == [5])
    var steps = 0
    while try SearchIndex.isBehind(connection, both) {
      // At every step each message is found once, by the first or the second.
      #expect(try search("three", both) == [5], "step \(steps)")
      #expect(try SearchIndex.catchUp(connection, limit: 2, both) > 0)
      steps += 1
    }
    #expect(steps == 3)
    #expect(try SearchSlot.both(connection).used.table == "message_fts_2")
    #expect(try rows(in: "message_fts") == 5)
    try catchUp(both)
    #expect(try rows(in: "message_fts") == 0)
    #expect(try SearchSlot.both(connection).other.isEmpty)
    #expect(try search("three", both) == [5])
    // And once more, the other way.
    try catchUp([first, second, SearchForm(version: 3) { "y" + $0 }])
    #expect(try SearchSlot.both(connection).used.table == "message_fts")
    #expect(try rows(in: "message_fts") == 5 && rows(in: "message_fts_2") == 0)
  }

  @Test func whatIsSaidMeanwhileIsInTheSecondToo() throws {
    try talk(writer, ["one", "two", "three"])
    try catchUp([first])
    #expect(try SearchIndex.catchUp(connection, limit: 2, both) == 2)
    try talk(writer, ["four"])
    try catchUp(both)
    #expect(try search("four", both) == [8])
    #expect(try rows(in: "message_fts_2") == 4)
  }

  @Test func aFormThatIsNotKnownIsNotAskedAndIsReplaced() throws {
    try talk(writer, ["one", "two"])
    try catchUp([first])
    #expect(try SearchIndex.watermark(connection, [second]) == 0)
    #expect(try search("one", [second]) == [])
    #expect(try SearchIndex.isBehind(connection, [second]))
    try catchUp([second])
    #expect(try search("one", [second]) == [3])
  }

  @Test func aLaterVersionsIndexIsLeftAsItIs() throws {
    try talk(writer, ["one", "two"])
    try catchUp([second])
    try talk(writer, ["three"])
    #expect(try SearchIndex.catchUp(connection, [first]) == 0)
    #expect(try SearchSlot.both(connection).used.form == 2)
    #expect(try rows(in: "message_fts") == 2)
  }

  @Test(arguments: [0, 1, 2, 3, 4, 5])
  func aPruneTakesWordsOutOfBoth(afterSteps steps: Int) throws {
    try talk(writer, ["Secret one", "Secret two", "kept"])
    try talk(writer, ["stays", "stays too"])
    try catchUp([first])
    for _ in 0..<steps { _ = try SearchIndex.catchUp(connection, limit: 2, both) }
    try connection.write { () throws(TranscriptError) in
      try SearchIndex.remove(conversation: 1, connection, both)
      try connection.execute("DELETE FROM event WHERE conversation_id = 1")
    }
    try connection.execute(
      """
      INSERT INTO message_fts (message_fts) VALUES ('integrity-check');
      INSERT INTO message_fts_2 (message_fts_2) VALUES ('integrity-check');
      """)
    try SearchIndex.scrub(connection)
    for table in ["message_fts", "message_fts_2"] {
      let words = try connection.prepare("SELECT block FROM \(table)_data WHERE id > 10")
      while try words.step() {
        let bytes = words.bytesOrNil(at: 0) ?? []
        #expect(!String(decoding: bytes, as: UTF8.self).contains("ecret"), "\(table)")
      }
    }
    try catchUp(both)
    #expect(try search("stays", both) == [8, 9])
    #expect(try search("secret", both) == [])
  }

  @Test func aPruneEmptiesAnIndexThatItCannotTakeWordsOutOf() throws {
    try talk(writer, ["secret", "two"])
    try talk(writer, ["stays"])
    try catchUp([first])
    try connection.write { () throws(TranscriptError) in
      try SearchIndex.remove(conversation: 1, connection, [second])
      try connection.execute("DELETE FROM event WHERE conversation_id = 1")
    }
    #expect(try rows(in: "message_fts") == 0)
    try catchUp([second])
    #expect(try search("stays", [second]) == [7])
  }

  @Test func nothingIsMergedWhileTheIndexCatchesUpAndAllOfItAfterwards() throws {
    try talk(writer, (0..<40).map { "word \($0)" })
    while try SearchIndex.catchUp(connection, limit: 1) > 0 {}
    let parts = "SELECT count(DISTINCT segid) FROM message_fts_idx"
    #expect(try connection.integer(parts) == 40)
    let before = try search("word", SearchForm.known)
    #expect(before.count == 40)
    var steps = 0
    while try SearchIndex.merge(connection, pages: 1) {
      steps += 1
      #expect(try search("word", SearchForm.known) == before)
      try #require(steps < 1000)
    }
    #expect(steps > 0)
    #expect(try connection.integer(parts) ?? 40 < 10)
    try connection.execute("INSERT INTO message_fts (message_fts) VALUES ('integrity-check')")
  }

  @Test func wordsAreTakenOutInStepsBetweenWhichOthersWrite() throws {
    try talk(writer, ["secret"])
    try talk(writer, ["kept"])
    let insert = try connection.prepare(
      """
      INSERT INTO event (link, conversation_id, at, kind, party, number, text)
      VALUES (zeroblob(32), 2, 1, 'message', 0, ?1, ?2)
      """)
    for number in 0..<2000 {
      insert.bind(Int64(number + 2), at: 1)
      insert.bind((0..<200).map { "w\(number)x\($0)" }.joined(separator: " "), at: 2)
      try insert.run()
    }
    while try SearchIndex.catchUp(connection, limit: 20, [first]) > 0 {}
    try connection.write { () throws(TranscriptError) in
      try SearchIndex.remove(conversation: 1, connection, [first])
      try connection.execute("DELETE FROM event WHERE conversation_id = 1")
    }
    let other = try Connection.forWriting(scratch.path, busyTimeout: .zero)
    var steps: [Int] = []
    try SearchIndex.scrub(connection) { pages in
      steps.append(pages)
      do { try other.write {} } catch { Issue.record(error) }
    }
    #expect(steps.count > 1 && steps == steps.sorted(), "\(steps)")
    let parts = "SELECT count(DISTINCT id >> 37) FROM message_fts_data WHERE id > 10"
    #expect(try connection.integer(parts) == 1)
    try connection.execute("INSERT INTO message_fts (message_fts) VALUES ('integrity-check')")
    #expect(try search("w1999x0", [first]).count == 1)
  }
}
