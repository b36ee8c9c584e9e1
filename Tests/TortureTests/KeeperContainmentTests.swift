import Harness
import Testing

@Suite struct KeeperContainmentTests {
  @Test("a keeper that indexes what peers wrote can open no other file and start no program")
  func contained() throws {
    try Stage.run { stage in
      // A process of its own: the trial forks, and this one has many threads.
      let trial = try stage.onPipes(.torture, ["keeper"])
      #expect(try trial.exitStatus(within: 90) == 0, "\(trial.evidence)")
      #expect(trial.outputText.contains("ok      keeper: cannot"))
    }
  }
}
