import Testing
import TortureKit

/// One after the other: the times that they hold are a person's, and two at
/// once would measure each other.
@Suite(.serialized) struct SiegeTests {
  @Test(
    "the next peer is answered soon and memory is bounded, whoever is there",
    arguments: HostilePeer.allCases)
  func siege(_ kind: HostilePeer) throws {
    _ = try Siege.run(kind, seconds: 0.5)
  }
}
