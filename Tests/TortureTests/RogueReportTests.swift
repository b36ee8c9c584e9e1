import Testing
import TortureKit

/// One after the other: some fill the socket as fast as can be.
@Suite(.serialized) struct RogueReportTests {
  @Test(
    "what a conversation's process sends that was taken over costs that conversation alone",
    .enabled(if: RogueReport.isPossible, "only root may take another process's descriptors"),
    arguments: RogueReport.allCases)
  func report(_ attack: RogueReport) throws {
    _ = try attack.run()
  }
}
