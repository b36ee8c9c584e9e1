import Glibc
import Testing
import TortureKit

@Suite struct ShortageTests {
  @Test(
    "a shortage is told, costs nothing that was acknowledged, and ends",
    arguments: Shortage.allCases)
  func shortage(_ shortage: Shortage) throws {
    guard geteuid() == 0 || !shortage.needsRoot else { return }
    try shortage.run()
  }
}
