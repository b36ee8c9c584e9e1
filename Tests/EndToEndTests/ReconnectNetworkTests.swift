import Glibc
import Harness
import Testing

/// A network that fails, in namespaces of its own: for root alone.
@Suite struct ReconnectNetworkTests {
  private static let tools = ["/usr/bin/unshare", "/usr/bin/python3", "/usr/sbin/nft"]
  private static let isPossible = geteuid() == 0 && tools.allSatisfy { access($0, X_OK) == 0 }

  @Test(
    "a server that moved is found by its name, and a route that is back within 3 s",
    .enabled(if: isPossible, "needs root, unshare(1), python3 and nft(8)"))
  func moving() throws {
    try Stage.run { stage in
      let peer = try stage.onPipes(
        path: "/usr/bin/env",
        [
          "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "/usr/bin/unshare", "-mn", "/usr/bin/python3",
          "\(Repository.root)/Tests/Peers/moving.py", Program.chatclient.path, stage.home,
        ])
      #expect(try peer.exitStatus(within: 120) == 0, "\(peer.evidence)")
      let took = peer.outputText.split(separator: "\n").compactMap { line in
        line.split(separator: " ").last.flatMap { Double($0) }
      }
      try #require(took.count == 2, "\(peer.evidence)")
      #expect(took[0] < 3)
      // What the kernel has under way may be lost, and the next try takes up to 3 s more.
      #expect(took[1] < 4)
    }
  }
}
