import Harness
import Testing
import TortureKit

@Suite struct CutTests {
  @Test(
    "whatever is cut, killed or stopped: both people go on, and every word is there once",
    arguments: [Stage.Link.clear, .tls])
  func rounds(link: Stage.Link) throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("cutting with seed \(seed)")
    let report = try CutRounds.run(rounds: 20, seed: seed, link: link)
    print("\(report)")
    #expect(report.said == 20 * 40)
    #expect(report.heard > 50)
    #expect(report.faults.values.reduce(0, +) > 15)
  }
}
