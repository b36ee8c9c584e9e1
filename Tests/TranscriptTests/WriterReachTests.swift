import Testing

@testable import Transcript

@Suite struct WriterReachTests {
  @Test("a writer makes no file outside the transcript's directory: it is contained to it")
  func temporaries() throws {
    let scratch = Scratch()
    let writer = try TranscriptWriter(path: scratch.path)
    #expect(try writer.connection.integer("PRAGMA temp_store") == 2)
    try writer.reopen()
    #expect(try writer.connection.integer("PRAGMA temp_store") == 2)
  }
}
