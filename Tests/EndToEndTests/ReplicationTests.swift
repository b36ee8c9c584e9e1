import Glibc
import Harness
import Testing

/// The transcript under Litestream (docs/replication.md), by Tests/Peers/replication.py.
@Suite struct ReplicationTests {
  // What Scripts/install-replication makes.
  private static let tools = "\(Repository.root)/.build/replication/bin/"
  private static let isPossible = access(tools + "litestream", X_OK) == 0

  @Test(
    "all that was acknowledged is in what Litestream restores, whoever is killed",
    .enabled(if: isPossible, "needs Litestream: Scripts/install-replication"))
  func replicated() throws {
    try Stage.run { stage in
      let seed = "\(UInt32.random(in: 0 ... .max))"
      let run = try stage.onPipes(
        path: "/usr/bin/python3",
        [
          "\(Repository.root)/Tests/Peers/replication.py", Program.chatserve.path,
          Self.tools + "litestream", stage.home, seed, Self.tools + "moto_server",
        ])
      #expect(try run.exitStatus(within: 540) == 0, "\(run.evidence)")
      #expect(!run.outputText.contains("NOT SO"))
      let parts = run.outputText.split(separator: "\n").map { $0.prefix { $0 != ":" } }
      #expect(
        parts == ["seed \(seed)", "directory", "moment", "lost", "full", "s3", "together"],
        "\(run.outputText)")
    }
  }
}
