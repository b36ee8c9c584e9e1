import Testing
import TortureKit

@Suite struct KillTests {
  @Test("whoever is killed, and whenever: what was acknowledged, shown or sent is recorded")
  func rounds() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("killing with seed \(seed)")
    let report = try KillRounds.run(rounds: 40, seed: seed)
    #expect(report.acknowledged > 100)
    #expect(report.heard > 10)
  }
}
