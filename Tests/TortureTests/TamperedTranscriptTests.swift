import Testing
import TortureKit

@Suite struct TamperedTranscriptTests {
  @Test(
    "a transcript that others can reach, or have changed, is refused with a sentence",
    arguments: TamperedTranscript.allCases)
  func refused(_ kind: TamperedTranscript) throws {
    #expect(try !kind.run().isEmpty)
  }
}
