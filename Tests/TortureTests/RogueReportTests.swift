import Testing
import TortureKit

@Suite struct RogueReportTests {
  @Test(
    "what a conversation's process sends that was taken over costs that conversation alone",
    .enabled(if: RogueReport.isPossible, "only root may take another process's descriptors"),
    arguments: RogueReport.allCases)
  func report(_ attack: RogueReport) throws {
    _ = try attack.run()
  }
}
