import Testing
import TortureKit

/// One plan of faults a process, so one test after the other. Every eighth
/// call, from a random one on; `make torture` leaves none out.
@Suite(.serialized) struct FaultSweepTests {
  private static let step = 8

  @Test(
    "whatever call fails, what is recorded is whole, durable, and there once",
    arguments: FaultPlan.Kind.allCases, [false, true])
  func everyCall(_ kind: FaultPlan.Kind, lasting: Bool) throws {
    let count = try FaultSweep.run(
      kind, lasting: lasting, dying: false, from: .random(in: 1...Self.step), step: Self.step)
    #expect(count > 5)
  }

  @Test(
    "whatever call fails and kills the process, a commit is there whole or not at all",
    arguments: FaultPlan.Kind.allCases)
  func everyCallDying(_ kind: FaultPlan.Kind) throws {
    let count = try FaultSweep.run(
      kind, lasting: true, dying: true, from: .random(in: 1...Self.step), step: Self.step)
    #expect(count > 5)
  }
}
