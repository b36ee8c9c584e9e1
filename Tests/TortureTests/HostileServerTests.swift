import Testing
import TortureKit

@Suite struct HostileServerTests {
  @Test(
    "no server keeps the client's user, terminal or memory", arguments: HostileServer.allCases)
  func server(_ kind: HostileServer) throws {
    _ = try kind.run()
  }
}
