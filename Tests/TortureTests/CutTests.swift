import Testing
import TortureKit

@Suite struct CutTests {
  @Test("whatever is cut or killed: both people go on, and every word is there once")
  func rounds() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("cutting with seed \(seed)")
    let report = try CutRounds.run(rounds: 40, seed: seed)
    print("\(report)")
    #expect(report.said == 40 * 40)
    #expect(report.heard > 100)
    #expect(report.faults.values.reduce(0, +) > 30)
  }
}
