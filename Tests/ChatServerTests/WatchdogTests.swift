import ChatCore
import ChatPosix
import Testing

@testable import ChatServer

/// Who does not answer is found, and nobody else.
@Suite struct WatchdogTests {
  /// One turn of the listener's loop a second, for so long.
  private func run(
    _ stage: inout Stage, seconds: Int, _ each: (inout Stage) -> Void = { _ in }
  ) -> [ListenerMachine.Action] {
    var actions: [ListenerMachine.Action] = []
    for _ in 0..<seconds {
      stage.pass(.seconds(1))
      actions += stage.feed(.turnIsOver)
      each(&stage)
    }
    return actions
  }

  private func inspected(_ actions: [ListenerMachine.Action]) -> [Int32] {
    actions.compactMap { if case .inspect(let process) = $0 { process } else { nil } }
  }

  private func isAsked(_ process: Int32, _ actions: [ListenerMachine.Action]) -> Bool {
    actions.orders(to: process).contains(.answer)
  }

  /// A conversation that has the floor, and has said that it took it.
  private func talking(_ stage: inout Stage) throws -> Int32 {
    let owner = try stage.session(in: .hasFloor)
    stage.report(.tookFloor, from: owner)
    return owner
  }

  @Test func whoSaysNothingForAMinuteIsAskedAndThenLookedAt() throws {
    var stage = try Stage()
    let owner = try talking(&stage)
    #expect(run(&stage, seconds: 59).isEmpty)
    #expect(isAsked(owner, run(&stage, seconds: 1)))
    #expect(inspected(run(&stage, seconds: 9)).isEmpty)
    #expect(inspected(run(&stage, seconds: 1)) == [owner])
    #expect(stage.feed(.silent(owner, isInKernel: false)).killed == [owner])
    let end = stage.feed(.ended(owner, .signaled(9, coreDumped: false), at: .ms(1)))
    #expect(end.deaths.map(\.detail) == ["no answer for 10 s"])
    #expect(end.deaths.map(\.reason) == [.crashed])
    // Nobody's fault but its own.
    #expect(stage.machine.admission.limits.count == 0)
  }

  /// One that is awake anyway reports it with its ping, every 30 s.
  @Test func aPairThatPingsIsNeverAsked() throws {
    var stage = try Stage()
    let owner = try talking(&stage)
    var second = 0
    let actions = run(&stage, seconds: 7_200) {
      second += 1
      if second.isMultiple(of: 30) { $0.report(.alive, from: owner) }
    }
    #expect(actions.isEmpty)
  }

  @Test func whoAnswersIsLeftAlone() throws {
    var stage = try Stage()
    let owner = try talking(&stage)
    let other = try stage.session(in: .waiting)
    for _ in 0..<600 {
      let actions = run(&stage, seconds: 1)
      #expect(inspected(actions).isEmpty)
      for process in [owner, other] where isAsked(process, actions) {
        stage.report(.alive, from: process)
      }
    }
  }

  @Test func whileOthersWaitItIsAskedEveryTenSeconds() throws {
    var stage = try Stage()
    let owner = try talking(&stage)
    _ = try stage.session(in: .waiting)
    #expect(!isAsked(owner, run(&stage, seconds: 9)))
    #expect(isAsked(owner, run(&stage, seconds: 1)))
    #expect(inspected(run(&stage, seconds: 10)) == [owner])
  }

  @Test func whoDoesNotTakeTheFloorIsLookedAt() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    #expect(inspected(run(&stage, seconds: 10)) == [owner])
  }

  /// Ctrl-Z and fg, a suspended machine: any number of stops of any length.
  @Test func timeInWhichTheListenerWasStoppedDoesNotCount() throws {
    for stopped in [3, 10, 60, 86_400] {
      var stage = try Stage()
      let owner = try stage.session(in: .hasFloor)
      for _ in 0..<20 {
        stage.pass(.seconds(stopped))
        #expect(inspected(stage.feed(.turnIsOver)).isEmpty)
      }
      stage.report(.tookFloor, from: owner)
      let leaving = try stage.session(in: .leaving)
      for _ in 0..<20 {
        stage.pass(.seconds(stopped))
        #expect(!inspected(stage.feed(.turnIsOver)).contains(leaving))
      }
    }
  }

  @Test func whoWaitsForADiskIsSaidOnceAndNotKilled() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    var notices = 0
    for _ in 0..<30 {
      #expect(inspected(run(&stage, seconds: 10)) == [owner])
      let actions = stage.feed(.silent(owner, isInKernel: true))
      #expect(actions.killed.isEmpty)
      notices += actions.notices.count
      // Who has the terminal is not who can say so.
      #expect(stage.machine.owner?.isStuck == true)
    }
    #expect(notices == 1)
    stage.report(.tookFloor, from: owner)
    #expect(stage.machine.owner?.isStuck == false)
    #expect(run(&stage, seconds: 59).isEmpty)
  }

  @Test func whoDoesNotLeaveIsKilled() throws {
    var stage = try Stage()
    let process = try stage.session(in: .leaving)
    // What it says meanwhile is not its end.
    #expect(inspected(run(&stage, seconds: 29) { $0.report(.alive, from: process) }).isEmpty)
    #expect(inspected(run(&stage, seconds: 1)) == [process])
    #expect(stage.feed(.silent(process, isInKernel: false)).killed == [process])
    #expect(stage.machine.deadline == nil)
    let end = stage.feed(.ended(process, .signaled(9, coreDumped: false), at: .ms(1)))
    #expect(end.deaths.map(\.detail) == ["did not leave"])
  }

  @Test func aLockThatIsHeldHasAllOthersAsked() throws {
    var stage = try Stage()
    let owner = try talking(&stage)
    let other = try stage.session(in: .waiting)
    let actions = stage.report(.lockedOut, from: owner)
    #expect(isAsked(other, actions) && !isAsked(owner, actions))
    #expect(actions.contains { if case .askKeeper = $0 { true } else { false } })
    #expect(!isAsked(other, stage.report(.lockedOut, from: owner)))
    #expect(inspected(run(&stage, seconds: 9)).isEmpty)
    #expect(inspected(run(&stage, seconds: 1)).contains(other))
  }

  @Test func processesSayWhatTheyDo() throws {
    #expect(ProcessState.of(ProcessID.current).map { "RSD".contains($0) } == true)
    #expect(ProcessState.of(.max) == nil)
  }
}
