import Testing
import TortureKit

@Suite struct ManyServersTests {
  @Test("servers on many ports write one transcript at once, without an error")
  func many() throws {
    let report = try ManyServers.run(servers: 8, messages: 50)
    print("many servers: \(report)")
    #expect(report.messages == 8 * 50)
  }
}
