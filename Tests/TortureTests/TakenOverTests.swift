import Harness
import Testing
import TortureKit

@Suite struct TakenOverTests {
  @Test("a conversation that is taken over reaches no shell, no process, no memory and no mode")
  func nothingFalls() throws {
    try Stage.run { stage in
      // A process of its own: the attack forks, and this one has many threads.
      let attack = try stage.onPipes(.torture, ["taken-over"])
      #expect(try attack.exitStatus(within: 90) == 0, "\(attack.evidence)")
      #expect(attack.outputText.contains("ok      taken-over: cannot"))
    }
  }

  @Test(
    "one that is taken over takes the transcript from nobody", .enabled(if: RogueReport.isPossible),
    arguments: TakenTranscript.allCases)
  func transcript(_ attack: TakenTranscript) throws { _ = try attack.run() }
}
