import ChatCore
import Testing

@testable import Transcript

@Suite struct SearchFormTests {
  @Test(arguments: [
    ("plain words", "plain words"),
    ("\u{65e5}\u{672c}\u{8a9e}", " \u{65e5} \u{672c} \u{8a9e}"),
    ("a\u{65e5}b", "a \u{65e5} b"),
    ("\u{304b}\u{3099}x", " \u{304c} x"),
    ("\u{d55c}\u{ae00}", " \u{d55c} \u{ae00}"),
    ("\u{1f600}\u{1f389}", " \u{1f600} \u{1f389}"),
    ("\u{2764}\u{fe0f}!", " \u{2764} !"),
    ("caf\u{e9} Cafe\u{301}", "cafe cafe"),
    // Thai by clusters, Devanagari by words.
    (
      "\u{e17}\u{e35}\u{e48}\u{e19}\u{e35}\u{e48}",
      " \u{e17}\u{e35}\u{e48} \u{e19}\u{e35}\u{e48}"
    ),
    (
      "\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940}",
      "\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940}"
    ),
  ])
  func setsApart(_ text: String, _ expected: String) {
    let indexed = SearchForm.current.indexed(text)
    #expect(Array(indexed.unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test(arguments: [
    ("hi there", "\"hi\" \"there\""),
    ("user@host", "\"user@host\""),
    ("say \"hi\"", "\"say\" \"\"\"hi\"\"\""),
    ("meet*", "\"meet\"*"),
    ("MEET\u{ff0a}", "\"meet\"*"),
    ("a AND b", "\"a\" \"and\" \"b\""),
    ("x\0y", "\"x y\""),
    ("?! hi", "\"hi\""),
  ])
  func quotes(_ words: String, _ expected: String) {
    #expect(SearchForm.current.query(words) == expected)
  }

  @Test(arguments: ["", "  ", "*", "?!", "\"", "* *"])
  func nothingToSearchFor(_ words: String) {
    #expect(SearchForm.current.query(words) == nil)
  }
}

@Suite struct SearchIndexTests {
  let scratch = Scratch()

  private func search(_ words: String, _ connection: Connection) throws -> [Int64] {
    let select = try connection.cached(
      "SELECT rowid FROM message_fts WHERE message_fts MATCH ?1 ORDER BY rowid")
    select.bind(SearchForm.current.query(words), at: 1)
    defer { select.reset() }
    var found: [Int64] = []
    while try select.step() { found.append(select.integer(at: 0)) }
    return found
  }

  @Test(arguments: [
    ("\u{672c}\u{8a9e}", "\u{65e5}\u{672c}\u{8a9e}\u{3092}\u{8a71}\u{3059}"),
    ("\u{672c}", "\u{65e5}\u{672c}"),
    ("\u{ae00}", "\u{d55c}\u{ae00}"),
    ("\u{1f389}", "\u{1f600}\u{1f389}"),
    ("\u{1f44d}", "ok \u{1f44d}\u{1f3fd}"),
    ("\u{2764}", "love \u{2764}\u{fe0f}"),
    ("cafe", "un caf\u{e9}"),
    ("caf\u{e9}", "un cafe\u{301}"),
    ("CAFE\u{301}", "un caf\u{e9}"),
    ("stra\u{df}e", "Stra\u{df}e 7"),
    ("user@host", "mail user@host now"),
    ("meet*", "the meeting"),
    ("after", "before\0after"),
    ("\"quoted\"", "it is \"quoted\" here"),
    ("don't", "I don't"),
    ("NOT", "certainly not"),
  ])
  func finds(_ words: String, _ text: String) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try talk(writer, ["something else", text, "\u{8a9e}\u{672c}x"])
    #expect(try SearchIndex.catchUp(writer.connection) == 3)
    #expect(try search(words, writer.connection).contains(4))
    #expect(try !search(words, writer.connection).contains(3))
  }

  @Test func aPhraseKeepsItsOrder() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try talk(writer, ["\u{65e5}\u{672c}", "\u{672c}\u{65e5}"])
    _ = try SearchIndex.catchUp(writer.connection)
    #expect(try search("\u{65e5}\u{672c}", writer.connection) == [3])
  }

  @Test func catchesUpStepByStep() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let connection = writer.connection
    #expect(try !SearchIndex.isBehind(connection))
    try talk(writer, ["one", "two", "three", "four", "five"])
    #expect(try SearchIndex.watermark(connection) == 0)
    #expect(try SearchIndex.isBehind(connection))
    #expect(try SearchIndex.catchUp(connection, limit: 2) == 2)
    #expect(try SearchIndex.watermark(connection) == 4)
    #expect(try search("three", connection) == [])
    #expect(try SearchIndex.catchUp(connection, limit: 2) == 2)
    #expect(try SearchIndex.catchUp(connection, limit: 2) == 1)
    #expect(try SearchIndex.catchUp(connection, limit: 2) == 0)
    #expect(try !SearchIndex.isBehind(connection))
    #expect(try search("three", connection) == [5])
    #expect(try search("five", connection) == [7])
    // An opening and a close are nothing to index.
    let silent = try newConversation(writer)
    try silent.append([(.open, .ms(1))])
    #expect(try !SearchIndex.isBehind(connection))
  }

  @Test func whatIsRemovedIsNotFoundAndTheRestIs() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let connection = writer.connection
    try talk(writer, ["first \u{65e5}\u{672c} word"])
    try talk(writer, ["second word"])
    _ = try SearchIndex.catchUp(connection)
    // Not indexed yet, so there is nothing to take out.
    try talk(writer, ["third word"])
    try connection.write { () throws(TranscriptError) in
      try SearchIndex.remove(conversation: 1, connection)
      try SearchIndex.remove(conversation: 3, connection)
    }
    #expect(try search("\u{65e5}", connection) == [])
    #expect(try search("word", connection) == [6])
    try connection.execute("INSERT INTO message_fts (message_fts) VALUES ('integrity-check')")
    _ = try SearchIndex.catchUp(connection)
    #expect(try search("word", connection) == [6, 9])
  }
}
